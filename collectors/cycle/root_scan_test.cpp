#include "collectors/cycle/root_scan.hpp"

#include <set>

#include "tools/testing/bench_heap.hpp"
#include "tools/testing/catch.hpp"

using namespace tricolour;

namespace {
/// Takes everything out of the grey set; fails on an object that is in it twice.
std::set<Object*> grey_objects(Heap& heap) {
  std::set<Object*> found;
  while (GreyPacket* packet = heap.grey_set.take_published()) {
    while (!packet->empty()) CHECK(found.insert(packet->pop().object()).second);
    heap.grey_set.give_back(packet);
  }
  return found;
}
}  // namespace

TEST_CASE("a root scan shades each object of deep stacks once, on any number of threads") {
  constexpr std::size_t handles = 20'000;
  const auto threads = GENERATE(1u, 2u, 4u);
  bench::BenchHeap<bench::NoCollection> bench(std::size_t{16} << 20);
  Heap& heap = bench.heap;
  ParallelFor parallel(heap.watchdog, "root scan thread", threads);
  std::set<Object*> rooted;
  MutatorContext deep(heap);
  Object** const bottom = deep.roots.push(nullptr);
  Object* const shared = heap.make_globals(deep, 1);
  rooted.insert(shared);
  Object* unrooted = nullptr;
  for (std::size_t i = 0; i < handles; ++i) {
    Object* const object = deep.allocate(1, 0);
    // A third of the handles hold an object of their own, a third hold one that others hold too, a
    // third are empty.
    deep.roots.push(i % 3 == 0 ? object : i % 3 == 1 ? shared : nullptr);
    if (i % 3 == 0) {
      rooted.insert(object);
    } else {
      unrooted = object;
    }
  }
  World::Exclusive world(heap.world, &deep);
  world.stop({}, [&](Pause&) {
    heap.phase(world).sense = heap.phase().sense.flipped();
    scan_all_roots(heap, world.mutators(), parallel, threads);
  });
  CHECK(grey_objects(heap) == rooted);
  const auto state = [&](Object* object) { return state_of(heap.metadata.load_relaxed(object)); };
  CHECK(std::all_of(rooted.begin(), rooted.end(),
                    [&](Object* object) { return state(object) == heap.phase().sense.black; }));
  CHECK(state(unrooted) == heap.phase().sense.white());
  RootPiece piece{};
  do {
    piece = scan_piece_of_roots(heap, deep);
    CHECK_FALSE(piece.found);
  } while (!piece.is_last);
  CHECK(deep.roots.unscanned().size() < deep.roots.handles().size());
  deep.roots.forget_scan();
  deep.roots.pop_to(bottom);
}
