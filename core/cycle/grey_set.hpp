// The grey set: packets of grey items, shared between mutators and markers.
//
// Purpose: objects that are marked and not yet scanned, as they travel between threads. A mutator's
// shade buffer is a packet it owns; a full one is published whole, without waiting. Markers keep
// private stacks or deques and spill into packets.
//
// Invariant: pushing never fails. An object is in the set at most once (the winner of its colour
// exchange pushes it; a chunked array has one item that carries its cursor, and at most one more
// per chunk that was made grey again), a packet is published full; what is less than full is poured
// into one shared open packet, or left for the next owner that does short work; so `ceil(most
// objects / capacity)` packets plus one per packet that threads own at once is the worst case, and
// that much is reserved (the pages are touched only when used). For GC threads and the first
// mutators it is reserved from the start; the reserve grows as more mutators join.
//
// Ownership: a packet belongs to the thread that took it until it publishes or gives it back. The
// open packet: `open_lock_`.
//
// Memory ordering: Boost.Lockfree's stacks publish a packet's items with the push (release) and
// acquire them with the pop.
// Source: packets as in Ossia et al. 2002, "A parallel, incremental and concurrent GC for servers".
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "core/cycle/packet_count.hpp"
#include "core/heap/object.hpp"
#include "core/heap/reservation.hpp"
#include "core/mutex.hpp"

namespace tricolour {

/// What an item asks a marker to scan: an object from `chunk` on (a long array chunk by chunk), or
/// that chunk alone, because a barrier made it grey again.
enum class Extent : std::uint8_t { rest, chunk };

/// A grey object: 48 bits of address, whose three low bits hold the extent and two bits of the
/// chunk number, and the other 16 of the number.
class GreyItem {
 public:
  GreyItem() = default;
  explicit GreyItem(Object* object, std::size_t chunk = 0, Extent extent = Extent::rest)
      : bits_(reinterpret_cast<std::uintptr_t>(object) | static_cast<std::uint64_t>(extent) |
              (std::uint64_t{chunk} & low_chunk_mask) << 1 |
              (std::uint64_t{chunk} >> low_chunk_bits) << address_bits) {}
  Object* object() const { return reinterpret_cast<Object*>(bits_ & address_mask); }
  std::size_t chunk() const {
    return bits_ >> address_bits << low_chunk_bits | (bits_ >> 1 & low_chunk_mask);
  }
  Extent extent() const { return static_cast<Extent>(bits_ & 1); }

 private:
  static constexpr unsigned address_bits = 48;
  static constexpr unsigned low_chunk_bits = 2;
  static_assert(low_chunk_bits + 64 - address_bits == chunk_number_bits);
  static constexpr std::uint64_t low_chunk_mask = (std::uint64_t{1} << low_chunk_bits) - 1;
  static constexpr std::uint64_t address_mask =
      ((std::uint64_t{1} << address_bits) - 1) & ~(low_chunk_mask << 1 | 1);
  std::uint64_t bits_;
};
static_assert(sizeof(GreyItem) == 8);

/// A stack of items in place. Owned by one thread at a time.
class GreyPacket {
 public:
  bool empty() const { return count_ == 0; }
  std::uint32_t count() const { return count_; }
  void push(GreyItem item) { items()[count_++] = item; }
  GreyItem pop() { return items()[--count_]; }
  void clear() { count_ = 0; }
  /// Oldest first.
  const GreyItem* oldest() const { return reinterpret_cast<const GreyItem*>(this + 1); }
  void drop_oldest(std::uint32_t count) {
    std::copy(items() + count, items() + count_, items());
    count_ -= count;
  }
  /// Fetches the objects of the `items` that are popped next.
  void prefetch_top(std::uint32_t items) const {
    for (std::uint32_t i = 1; i <= items && i <= count_; ++i)
      __builtin_prefetch(oldest()[count_ - i].object());
  }
  /// Fetches the object that is popped after `items` others.
  void prefetch_below(std::uint32_t items) const {
    if (count_ > items) __builtin_prefetch(oldest()[count_ - 1 - items].object());
  }

