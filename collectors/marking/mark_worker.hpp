// A mark worker's grey items.
//
// Purpose: the stack that the scanner of one worker pushes to and pops from: a small private part
// where nearly all traffic stays, in front of a work-stealing deque that thieves can reach, in
// front of the heap's grey set.
//
// Invariant: pushing never fails: the oldest half of a full private part moves to the deque, and
// what the full deque refuses is spilled into packets of the grey set, whose reserve covers the
// worst case.
//
// Ownership: everything but `steal_from`'s victim belongs to the one thread that works as this
// worker; it changes hands between runs. The counters are read when no run is under way.
//
// Memory ordering: see the deque and the grey set; the rest is private.
// Source: private work in front of a shared deque as in Acar, Charguéraud, Rainey 2013, "Scheduling
// parallel programs by work stealing with private deques".
#pragma once

#include <cstdint>
#include <vector>

#include "collectors/marking/work_stealing_deque.hpp"
#include "core/cycle/grey_set.hpp"

namespace tricolour {

class MarkWorker {
 public:
  MarkWorker(GreySet& grey_set, std::uint32_t deque_capacity);
  MarkWorker(const MarkWorker&) = delete;
  MarkWorker& operator=(const MarkWorker&) = delete;

  void push(GreyItem item) {
    if (top_ == end_) [[unlikely]]
      make_room();
    *top_++ = item;
  }
  bool pop(GreyItem& item) {
    if (top_ == base_ && !refill()) return false;
    item = *--top_;
    return true;
  }
  bool has_work() const { return top_ != base_ || deque_.size() != 0; }

  /// Moves the oldest half of the private part to the deque when thieves would find that empty;
  /// true when they find something.
  bool expose();
  /// Pours the oldest half of the private part, or of what the deque gives, into the grey set, for
  /// mutators that assist.
  void share();
  /// Fills the private part from a packet of the grey set.
  bool take_packet();
  /// Fills the private part with the oldest items of `victim`.
  bool steal_from(MarkWorker& victim);
  /// Moves the oldest items that thieves can reach into `packet`, which is empty, for a mutator
  /// that assists; false when there are none. Any thread.
  bool steal_into(GreyPacket& packet);
  /// A hint for thieves; any thread.
  bool worth_a_visit() const { return deque_.size() != 0; }

  struct Counters {
    std::uint64_t overflows = 0;      ///< pushes that the full deque refused, in part or whole
    std::uint64_t spilled_items = 0;  ///< that went into packets for it
    std::uint64_t shared_items = 0;   ///< poured for assists
    std::uint64_t packets_taken = 0;
    std::uint64_t steals = 0;         ///< visits that brought something
    std::uint64_t failed_steals = 0;  ///< visits that did not
    Counters& operator+=(const Counters& other);
  };
  const Counters& counters() const { return counters_; }

 private:
  void make_room();
  /// Behind what the private part holds; false when it still has nothing.
  bool refill();
  void prefetch_all() const;
  /// Makes the oldest `count` items of the private part give way.
  void drop_oldest(std::size_t count);
  void pour_oldest(std::size_t count);
  std::size_t size() const { return static_cast<std::size_t>(top_ - base_); }

  GreySet& grey_set_;
  std::vector<GreyItem> storage_;
  GreyItem* const base_;
  GreyItem* const end_;
  GreyItem* top_;
  WorkStealingDeque<GreyItem> deque_;
  Counters counters_;
};

}  // namespace tricolour
