// Faults of the protocol's tables and of what surrounds a barrier: the explorer finds a lost
// object, and none with the fault off.
#include "barriers/boehm_cards.hpp"
#include "barriers/hybrid.hpp"
#include "barriers/steele.hpp"
#include "barriers/yuasa.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/explorer_expectations.hpp"
#include "tools/testing/mutants.hpp"

namespace tricolour::exploration {
namespace {

Steps without(const Steps& steps, Step step, unsigned occurrence = 0) {
  Steps kept{};
  std::size_t used = 0;
  unsigned seen = 0;
  for (const Step one : steps) {
    if (one == Step::end) break;
    if (one == step && seen++ == occurrence) continue;
    kept[used++] = one;
  }
  return kept;
}

template <class B>
bool loses(std::string_view what, const Bounds& bounds, const Protocol& protocol) {
  const Report report =
      explore_with<B, SequentialMemory>({.bounds = bounds, .progress = {}}, protocol);
  show(what, report);
  CHECK(report.coverage.violated != report.coverage.exhausted);
  return report.coverage.violated;
}

}  // namespace

TEST_CASE("a shade buffer that is not flushed before termination loses an object",
          "[exploration][faults]") {
  const Bounds bounds = bounded(1, 2, {load, store});
  Protocol protocol = protocol_for(Yuasa::traits, ProtocolVariant{});
  CHECK_FALSE(loses<Yuasa>("yuasa, buffers flushed", bounds, protocol));
  protocol.termination = without(protocol.termination, Step::flush_buffers);
  CHECK(loses<Yuasa>("yuasa, faults 18 and 20: no flush at termination", bounds, protocol));
}

TEST_CASE("tracing that does not wait for every acknowledgement loses an object",
          "[exploration][faults]") {
  const Bounds bounds = bounded(2, 1, {load, store});
  Protocol protocol = protocol_for(Hybrid::traits, ragged);
  CHECK_FALSE(loses<Hybrid>("hybrid, every acknowledgement awaited", bounds, protocol));
  protocol.begin = without(without(protocol.begin, Step::acknowledge), Step::acknowledge);
  CHECK(loses<Hybrid>("hybrid, fault 12: roots scanned before all have barriers on", bounds,
                      protocol));
}

TEST_CASE("an object handed to a new mutator has to be shaded", "[exploration][faults]") {
  Bounds bounds = bounded(2, 2, {load, store}, true);
  bounds.objects = 2;
  const Protocol protocol = protocol_for(Hybrid::traits, ragged);
  bounds.faults.argument_unshaded = true;
  CHECK(loses<Hybrid>("hybrid, ragged, fault 9: a new mutator's argument is not shaded", bounds,
                      protocol));
  bounds.operations = 1;
  bounds.faults.argument_unshaded = false;
  CHECK_FALSE(loses<Hybrid>("hybrid, ragged, arguments shaded", bounds, protocol));
}

TEST_CASE("a mutator that ends has to flush its shade buffer", "[exploration][faults]") {
  Bounds bounds = bounded(2, 2, {load, store}, true);
  const Protocol protocol = protocol_for(Yuasa::traits, ProtocolVariant{});
  bounds.faults.end_drops_buffer = true;
  CHECK(loses<Yuasa>("yuasa, fault 17: a mutator that ends drops its buffer", bounds, protocol));
}

TEST_CASE("a cycle that never stops ends in the order of its table", "[exploration][faults]") {
  const Bounds bounds = bounded(2, 1, {load, store, allocate});
  const Protocol sound = protocol_for(Hybrid::traits, ragged);
  CHECK_FALSE(loses<Hybrid>("hybrid, never stops", bounds, sound));
  Protocol protocol = sound;
  protocol.termination = without(sound.termination, Step::repeat_until_clean);
  CHECK(loses<Hybrid>("hybrid, ends after one round, clean or not", bounds, protocol));
  protocol.termination = without(sound.termination, Step::flush_buffers);
  CHECK(loses<Hybrid>("hybrid, no flush in the rounds", bounds, protocol));
  protocol = sound;
  protocol.begin = without(sound.begin, Step::shade_roots);
  CHECK(loses<Hybrid>("hybrid, roots are not scanned", bounds, protocol));
}

TEST_CASE("a buffer that fills during a termination round spoils it", "[exploration][faults]") {
  Bounds bounds = bounded(2, 2, {load, store});
  bounds.buffer = 1;
  const Protocol protocol = protocol_for(Yuasa::traits, ProtocolVariant{.handshake_end = true});
  CHECK_FALSE(loses<Yuasa>("yuasa, a handshake end, buffers of one", bounds, protocol));
  bounds.faults.own_flush_unseen = true;
  CHECK(loses<Yuasa>("yuasa, a handshake end, flushes of full buffers unseen", bounds, protocol));
}

TEST_CASE(
    "what is written between a mutator's safepoints is seen by a card scan that follows its "
    "handshake",
    "[exploration][faults]") {
  Bounds bounds = bounded(1, 2, {load, store, exchange});
  const Protocol protocol = protocol_for(BoehmCards::traits, white);
  CHECK_FALSE(loses<DirtiesBeforeStore>("boehm_cards, the card dirtied first", bounds, protocol));
  bounds.faults.cards_scanned_at_once = true;
  CHECK_FALSE(loses<BoehmCards>("boehm_cards, the card scanned at once", bounds, protocol));
  CHECK(loses<DirtiesBeforeStore>("boehm_cards, the card dirtied first and scanned at once", bounds,
                                  protocol));
}

TEMPLATE_TEST_CASE("a slot that is scanned again at once has what it holds shaded",
                   "[exploration][faults]", Steele, BoehmCards) {
  Bounds bounds = bounded(1, 3, {load, store, allocate});
  const Protocol protocol = protocol_for(TestType::traits, white);
  const std::string name(TestType::traits.name);
  CHECK_FALSE(loses<TestType>(name + ", slots scanned again at once", bounds, protocol));
  bounds.faults.rescan_at_once_dropped = true;
  CHECK(
      loses<TestType>(name + ", fault 36: slots to be scanned at once are not", bounds, protocol));
}

}  // namespace tricolour::exploration
