// Card scanning: the collector's half of a barrier that marks cards.
//
// Purpose: finds the slots on dirty cards that belong to marked objects, and shades what they refer
// to. Only what was white is pushed, so the grey set's reserve holds whatever is dirty.
//
// Invariant: a card is taken before it is scanned, never after. Beside mutators: `take`, then a
// handshake with every mutator, then `scan_taken`. A mutator's store whose dirt was taken came
// before that mutator's handshake, so the scan sees it; dirt that comes later stays for the next
// round. Every store's card is scanned after it, at the latest in the stop that ends marking.
//
// Sharing: taken cards are scanned in pieces, each the cards of one cache line, which threads draw
// by a cursor. A mutator that draws one finishes it before its next safepoint: before the next
// round's handshake is over, and before any stop.
//
// An object that is white is left out: the thread that marks it scans it afterwards. It is looked
// at by a read-modify-write (acq_rel), as it is marked by one: so either the scan sees the mark, or
// the marker's look at the slots comes after the scan and sees every store that the scan would have
// seen. A mutator may mark at that moment, as an assist.
//
// Where objects lie: start bytes; an unused hole has none.
//
// Ownership: the holder of World::Exclusive; `scan_some`: any mutator between two safepoints.
//
// Memory ordering: the cursor's store publishes what the handshakes acquired; partner: the draw of
// a piece (acq_rel, so that later draws acquire it too).
// Source: Boehm, Demers, Shenker 1991; Printezis, Detlefs 2000.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/mutator/heap.hpp"

namespace tricolour {

class CardScan {
 public:
  explicit CardScan(Heap& heap);

  /// Beside mutators: takes every dirty card.
  void take();
  /// Beside mutators, after their handshakes: scans what was taken and not dirtied since, and lets
  /// mutators share in it. True when anything was shaded that is known of; a mutator may not be
  /// done.
  bool scan_taken();
  /// On a mutator: scans as many taken cards as take about as long as `bytes` of them. Returns the
  /// bytes; 0 when no piece is left.
  std::size_t scan_some(std::size_t bytes);
  /// Is a piece left? A hint: relaxed.
  bool any_left() const { return piece_of(next_.load(std::memory_order_relaxed)) < pieces_; }
  /// World stopped: scans dirty cards until none is left, or until `slots` were looked at: false,
  /// and the rest stays dirty.
  bool scan_stopped(std::size_t slots);

 private:
  /// What cards cost and brought.
  struct Found {
    std::size_t cards = 0;
    std::size_t slots = 0;
    std::size_t shaded = 0;
  };
  /// Rounds of taking above, pieces below.
  using Cursor = std::uint64_t;
  static constexpr unsigned piece_bits = 40;
  static constexpr std::size_t cards_in_piece = 64;
  static constexpr std::size_t piece_of(Cursor cursor) {
    return cursor & ((Cursor{1} << piece_bits) - 1);
  }
  static constexpr Card taken_in(std::uint64_t round) {
    return round % 2 == 0 ? Card::taken_in_even_round : Card::taken_in_odd_round;
  }
  /// Calls `each(card, address)` for every card of a range that is not clean, until it returns
  /// false.
  template <class Each>
  bool for_each_card(std::size_t begin, std::size_t end, Each each) const;
  /// Draws a piece and scans it; false when none is left.
  bool scan_piece(Found& found);
  template <bool alone>
  void scan(std::byte* card, Found& found);
  template <bool alone>
  void scan_object(Object* object, std::byte* card, Found& found);
  template <bool alone>
  bool is_marked(Object* object) const;

  Heap& heap_;
  const std::size_t cards_;
  const std::size_t pieces_;
  std::uint64_t round_ = 0;
  std::atomic<Cursor> next_;                  ///< the piece to draw
  std::atomic<bool> found_by_others_{false};  ///< a hint to the leader: relaxed
};

}  // namespace tricolour
