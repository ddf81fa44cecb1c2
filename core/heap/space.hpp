// Spaces: what a part of a heap offers, however it arranges its objects.
//
// Purpose: a heap is composed of spaces (spaces.hpp). What works on all of them, the sweeper, the
// card scan, the oracle and a cycle, speaks to this concept; what depends on how a space hands out
// memory is in its allocator, one of which each mutator has.
//
// Invariant: every object is in exactly one space. A space finds its objects by itself, also where
// another space's are next to them.
//
// Ownership: turn_to_sweep, open_sweep: the holder of World::Exclusive. The figures that are exact
// only there: the collector, world stopped. Sweeping: any thread. An allocator: its mutator, or a
// collector that holds that one stopped.
//
// Memory ordering: each space's own. A thread that finds `swept` true (acquire) sees what the sweep
// cleared; partner: the release that ends the sweep.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>

#include "core/heap/colour.hpp"
#include "core/heap/object.hpp"
#include "core/observe/heap_observer.hpp"

namespace tricolour {

/// Memory that one mutator may allocate in.
struct Hole {
  std::byte* begin = nullptr;
  std::byte* end = nullptr;
  std::size_t bytes() const { return static_cast<std::size_t>(end - begin); }
};

/// How a mutator gets memory of a space.
///   next        at least `bytes`, or nothing when the space has no more; sweeping on the way is
///               charged to the mutator, which may be null
///   forget      no more is handed out of what is held: a sweep begins, and the mutator comes to
///               its epoch
///   pending_bytes  handed out, and not yet a published object's, which will be
///   give_back   the same, and other mutators may have it
template <class A>
concept AreaAllocator = requires(A allocator, std::size_t bytes, MutatorContext* mutator) {
  { allocator.next(bytes, mutator) } -> std::same_as<std::optional<Hole>>;
  { allocator.forget() } -> std::same_as<void>;
  { allocator.give_back() } -> std::same_as<void>;
  { allocator.pending_bytes() } -> std::same_as<std::size_t>;
};

/// To state for_each_object with.
inline constexpr auto visits_nothing = [](Object*) {};

///   turn_to_sweep   everything swept: allocators that forget from here on come to a new epoch, and
///                   what they hand out is no part of the next sweep
///   open_sweep      a cycle terminated with this sense, and every allocator has forgotten since
///                   the turn: what is not of its black is dead
///   sweep_next      sweeps a bounded share; false when none is left that no sweeper has come to
///   sweep_all       until everything is swept, also what other threads are in the middle of
///   swept           no object is left that the last cycle found dead, and none is being freed
///   object_at       the published object that holds an address, or null
///   for_each_object visits every published object that holds a byte of the range (whole granules);
///                   those found dead and not yet swept too. The visit may wait
///   used_bytes      of published objects and `beside_objects_bytes`. World stopped
///   footprint       bytes of the heap that other spaces cannot have. World stopped
///   beside_objects_bytes  bytes in use that belong to no published object. World stopped
///   scattered_bytes free bytes that a mutator gets late or never: an estimate
///   check           world stopped and everything swept: throws InvariantViolated when what the
///                   space knows of itself is not so
///   observe         what is freed is told; null: nothing is
template <class S>
concept Space = requires(S space, const S seen, MarkSense sense, const void* address,
                         std::byte* begin, HeapObserver* observer) {
  requires AreaAllocator<typename S::Allocator>;
  { space.turn_to_sweep() } -> std::same_as<void>;
  { space.open_sweep(sense) } -> std::same_as<void>;
  { space.sweep_next() } -> std::same_as<bool>;
  { space.sweep_all() } -> std::same_as<void>;
  { seen.swept() } -> std::same_as<bool>;
  { seen.object_at(address) } -> std::same_as<Object*>;
  { seen.for_each_object(begin, begin, visits_nothing) } -> std::same_as<void>;
  { seen.used_bytes() } -> std::same_as<std::size_t>;
  { seen.footprint() } -> std::same_as<std::size_t>;
  { seen.beside_objects_bytes() } -> std::same_as<std::size_t>;
  { seen.scattered_bytes() } -> std::same_as<std::size_t>;
  { seen.check() } -> std::same_as<void>;
  { space.observe(observer) } -> std::same_as<void>;
};

}  // namespace tricolour
