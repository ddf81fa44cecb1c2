// Large objects: page runs inside blocks claimed from the top of the heap.
//
// Purpose: objects above `large_object_bytes` never move through holes. They are marked through the
// same metadata. Room is found by size, and dead objects are swept a few at a time, so that the
// lock is held for a bounded number of steps.
//
// Invariant: its blocks are the pages of its objects and its free runs. Pages are handed out again
// only after a sweep that found their object white, or never published. A pending object (its
// memory is still being zeroed, nothing refers to it) survives every sweep.
//
// Ownership: everything behind `lock_`; the memory of a pending object belongs to the mutator that
// asked for it.
//
// Memory ordering: the lock; an object is published by its start byte, as every object is.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "core/heap/block_space.hpp"
#include "core/heap/heap_account.hpp"
#include "core/mutex.hpp"

namespace tricolour {

inline constexpr std::size_t large_object_bytes = 8 * 1024;

class LargeObjectSpace {
 public:
  /// Each area is for one object, so a mutator holds none between two.
  class Allocator {
   public:
    explicit Allocator(LargeObjectSpace& space) : space_(space) { forget(); }
    std::optional<Hole> next(std::size_t bytes, MutatorContext* = nullptr) {
      auto* const begin = reinterpret_cast<std::byte*>(space_.allocate(bytes, epoch_));
      if (begin == nullptr) return std::nullopt;
      pending_bytes_ = bytes;
      return Hole{begin, begin + bytes};
    }
    void publish(Object* object) {
      space_.publish(object);
      pending_bytes_ = 0;
    }
    void forget() { epoch_ = space_.blocks_.epoch(); }
    void give_back() {}
    std::size_t pending_bytes() const { return pending_bytes_; }

   private:
    LargeObjectSpace& space_;
    Epoch epoch_ = 0;  ///< of whose period is what it hands out
    std::size_t pending_bytes_ = 0;
  };

  LargeObjectSpace(BlockSpace& blocks, SideMetadata metadata, HeapAccount& account);

  /// Memory for an object of `bytes`, pending and not zeroed; null when no run is free. Sweeps a
  /// share where that is due, and more only when there is no other room. `epoch`: to which its
  /// mutator has come. Any mutator.
  Object* allocate(std::size_t bytes, Epoch epoch);
  /// The object is initialised and about to be stored where others see it.
  void publish(Object* object);

  /// An object has no epoch: one that was published before a sweep is open is black or dead, and a
  /// pending one survives.
  void turn_to_sweep() {}
  /// A cycle terminated with `sense`.
  void open_sweep(MarkSense sense);
  /// Objects swept between two looks for room, or at once by a sweeper; together some microseconds
  /// under the lock.
  static constexpr unsigned swept_at_once = 64;
  /// Frees those of the next `count` objects at most that the last cycle left white; false when no
  /// object is left to look at. Any thread.
  bool sweep_next(unsigned count = swept_at_once);
  /// Until that is done. Any thread.
  void sweep_all();
  bool swept() const { return !sweep_due_.load(std::memory_order_acquire); }

  /// The published object with `address` in its pages, or null. Any thread.
  Object* object_at(const void* address) const;
  template <std::invocable<Object*> Visit>
  void for_each_object(std::byte* begin, const std::byte* end, Visit visit) const {
    while (Object* const object = next_object(begin, end)) visit(object);
  }

  /// Bytes of pages that objects hold.
  std::size_t used_bytes() const { return used_.load(std::memory_order_relaxed); }
  /// World stopped. Of the blocks that it has claimed.
  std::size_t footprint() const { return claimed_.load(std::memory_order_relaxed); }
  /// World stopped: bytes of those pages that are in use and of no published object: pending ones,
  /// and behind the end of each object.
  std::size_t beside_objects_bytes() const {
    return tails_.load(std::memory_order_relaxed) + pending_.load(std::memory_order_relaxed);
  }
  /// Its free pages are for the next large objects.
  std::size_t scattered_bytes() const { return 0; }
  /// World stopped and everything swept: throws InvariantViolated when its pages are not what its
  /// counts say, or a published object has no start byte.
  void check() const;

  void observe(HeapObserver* observer) { observer_ = observer; }

 private:
  static constexpr std::size_t page_bytes = 4096;
  static constexpr std::size_t block_pages = block_bytes / page_bytes;
  struct Entry {
    std::size_t pages;
    bool pending;
  };

  std::byte* page_begin(std::size_t page) const {
    return blocks_.block_begin(0) + page * page_bytes;
  }
  std::size_t page_of(const void* address) const {
    return static_cast<std::size_t>(static_cast<const std::byte*>(address) - page_begin(0)) /
           page_bytes;
  }
  /// The first published object with a page in [begin, end), and sets `begin` behind its pages;
  /// null when there is none. The visit of one is outside the lock.
  Object* next_object(std::byte*& begin, const std::byte* end) const;
  Object* take_free_run(std::size_t pages);
  Object* take_blocks(std::size_t pages);
  /// Places an object at the begin of a run that is on no list, and lists the rest.
  Object* place(std::size_t page, std::size_t length, std::size_t pages);
  void free_object(std::size_t page, std::size_t pages);
  /// Joins its neighbours; whole blocks go back to the heap.
  void add_free_run(std::size_t page, std::size_t pages);
  void list_free_run(std::size_t page, std::size_t pages);
  void unlist_free_run(std::map<std::size_t, std::size_t>::iterator run);

  BlockSpace& blocks_;
  SideMetadata metadata_;
  mutable Mutex lock_;
  HeapAccount& account_;
  std::map<std::size_t, Entry> objects_;  ///< by first page
  std::map<std::size_t, std::size_t>
      free_runs_;  ///< first page -> pages, coalesced, inside blocks that are `large`
  std::set<std::pair<std::size_t, std::size_t>> runs_by_size_;  ///< the same: pages, first page
  std::size_t sweep_at_ = 0;  ///< where the sweep goes on: first page of an object, or behind one
  ColourByte live_state_ = 0;
  std::atomic<bool> sweep_due_{
      false};  ///< release at the sweep's end and at open_sweep, acquire in `swept`
  std::atomic<std::size_t> used_{0};     ///< relaxed, as the next three: exact in a stop
  std::atomic<std::size_t> claimed_{0};  ///< bytes of blocks that objects and free runs are in
  std::atomic<std::size_t> tails_{0};    ///< bytes of pages behind the end of their object
  std::atomic<std::size_t> pending_{0};  ///< bytes of pending objects
  HeapObserver* observer_ = nullptr;
};

}  // namespace tricolour
