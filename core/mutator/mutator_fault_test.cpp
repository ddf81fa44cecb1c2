// Faults in hand-over, allocation and marks, killed at the moment at which they happen: a visitor
// looks at the heap, or does another thread's steps, inside the window.
#include <algorithm>
#include <cstring>
#include <thread>
#include <vector>

#include "barriers/yuasa.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/fault_test.hpp"

namespace tricolour {
namespace {

struct Marking {
  Marking() : bench(std::size_t{4} << 20) {}
  void begin() {
    bench::change_phase(bench.heap, [](PhaseState& phase) {
      phase.sense = phase.sense.flipped();
      phase.marking = true;
      phase.roots_scanned = true;
      ++phase.cycle;
    });
  }
  bench::BenchHeap<bench::NoCollection> bench;
};

Sighting hand_over() {
  Marking marking;
  Mutator<Yuasa> parent(marking.bench.heap);
  const Root argument(parent, parent.allocate(1, 0));
  marking.begin();
  context_of(parent).adopt(marking.bench.heap.phase());
  Child<Yuasa> child(parent, {&argument});
  const bool white = context_of(parent).is_white(argument);
  std::thread thread([&] {
    child.attach();
    child.end();
  });
  parent.blocking([&] { thread.join(); });
  return {white ? "the child's argument is white" : ""};
}

/// Another thread's walk over start bytes, at the moment before an object is initialised, over
/// memory that held other things before.
Sighting walk_during_allocation() {
  Marking marking;
  Mutator<Yuasa> m(marking.bench.heap);
  Object* const first = m.allocate(0, 64);
  std::byte* const hole = reinterpret_cast<std::byte*>(first) + first->bytes();
  std::memset(hole, 0xee, 4096);
  Sighting sighting;
  const SideMetadata& metadata = marking.bench.heap.metadata;
  const Visit visit(Window::between_memory_and_object, [&] {
    for (std::size_t offset = 0; offset < 4096; offset += granule_bytes) {
      auto* const object = reinterpret_cast<Object*>(hole + offset);
      if (metadata.load_acquire(object) == 0) continue;
      if (object->granules() == 0xeeeeeeee)
        sighting.failure = "a start byte is visible, and no header behind it";
      offset += std::min(object->bytes(), std::size_t{4096}) - granule_bytes;
    }
  });
  for (int i = 0; i < 10; ++i) m.allocate(2, 16);
  return sighting;
}

/// Two threads shade one object: the second between the first one's look and its exchange.
Sighting shade_twice() {
  Marking marking;
  Mutator<Yuasa> builder(marking.bench.heap);
  const Root object(builder, builder.allocate(1, 0));
  marking.begin();
  MutatorContext first(marking.bench.heap, MutatorStatus::blocked);
  MutatorContext second(marking.bench.heap, MutatorStatus::blocked);
  {
    const Visit visit(Window::between_white_and_exchange, [&] { second.shade(object); });
    first.shade(object);
  }
  const bool both = !first.shade_buffer_empty() && !second.shade_buffer_empty();
  for (MutatorContext* const each : {&first, &second}) each->flush_shade_buffer();
  return {both ? "one object is in two shade buffers" : ""};
}

/// Objects of one granule, of which eight have their bytes in one word: the others are shaded while
/// the first looks white to another thread.
Sighting shade_neighbours() {
  Marking marking;
  Mutator<Yuasa> builder(marking.bench.heap);
  std::vector<Object*> objects;
  for (int i = 0; i < 16; ++i) objects.push_back(builder.allocate(1, 0));
  marking.begin();
  MutatorContext first(marking.bench.heap, MutatorStatus::blocked);
  MutatorContext second(marking.bench.heap, MutatorStatus::blocked);
  {
    const Visit visit(Window::between_white_and_exchange, [&] {
      for (std::size_t i = 1; i < objects.size(); ++i) second.shade(objects[i]);
    });
    first.shade(objects.front());
  }
  const bool lost = std::ranges::any_of(objects, [&](Object* o) { return second.is_white(o); });
  for (MutatorContext* const each : {&first, &second}) each->flush_shade_buffer();
  return {lost ? "an object was shaded, and is white again" : ""};
}

}  // namespace

TEST_CASE("fault neighbour_byte_written_back: a mark beside another is undone", "[mark][fault]") {
  check_kill(Fault::neighbour_byte_written_back, shade_neighbours);
}

TEST_CASE("fault handed_over_unshaded: a child is born scanned, so its arguments are marked",
          "[fault]") {
  check_kill(Fault::handed_over_unshaded, hand_over, "colour check");
}

TEST_CASE("fault start_byte_before_header: who walks the start bytes meets a torn object",
          "[fault]") {
  check_kill(Fault::start_byte_before_header, walk_during_allocation, "heap walk");
}

TEST_CASE("fault mark_not_atomic: one object has two winners", "[fault]") {
  check_kill(Fault::mark_not_atomic, shade_twice, "grey set check");
}

}  // namespace tricolour
