// What a checked build finds at every use of a reference, and at the end of every root. In other
// builds these tests hold trivially.
#include <deque>

#include "barriers/hybrid.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator/context_of.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/each_listed.hpp"
#include "tools/testing/forked.hpp"
#include "tools/testing/small_heap.hpp"

using namespace tricolour;
using Catch::Matchers::Contains;

TEST_CASE("a reference that no root kept across a collection is a misuse at its next use",
          "[checked]") {
  if (!checked_built) return;
  const auto collector = each_collector();
  const auto sweep = GENERATE(SweepMode::lazy, SweepMode::eager);
  const std::size_t payload = GENERATE(16u, 4000u, 100'000u);
  CollectedHeapOptions options = small_heap(collector);
  options.collection.sweep = sweep;
  CollectedHeap heap(options, Hybrid::traits);
  Mutator<Hybrid> m(heap);
  const Root kept(m, m.allocate(2, payload));
  Object* const stale = m.allocate(2, payload);
  m.store(kept, 0, stale);
  m.store(stale, 1, kept);
  m.store(kept, 0, nullptr);
  heap.collect(m);
  const char* const reason = "is kept in a Root, and read from there again";
  CHECK_THROWS_WITH(m.load(stale, 0), Contains(reason));
  CHECK_THROWS_WITH(m.store(stale, 0, nullptr), Contains(reason));
  CHECK_THROWS_WITH(m.store(kept, 0, stale), Contains(reason));
  CHECK_THROWS_WITH(m.exchange(stale, 0, nullptr), Contains(reason));
  CHECK_THROWS_WITH(m.exchange(kept, 0, stale), Contains(reason));
  CHECK_THROWS_WITH(m.compare_exchange(stale, 0, nullptr, kept), Contains(reason));
  CHECK_THROWS_WITH(m.compare_exchange(kept, 0, nullptr, stale), Contains(reason));
  CHECK(m.load(kept, 0) == nullptr);
}

TEST_CASE("a field that is not there, and a reference that is none, are misuses", "[checked]") {
  if (!checked_built) return;
  CollectedHeap heap(small_heap("stop_the_world"), Hybrid::traits);
  Mutator<Hybrid> m(heap);
  const Root root(m, m.allocate(2, 16));
  const Root empty(m);
  CHECK_THROWS_WITH(m.load(root, 2), Contains("slot 2 of an object that has 2"));
  CHECK_THROWS_AS(m.store(root, 3, nullptr), Misuse);
  CHECK_THROWS_AS(m.clear_range(root, 1, 2), Misuse);
  CHECK_THROWS_WITH(m.load(empty, 0), Contains("a field of null"));
  alignas(granule_bytes) std::byte elsewhere[64];
  CHECK_THROWS_WITH(m.store(root, 0, reinterpret_cast<Object*>(elsewhere)),
                    Contains("none of this heap's"));
  auto* const inside =
      reinterpret_cast<Object*>(reinterpret_cast<std::byte*>(root.get()) + granule_bytes);
  CHECK_THROWS_AS(m.store(root, 0, inside), Misuse);
  m.store(root, 1, root);
  CHECK(m.load(root, 1) == root.get());
}

TEST_CASE("a root that ends before a newer one is a misuse, which ends the program", "[checked]") {
  if (!checked_built) return;
  CollectedHeap heap(small_heap("stop_the_world"), Hybrid::traits);
  Mutator<Hybrid> m(heap);
  ShadowStack& roots = context_of(m).roots;
  Object** const older = roots.push(nullptr);
  Object** const newer = roots.push(nullptr);
  CHECK_THROWS_WITH(roots.pop(older),
                    Contains("a Root ends that is not the newest of its mutator"));
  roots.pop(newer);
  roots.pop(older);
  const ChildEnding in_a_deque = in_forked_child([&] {
    std::deque<Root> handles;
    for (int i = 0; i < 3; ++i) handles.emplace_back(m);
    handles.pop_front();
  });
  CHECK(in_a_deque.aborted());
  CHECK(in_a_deque.says("containers that empty from the front do not"));
}

TEST_CASE(
    "a reference that is kept across a safepoint without a root is a misuse, whatever its memory "
    "holds by then",
    "[checked]") {
  if (!checked_built) return;
  const auto collector = each_collector();
  CollectedHeap heap(small_heap(collector), Hybrid::traits);
  Mutator<Hybrid> m(heap);
  const Root kept(m, m.allocate(2, 16));
  const char* const reason =
      "that it obtained before its last safepoint, and that no Root of it holds";
  const auto refused = [&](auto safepoint) {
    Object* const made = m.allocate(2, 16);
    m.store(kept, 0, made);
    Object* const loaded = m.load(kept, 0);
    safepoint();
    CHECK_THROWS_WITH(m.load(loaded, 0), Contains(reason));
    CHECK_THROWS_WITH(m.store(made, 0, nullptr), Contains(reason));
    CHECK_THROWS_WITH(m.store(kept, 0, made), Contains(reason));
    CHECK_THROWS_WITH(Root(m, made), Contains(reason));
    Root late(m);
    CHECK_THROWS_WITH(late = made, Contains(reason));
    m.load(m.load(kept, 0), 0);
    m.exchange(m.load(kept, 0), 0, m.load(kept, 0));
  };
  refused([&] { m.allocate(2, 16); });
  refused([&] { m.poll(); });
  refused([&] { m.blocking([] {}); });
  refused([&] { heap.collect(m); });
  refused([&] { const Child<Hybrid> child(m, {&kept}); });
  Object* const forgotten = m.allocate(2, 16);
  for (int i = 0; i < 100'000; ++i) m.allocate(2, 16);
  CHECK_THROWS_AS(m.load(forgotten, 0), Misuse);
}

TEST_CASE("a reference that a root holds may be used across safepoints, and so may the globals",
          "[checked]") {
  CollectedHeap heap(small_heap("stop_the_world"), Hybrid::traits);
  Mutator<Hybrid> m(heap);
  Object* const globals = m.make_globals(2);
  const Root root(m, m.allocate(2, 16));
  Object* const rooted = root;
  m.poll();
  m.store(rooted, 0, root);
  m.store(globals, 0, rooted);
  m.allocate(2, 16);
  CHECK(m.load(globals, 0) == rooted);
  CHECK(m.load(rooted, 0) == rooted);
}
