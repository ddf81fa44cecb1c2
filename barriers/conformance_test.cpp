// The conformance suite: every barrier in the list passes the examination, without a line here for
// a new one. Mutants prove that the examination sees.
#include "barriers/all.hpp"
#include "tools/examples/rescan_source.hpp"
#include "tools/testing/examination.hpp"
#include "tools/testing/fault_test.hpp"
#include "tools/testing/mutants.hpp"

namespace tricolour {

TEMPLATE_LIST_TEST_CASE("a barrier does what its traits promise", "[barriers]", AllBarriers) {
  INFO(TestType::traits.name);
  CHECK(Examination<TestType>()() == std::set<std::string>{});
}

TEST_CASE("hybrid shades nothing but the old value once its own roots are scanned", "[barriers]") {
  Cell old_value;
  Cell new_value;
  Cell source;
  Field field{&old_value};
  Recorder m({.marking = true,
              .scanned = true,
              .source_black = true,
              .old_value = &old_value,
              .new_value = &new_value});
  Hybrid::store(m, &source, field, &new_value,
                [&](std::memory_order order) { return m.write(field, &new_value, order); });
  CHECK_FALSE(old_value.white);
  CHECK(new_value.white);
}

TEST_CASE("a barrier that rescans its source does what its traits promise", "[barriers]") {
  CHECK(Examination<RescanSource>()() == std::set<std::string>{});
}

namespace {
/// Examines an original, of which nothing may be said, and its mutant, of which `complaint` has to
/// be.
template <class Original, class Mutant>
void check_mutant(Fault fault, const std::string& complaint) {
  const auto examined = []<class B>(std::type_identity<B>) { return Examination<B>()(); };
  const auto healthy = [&] {
    const auto complaints = examined(std::type_identity<Original>{});
    return Sighting{complaints.empty() ? "" : *complaints.begin()};
  };
  const auto mutant = [&] {
    return Sighting{examined(std::type_identity<Mutant>{}).contains(complaint) ? complaint : ""};
  };
  check_kill(fault, healthy, mutant, "conformance suite");
}
}  // namespace

TEST_CASE("fault old_value_read_after_store: conformance", "[barriers][fault]") {
  const std::string complaint = "the old value is read after the store";
  check_mutant<Yuasa, ReadsOldValueAfterStore<Yuasa>>(Fault::old_value_read_after_store, complaint);
  check_mutant<Hybrid, ReadsOldValueAfterStore<Hybrid>>(Fault::old_value_read_after_store,
                                                        complaint);
  check_mutant<AbrahamPatel, ReadsOldValueAfterStore<AbrahamPatel>>(
      Fault::old_value_read_after_store, complaint);
}

TEST_CASE("fault null_store_skipped: conformance", "[barriers][fault]") {
  const std::string complaint = "a white object is deleted from the snapshot by a null store";
  check_mutant<Yuasa, SkipsNullStores<Yuasa>>(Fault::null_store_skipped, complaint);
  check_mutant<Hybrid, SkipsNullStores<Hybrid>>(Fault::null_store_skipped, complaint);
  check_mutant<AbrahamPatel, SkipsNullStores<AbrahamPatel>>(Fault::null_store_skipped, complaint);
  check_mutant<FieldLog, SkipsNullStores<FieldLog>>(Fault::null_store_skipped, complaint);
}

TEST_CASE("fault black_tested_without_order: conformance", "[barriers][fault]") {
  check_mutant<DijkstraBlack, ShadesIfBlackUnordered>(
      Fault::black_tested_without_order,
      "no store-load order between the store and the look at the source's colour");
}

TEST_CASE("fault roots_of_any_mutator_scanned: conformance", "[barriers][fault]") {
  check_mutant<Hybrid, IgnoresOwnRoots>(Fault::roots_of_any_mutator_scanned,
                                        "an unscanned mutator hides a white object in the heap");
}

TEST_CASE("the conformance checks catch mutants", "[barriers][fault]") {
  CHECK(Examination<TestsBeforeItStores>()() ==
        std::set<std::string>{"the source's colour is looked at before the store"});
  CHECK(Examination<SkipsWhatIsBeingScanned>()() ==
        std::set<std::string>{"black objects are skipped, so black has to mean completed"});
  CHECK(Examination<AsksAfterStore>()() ==
        std::set<std::string>{"whether the scan has completed is asked after the store"});
  CHECK(Examination<AsksAfterLoad>()() ==
        std::set<std::string>{"the source's colour is looked at after the load"});
  CHECK(Examination<LoadsUnshaded>()() == std::set<std::string>{"a white object is handed out"});
  CHECK(Examination<ReadsOldValueAsWinner>()() ==
        std::set<std::string>{"the old value is read after the bit was won"});
  CHECK(Examination<DirtiesBeforeStore>()().contains("the card is dirtied before the store"));
  CHECK(Examination<GuardsFirstSlot<Yuasa>>()() ==
        std::set<std::string>{"a white object is deleted from the snapshot",
                              "a white object is deleted from the snapshot by a null store"});
  const std::set<std::string> stores_white{"a black object refers to a white one",
                                           "an unscanned mutator hides a white object in the heap"};
  CHECK(Examination<GuardsFirstSlot<Dijkstra>>()() == stores_white);
  CHECK(Examination<InsertsUnshaded>()() == stores_white);
  CHECK(Examination<RescansFirstSlot>()() ==
        std::set<std::string>{"a black object refers to a white one"});
  CHECK(Examination<RescansBeforeStore>()().contains("a black object refers to a white one"));
  CHECK(Examination<WritesRelaxed>()().contains(
      "the store is neither release nor sequentially consistent"));
  CHECK(Examination<WritesRelaxed>()().contains("something is shaded while nothing is marked"));
}

}  // namespace tricolour
