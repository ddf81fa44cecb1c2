// Card scanning: the collector's half of a barrier that marks cards.
//
// Purpose: finds the slots on dirty cards that belong to marked objects, and shades what they refer to. Only what was white is pushed, so
// the grey set's reserve holds whatever is dirty.
//
// Invariant: a card is taken before it is scanned, never after. Beside mutators: `take`, then a handshake with every mutator, then
// `scan_taken`. A mutator's store whose dirt was taken came before that mutator's handshake, so the scan sees it; dirt that comes
// later stays for the next round. Every store's card is scanned after it, at the latest in the stop that ends marking.
//
// An object that is white is left out: whoever marks it scans it afterwards. It is looked at by a read-modify-write (acq_rel), as it is
// marked by one: so either the scan sees the mark, or the marker's look at the slots comes after the scan and sees every store that the
// scan would have seen. A mutator may mark at that moment, as an assist.
//
// Where objects lie: start bytes; an unused hole has none.
//
// Ownership: the holder of World::Exclusive.
// Source: Boehm, Demers, Shenker 1991; Printezis, Detlefs 2000.
#pragma once

#include "core/heap.hpp"

namespace tricolour {

class CardScan {
 public:
  explicit CardScan(Heap& heap) : heap_(heap) {}

  /// Beside mutators: takes every dirty card.
  void take();
  /// Beside mutators, after their handshakes: scans what was taken and not dirtied since. True when it shaded anything.
  bool scan_taken();
  /// World stopped: scans dirty cards until none is left, or until `slots` were looked at: false, and the rest stays dirty.
  bool scan_stopped(std::size_t slots);

 private:
  /// What a card cost and brought.
  struct Found {
    std::size_t slots = 0;
    std::size_t shaded = 0;
  };
  /// Calls `each(card, address)` for every card that is not clean, until it returns false.
  template <class Each>
  bool for_each_card(Each each) const;
  template <bool alone>
  void scan(std::byte* card, Found& found);
  template <bool alone>
  void scan_object(Object* object, std::byte* card, Found& found);
  template <bool alone>
  bool is_marked(Object* object) const;

  Heap& heap_;
};

}  // namespace tricolour
