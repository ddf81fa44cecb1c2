// What a mutator does at a moment at which no marker looks: between a cycle's begin and its marking, and between the last handshake, which
// found nothing, and the stop that ends marking.
#include "barriers/dijkstra.hpp"
#include "barriers/yuasa.hpp"
#include "collectors/window_run.hpp"

namespace tricolour {
namespace {

Sighting store_behind_the_last_handshake() {
  const auto store = [](Mutator<Dijkstra>& m, Root& kept) { m.store(kept, 0, m.allocate(1, 0)); };
  return act_in_window<Dijkstra>(Window::between_gathering_and_termination, 1, store).sighting();
}

Sighting take_out_of_a_global() {
  const auto take = [](Mutator<Yuasa>& m, Root& kept) {
    kept = m.load(m.heap().globals(), 0);
    m.store(m.heap().globals(), 0, nullptr);
  };
  return act_in_window<Yuasa>(Window::between_begin_and_marking, 1, take).sighting();
}

}  // namespace

TEST_CASE("fault store_after_flush_unchecked: what was shaded last is never scanned", "[fault]") {
  check_kill(Fault::store_after_flush_unchecked, store_behind_the_last_handshake);
}

TEST_CASE("fault global_store_without_barrier: what a global held is lost", "[fault]") {
  check_kill(Fault::global_store_without_barrier, take_out_of_a_global);
}

}  // namespace tricolour
