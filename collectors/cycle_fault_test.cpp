// Faults in phases, handshakes, hand-over, sweeping and allocation, killed by random mutators and the oracle.
#include "barriers/dijkstra.hpp"
#include "barriers/hybrid.hpp"
#include "barriers/steele.hpp"
#include "barriers/yuasa.hpp"
#include "collectors/random_kill.hpp"

namespace tricolour {

TEST_CASE("fault exchange_without_barrier: an exchange hides an object", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::exchange_without_barrier);
  check_kill_by_random_mutators<Dijkstra>(Fault::exchange_without_barrier);
}

TEST_CASE("fault global_store_without_barrier: a global hides an object", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::global_store_without_barrier);
  check_kill_by_random_mutators<Dijkstra>(Fault::global_store_without_barrier);
}

TEST_CASE("fault full_buffer_polls: a safepoint inside a barrier is noticed", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::full_buffer_polls);
}

TEST_CASE("fault tracing_before_barrier_on: a mutator without a barrier beside a marker", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::tracing_before_barrier_on);
  check_kill_by_random_mutators<Dijkstra>(Fault::tracing_before_barrier_on);
}

TEST_CASE("fault allocation_stays_white: a new object is lost under a snapshot barrier", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::allocation_stays_white);
  check_kill_by_random_mutators<Hybrid>(Fault::allocation_stays_white);
}

TEST_CASE("fault roots_not_rescanned: a grey mutator's roots are lost", "[fault]") {
  check_kill_by_random_mutators<Dijkstra>(Fault::roots_not_rescanned);
  check_kill_by_random_mutators<Steele>(Fault::roots_not_rescanned);
}

TEST_CASE("fault blocked_mutator_not_rescanned: a blocked mutator's roots are lost", "[fault]") {
  check_kill_by_random_mutators<Dijkstra>(Fault::blocked_mutator_not_rescanned);
}

TEST_CASE("fault sense_flipped_unannounced: a mutator allocates and shades by the last cycle's colours", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::sense_flipped_unannounced);
  check_kill_by_random_mutators<Dijkstra>(Fault::sense_flipped_unannounced);
}

TEST_CASE("fault shades_of_ended_mutator_dropped: what an ended mutator shaded is lost", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::shades_of_ended_mutator_dropped);
}

TEST_CASE("fault shades_survive_cycle: a shade buffer is not flushed before termination", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::shades_survive_cycle);
  check_kill_by_random_mutators<Steele>(Fault::shades_survive_cycle);
}

TEST_CASE("fault terminates_twice: no termination follows an ended cycle", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::terminates_twice, "stop_the_world");
}

TEST_CASE("fault hole_too_long: an object reaches into its neighbour", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::hole_too_long);
}

TEST_CASE("fault hole_not_retired: a hole's tail is handed out twice", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::hole_not_retired);
}

TEST_CASE("fault large_pages_reused_early: an array is freed while it is being scanned", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::large_pages_reused_early);
}

}  // namespace tricolour
