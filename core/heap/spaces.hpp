// The spaces of a heap: what it is composed of, as one.
//
// Purpose: what concerns every space, a sweep, the object at an address, the heap's use, is a loop
// over them. A space more is a member here and a line in `each_of`; its allocator goes where
// mutators allocate (MutatorContext).
//
// Invariant: together their footprints are at most the heap. Large objects come first: what dies
// there gives whole blocks back.
//
// Ownership, memory ordering: those of each space.
#pragma once

#include "core/heap/block_space.hpp"
#include "core/heap/hole_allocator.hpp"
#include "core/heap/large_object_space.hpp"
#include "core/heap/space.hpp"

namespace tricolour {

static_assert(Space<BlockSpace> && Space<LargeObjectSpace>);

class Spaces {
 public:
  /// Of the heap from `begin`, whole blocks.
  Spaces(std::byte* begin, std::size_t bytes, SideMetadata metadata, HeapAccount& account)
      : begin_(begin),
        bytes_(bytes),
        blocks_(begin, bytes / block_bytes, metadata),
        large_(blocks_, metadata, account) {}

  std::byte* begin() const { return begin_; }
  std::size_t bytes() const { return bytes_; }
  BlockSpace& blocks() { return blocks_; }
  const BlockSpace& blocks() const { return blocks_; }
  LargeObjectSpace& large() { return large_; }
  const LargeObjectSpace& large() const { return large_; }

  template <class Work>
  void for_each_space(Work work) {
    each_of(*this, work);
  }
  template <class Work>
  void for_each_space(Work work) const {
    each_of(*this, work);
  }

  // --- as of one space (space.hpp) --------------------------------------------------------------

  void turn_to_sweep() {
    for_each_space([](Space auto& space) { space.turn_to_sweep(); });
  }
  void open_sweep(MarkSense sense) {
    for_each_space([=](Space auto& space) { space.open_sweep(sense); });
  }
  /// A share of each.
  bool sweep_next() {
    bool any_left = false;
    for_each_space([&](Space auto& space) { any_left = space.sweep_next() || any_left; });
    return any_left;
  }
  void sweep_all() {
    for_each_space([](Space auto& space) { space.sweep_all(); });
  }
  bool swept() const {
    bool all = true;
    for_each_space([&](const Space auto& space) { all = all && space.swept(); });
    return all;
  }
  Object* object_at(const void* address) const {
    Object* found = nullptr;
    for_each_space([&](const Space auto& space) {
      if (found == nullptr) found = space.object_at(address);
    });
    return found;
  }
  template <std::invocable<Object*> Visit>
  void for_each_object(std::byte* begin, const std::byte* end, Visit visit) const {
    for_each_space([&](const Space auto& space) { space.for_each_object(begin, end, visit); });
  }
  /// Of the whole heap.
  template <std::invocable<Object*> Visit>
  void for_each_object(Visit visit) const {
    for_each_object(begin_, begin_ + bytes_, visit);
  }
  std::size_t used_bytes() const {
    return sum([](const Space auto& space) { return space.used_bytes(); });
  }
  std::size_t footprint() const {
    return sum([](const Space auto& space) { return space.footprint(); });
  }
  std::size_t beside_objects_bytes() const {
    return sum([](const Space auto& space) { return space.beside_objects_bytes(); });
  }
  std::size_t scattered_bytes() const {
    return sum([](const Space auto& space) { return space.scattered_bytes(); });
  }
  /// Also that each space finds its own objects, and that they are what is in use.
  void check() const;
  void observe(HeapObserver* observer) {
    for_each_space([=](Space auto& space) { space.observe(observer); });
  }

 private:
  template <class Self, class Work>
  static void each_of(Self& self, Work& work) {
    work(self.large_);
    work(self.blocks_);
  }
  template <class Figure>
  std::size_t sum(Figure figure) const {
    std::size_t total = 0;
    for_each_space([&](const Space auto& space) { total += figure(space); });
    return total;
  }
  std::byte* const begin_;
  const std::size_t bytes_;
  BlockSpace blocks_;
  LargeObjectSpace large_;
};

}  // namespace tricolour
