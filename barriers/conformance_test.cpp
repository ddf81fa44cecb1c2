// The conformance suite: every barrier in the list passes the examination, without a line here for a new one. Mutants below prove that
// the examination sees.
#include "barriers/abraham_patel.hpp"
#include "barriers/all.hpp"
#include "barriers/baker.hpp"
#include "barriers/boehm_cards.hpp"
#include "barriers/dijkstra.hpp"
#include "barriers/dijkstra_black.hpp"
#include "barriers/examination.hpp"
#include "barriers/field_log.hpp"
#include "barriers/hybrid.hpp"
#include "barriers/yuasa.hpp"
#include "tools/catch.hpp"

namespace tricolour {
namespace {

/// Faults 2 and 4, in each barrier that could have them; 5; and a few that nobody should get away with.
template <class Original>
struct ReadsOldValueAfterStore {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot, typename M::Reference value, Write write) {
    if (!m.marking()) return write(std::memory_order_release);
    const auto result = write(std::memory_order_release);
    m.shade(m.load(slot));
    m.shade(value);
    return result;
  }
};
template <class Original>
struct SkipsNullStores {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference value, Write write) {
    if (m.marking() && value == nullptr) return write(std::memory_order_release);
    return Original::store(m, source, slot, value, write);
  }
};
struct ShadesIfBlackUnordered {
  static constexpr BarrierTraits traits = DijkstraBlack::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference value, Write write) {
    if (!m.marking()) return write(std::memory_order_release);
    const auto result = write(std::memory_order_release);
    if (m.is_black(source, slot)) m.shade(value);
    return result;
  }
};
struct TestsBeforeItStores {
  static constexpr BarrierTraits traits = DijkstraBlack::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference value, Write write) {
    if (m.marking() && m.is_black(source, slot)) m.shade(value);
    return write(std::memory_order_seq_cst);
  }
};
struct SkipsWhatIsBeingScanned : AbrahamPatel {
  static constexpr BarrierTraits traits = [] {
    BarrierTraits changed = AbrahamPatel::traits;
    changed.black_means = BlackMeans::started;
    return changed;
  }();
};
struct AsksAfterStore {
  static constexpr BarrierTraits traits = AbrahamPatel::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference, Write write) {
    if (!m.marking()) return write(std::memory_order_release);
    const typename M::Reference old_value = m.load(slot);
    const auto result = write(std::memory_order_release);
    if (!m.is_black(source, slot)) m.shade(old_value);
    return result;
  }
};
struct AsksAfterLoad : Baker {
  template <class M>
  static auto load(M& m, typename M::Reference source, typename M::SlotReference slot) {
    if (!m.marking()) return m.load(slot);
    const typename M::Reference value = m.load(slot);
    if (m.is_grey(source, slot)) m.shade(value);
    return value;
  }
};
struct LoadsUnshaded : Baker {
  template <class M>
  static auto load(M& m, typename M::Reference source, typename M::SlotReference slot) {
    if (m.marking()) m.is_grey(source, slot);
    return m.load(slot);
  }
};
struct ReadsOldValueAsWinner {
  static constexpr BarrierTraits traits = FieldLog::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot, typename M::Reference, Write write) {
    if (m.marking() && !m.is_logged(slot) && m.try_log(slot)) m.shade(m.load(slot));
    return write(std::memory_order_release);
  }
};
struct DirtiesBeforeStore {
  static constexpr BarrierTraits traits = BoehmCards::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference, Write write) {
    if (m.marking()) m.mark_card(source, slot);
    return write(std::memory_order_release);
  }
};
struct InsertsUnshaded : Dijkstra {
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference, typename M::Reference, Write write) {
    m.marking();
    return write(std::memory_order_release);
  }
};
struct IgnoresOwnRoots {
  static constexpr BarrierTraits traits = Hybrid::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot, typename M::Reference value, Write write) {
    return Yuasa::store(m, source, slot, value, write);
  }
};
struct WritesRelaxed {
  static constexpr BarrierTraits traits = Yuasa::traits;
  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot, typename M::Reference, Write write) {
    m.shade(m.load(slot));
    m.marking();
    return write(std::memory_order_relaxed);
  }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("a barrier does what its traits promise", "[barriers]", AllBarriers) {
  INFO(TestType::traits.name);
  CHECK(Examination<TestType>()() == std::set<std::string>{});
}

TEST_CASE("hybrid shades nothing but the old value once its own roots are scanned", "[barriers]") {
  Cell old_value;
  Cell new_value;
  Cell source;
  Field field{&old_value};
  Recorder m({.marking = true, .scanned = true, .source_black = true, .old_value = &old_value, .new_value = &new_value});
  Hybrid::store(m, &source, field, &new_value, [&](std::memory_order order) { return m.write(field, &new_value, order); });
  CHECK_FALSE(old_value.white);
  CHECK(new_value.white);
}

TEST_CASE("the conformance checks catch mutants", "[barriers][faults]") {
  const std::string late_read = "the old value is read after the store";
  CHECK(Examination<ReadsOldValueAfterStore<Yuasa>>()().contains(late_read));
  CHECK(Examination<ReadsOldValueAfterStore<Hybrid>>()().contains(late_read));
  CHECK(Examination<ReadsOldValueAfterStore<AbrahamPatel>>()().contains(late_read));
  const std::string null_skipped = "a white object is deleted from the snapshot by a null store";
  CHECK(Examination<SkipsNullStores<Yuasa>>()().contains(null_skipped));
  CHECK(Examination<SkipsNullStores<Hybrid>>()().contains(null_skipped));
  CHECK(Examination<SkipsNullStores<AbrahamPatel>>()().contains(null_skipped));
  CHECK(Examination<ShadesIfBlackUnordered>()() ==
        std::set<std::string>{"no store-load order between the store and the look at the source's colour"});
  CHECK(Examination<TestsBeforeItStores>()() == std::set<std::string>{"the source's colour is looked at before the store"});
  CHECK(Examination<SkipsWhatIsBeingScanned>()() == std::set<std::string>{"black objects are skipped, so black has to mean completed"});
  CHECK(Examination<AsksAfterStore>()() == std::set<std::string>{"whether the scan has completed is asked after the store"});
  CHECK(Examination<AsksAfterLoad>()() == std::set<std::string>{"the source's colour is looked at after the load"});
  CHECK(Examination<LoadsUnshaded>()() == std::set<std::string>{"a white object is handed out"});
  CHECK(Examination<SkipsNullStores<FieldLog>>()().contains(null_skipped));
  CHECK(Examination<ReadsOldValueAsWinner>()() == std::set<std::string>{"the old value is read after the bit was won"});
  CHECK(Examination<DirtiesBeforeStore>()().contains("the card is dirtied before the store"));
  CHECK(Examination<InsertsUnshaded>()() == std::set<std::string>{"a black object refers to a white one"});
  CHECK(Examination<IgnoresOwnRoots>()() == std::set<std::string>{"an unscanned mutator hides a white object in the heap"});
  CHECK(Examination<WritesRelaxed>()().contains("the store is neither release nor sequentially consistent"));
  CHECK(Examination<WritesRelaxed>()().contains("something is shaded while nothing is marked"));
}

}  // namespace tricolour