 private:
  GreyItem* items() { return reinterpret_cast<GreyItem*>(this + 1); }
  std::uint32_t count_;
  [[maybe_unused]] std::uint32_t alignment_;
};

class GreySet {
 public:
  /// Packets that threads may own at once, reserved from the start.
  static constexpr std::size_t owned_at_first = 1024;
  /// Of those, what GC threads may own: each one packet.
  static constexpr std::size_t owned_by_gc_threads = 512;
  /// A mutator owns its shade buffer, and while it assists another packet.
  static constexpr std::size_t owned_by_mutator = 2;

  /// Room for `most_objects` at once. `capacity`: items per packet, at least 1.
  GreySet(std::size_t most_objects, std::uint32_t capacity);
  ~GreySet();

  /// What such a set reserves.
  static std::size_t bytes_for(std::size_t most_objects, std::uint32_t capacity);

  /// Backs the packets that are handed out first, so that no first touch falls into a pause. Before
  /// any thread uses the set.
  void touch_pages();

  std::uint32_t capacity() const { return capacity_; }
  std::size_t reserved_bytes() const { return storage_.bytes(); }
  bool full(const GreyPacket& packet) const { return packet.count() == capacity_; }

  /// A mutator comes, and its shade buffer is what is returned. Grows the reserve where that is
  /// due. Throws ConfigurationError when there is no address space for it. Any thread, outside of
  /// pauses.
  GreyPacket* join();
  /// It goes, and gives its empty shade buffer back.
  void leave(GreyPacket* empty);

  /// An empty packet, now the caller's. Never fails (see the invariant). Any thread.
  GreyPacket* take_empty();
  /// A published packet, now the caller's; null when there is none. Any thread.
  GreyPacket* take_published();
  void give_back(GreyPacket* empty);
  /// For short work, after which what is left is given back without copying or waiting: a packet
  /// that another such owner left, else an empty one. No more such packets are left at any time
  /// than there were owners at once, so the reserve holds.
  GreyPacket* take_begun();
  void give_back_begun(GreyPacket* packet);
  /// Publishes a full packet. Does not wait. Any thread.
  void publish(GreyPacket* packet);
  /// Empties `packet`, full or not, into the set; true when it held anything. May wait for other
  /// pourers, never for a collection.
  bool pour(GreyPacket& packet);
  /// Copies `count` items into the set, in packets. Same rules.
  void pour(const GreyItem* items, std::size_t count);
  /// One item, for root scans. Same rules.
  void pour(GreyItem item) { pour(&item, 1); }
  /// Nothing published and nothing poured, at some moment during the call. Acquires what threads
  /// that took packets did before.
  bool empty() const;
  /// Is a packet published, full or begun? A hint, for idle markers: relaxed, no lock.
  bool any_published() const { return published_.any(); }
  /// Is there an item to take, in whatever packet? A hint, for mutators that owe an assist:
  /// relaxed, no lock.
  bool any_in_sight() const {
    return any_published() || open_holds_items_.load(std::memory_order_relaxed);
  }
  /// Full packets published so far: a test sees the overflow paths run.
  std::uint64_t published() const { return published_total_.load(std::memory_order_relaxed); }

 private:
  GreyPacket* packet(std::size_t number) const;
  /// Travels through the lock-free stacks.
  bool is_numbered(const GreyPacket* packet) const;
  GreyPacket* take_overflow();
  void grow();

  const std::uint32_t capacity_;
  const std::size_t packet_bytes_;
  const std::size_t packets_;
  const std::size_t
      numbered_;  ///< the first packets of storage_, which travel through the lock-free stacks
  Reservation storage_;
  struct Stacks;
  std::unique_ptr<Stacks> stacks_;
  struct Overflow;
  std::unique_ptr<Overflow> overflow_;
  PacketCount<> published_;                        ///< not yet taken
  std::atomic<std::uint64_t> published_total_{0};  ///< a statistic: relaxed
  mutable Mutex open_lock_;
  GreyPacket* open_ = nullptr;
  std::atomic<bool> open_holds_items_{false};  ///< a hint, written with open_lock_ held: relaxed
};

}  // namespace tricolour
