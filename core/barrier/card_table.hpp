// Cards: one byte for every 512 bytes of heap, which says whether a reference was stored there
// since it was last looked at.
//
// Invariant: between cycles every card is clean. A card is dirty from its mutator's store until the
// collector takes it; a taken card that is dirtied again is dirty. Two states of taken alternate by
// round, so that a thread that is late in one round leaves the cards of the next alone.
//
// Ownership: mutators dirty cards while they mark; the holder of World::Exclusive takes them; it
// and assisting mutators clean them.
//
// Memory ordering: `mark` is a release behind the store to the slot. That alone hands over only the
// last of several mutators' stores on one card; so the collector takes cards first, asks every
// mutator for a handshake, and scans then (see collectors/cycle/card_scan.hpp). Source: Printezis,
// Detlefs 2000.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/seams/schedule_window.hpp"

namespace tricolour {

enum class Card : std::uint8_t { clean, dirty, taken_in_even_round, taken_in_odd_round };

class CardTable {
 public:
  static constexpr std::size_t card_shift = 9;
  static constexpr std::size_t card_bytes = std::size_t{1} << card_shift;
  static constexpr std::size_t bytes_for(std::size_t heap_bytes) {
    return heap_bytes >> card_shift;
  }

  CardTable() = default;
  /// `cards`, zeroed, cover the heap that starts at `heap_base`.
  CardTable(std::byte* cards, const std::byte* heap_base)
      : bias_(reinterpret_cast<std::uintptr_t>(cards) -
              (reinterpret_cast<std::uintptr_t>(heap_base) >> card_shift)) {}

  std::atomic_ref<Card> card_of(const void* address) const {
    return std::atomic_ref<Card>(*reinterpret_cast<Card*>(
        bias_ + (reinterpret_cast<std::uintptr_t>(address) >> card_shift)));
  }
  /// Release: the store to the slot before it; partner: the collector's exchange.
  void mark(const void* address) const {
    pass_window(Window::between_store_and_card);
    card_of(address).store(Card::dirty, std::memory_order_release);
  }

 private:
  std::uintptr_t bias_ = 0;
};

}  // namespace tricolour
