#include "collectors/cycle/card_scan.hpp"

#include <algorithm>

#include "core/heap/metadata_scan.hpp"
#include "core/seams/faults.hpp"
#include "core/seams/schedule_coverage.hpp"
#include "core/seams/schedule_window.hpp"

namespace tricolour {

CardScan::CardScan(Heap& heap)
    : heap_(heap),
      cards_(CardTable::bytes_for(heap.bytes())),
      pieces_(cards_ / cards_in_piece),
      next_(pieces_) {}

template <class Each>
bool CardScan::for_each_card(std::size_t begin, std::size_t end, Each each) const {
  std::byte* const heap_begin = heap_.spaces().begin();
  auto* const table = reinterpret_cast<ColourByte*>(heap_.side_table());
  // Relaxed words: dirt that is not seen yet stays for the next round.
  for (std::size_t i = begin; (i += MetadataScan::zero_run(table + i, end - i)) < end; ++i) {
    std::byte* const address = heap_begin + i * CardTable::card_bytes;
    if (!each(heap_.cards.card_of(address), address)) return false;
  }
  return true;
}

void CardScan::take() {
  ++round_;
  for_each_card(0, cards_, [&](std::atomic_ref<Card> card, std::byte*) {
    if (card.load(std::memory_order_relaxed) != Card::dirty) return true;
    pass_window(Window::between_dirt_and_take);
    // seq_cst: before the handshakes that follow; acquires the store behind the dirt; partner:
    // CardTable::mark.
    card.exchange(taken_in(round_), std::memory_order_seq_cst);
    return true;
  });
}

bool CardScan::scan_taken() {
  found_by_others_.store(false, std::memory_order_relaxed);
  // Release: what this thread acquired by the handshakes; partner: scan_piece.
  next_.store(Cursor{round_} << piece_bits, std::memory_order_release);
  Found found;
  while (scan_piece(found)) {
  }
  return found.shaded > 0 || found_by_others_.load(std::memory_order_relaxed);
}

std::size_t CardScan::scan_some(std::size_t bytes) {
  /// A piece without a dirty card takes about as long as these bytes of cards that have objects.
  constexpr std::size_t piece_cost = 16;
  const RoleScope role(Role::marker);
  Found found;
  std::size_t done = 0;
  for (std::size_t pieces = 1; done < bytes && any_left() && scan_piece(found); ++pieces) {
    done = found.cards * CardTable::card_bytes + pieces * piece_cost;
  }
  if (found.shaded > 0) found_by_others_.store(true, std::memory_order_relaxed);
  return done;
}

bool CardScan::scan_piece(Found& found) {
  // Acquire: see scan_taken; release: the same for those that draw after this thread.
  const Cursor drawn = next_.fetch_add(1, std::memory_order_acq_rel);
  const std::size_t piece = piece_of(drawn);
  if (piece >= pieces_) return false;
  pass_window(Window::between_draw_and_scan);
  const Card taken = taken_in(drawn >> piece_bits);
  const std::size_t begin = piece * cards_in_piece;
  const auto scan_card = [&](std::atomic_ref<Card> card, std::byte* address) {
    // Relaxed: the handshakes have ordered the stores; a card that is dirty again, or of the next
    // round, is not ours any more.
    auto expected = taken;
    const bool late = faulty(Fault::card_cleared_late);
    const Card left = late ? taken : Card::clean;
    if (!card.compare_exchange_strong(expected, left, std::memory_order_relaxed)) return true;
    scan<false>(address, found);
    ++found.cards;
    pass_window(Window::between_card_scans);
    if (late) card.store(Card::clean, std::memory_order_relaxed);
    return true;
  };
  return for_each_card(begin, begin + cards_in_piece, scan_card);
}

bool CardScan::scan_stopped(std::size_t slots) {
  Found found;
  return for_each_card(0, cards_, [&](std::atomic_ref<Card> card, std::byte* address) {
    if (found.slots >= slots) return false;
    card.store(Card::clean, std::memory_order_relaxed);
    scan<true>(address, found);
    return true;
  });
}

template <bool alone>
void CardScan::scan(std::byte* card, Found& found) {
  heap_.spaces().for_each_object(card, card + CardTable::card_bytes,
                                 [&](Object* object) { scan_object<alone>(object, card, found); });
}

template <bool alone>
bool CardScan::is_marked(Object* object) const {
  auto byte = SideMetadata::atomic(heap_.metadata.byte_of(object));
  // acq_rel read-modify-write beside mutators: see above; partner: SideMetadata::try_shade.
  const ColourByte seen =
      alone ? byte.load(std::memory_order_relaxed) : byte.fetch_or(0, std::memory_order_acq_rel);
  return state_of(seen) != heap_.phase().sense.white();
}

template <bool alone>
void CardScan::scan_object(Object* object, std::byte* card, Found& found) {
  ++found.slots;
  if (!is_marked<alone>(object)) return;
  auto* const on_card = reinterpret_cast<Slot*>(card);
  Slot* const begin = std::max(object->slots(), on_card);
  Slot* const end = std::min(object->slots() + object->slot_count(),
                             on_card + CardTable::card_bytes / sizeof(Slot));
  const ColourByte white = heap_.phase().sense.white();
  const ColourByte shaded = heap_.phase().shaded_state();
  for (Slot* slot = begin; slot < end; ++slot) {
    ++found.slots;
    Object* const referent = slot->load();
    if (referent == nullptr) continue;
    if (alone ? heap_.metadata.try_shade_alone(referent, white, shaded)
              : heap_.metadata.try_shade(referent, white, shaded)) {
      heap_.grey_set.pour(GreyItem(referent));
      ++found.shaded;
    }
  }
}

}  // namespace tricolour
