// Mutant barriers on a real heap: the oracle loses sight of an object, or a barrier is caught at a
// safepoint.
#include "tools/testing/mutants.hpp"
#include "tools/testing/random_kill.hpp"

namespace tricolour {

TEST_CASE("fault flag_loaded_before_poll: a barrier that polls is caught at it", "[fault]") {
  check_kill_by_random_mutators<Yuasa, LoadsFlagBeforePoll>(Fault::flag_loaded_before_poll);
}

TEST_CASE("fault old_value_read_after_store: an object is lost", "[fault]") {
  check_kill_by_random_mutators<Yuasa, ReadsOldValueAfterStore<Yuasa>>(
      Fault::old_value_read_after_store);
  check_kill_by_random_mutators<Hybrid, ReadsOldValueAfterStore<Hybrid>>(
      Fault::old_value_read_after_store);
}

TEST_CASE("fault null_store_skipped: an object is lost", "[fault]") {
  check_kill_by_random_mutators<Yuasa, SkipsNullStores<Yuasa>>(Fault::null_store_skipped);
  check_kill_by_random_mutators<Hybrid, SkipsNullStores<Hybrid>>(Fault::null_store_skipped);
}

}  // namespace tricolour
