#include "collectors/card_scan.hpp"

#include <algorithm>

#include "core/faults.hpp"
#include "core/metadata_scan.hpp"
#include "core/schedule_window.hpp"

namespace tricolour {

template <class Each>
bool CardScan::for_each_card(Each each) const {
  std::byte* const heap_begin = heap_.blocks.block_begin(0);
  const std::size_t cards = CardTable::bytes_for(heap_.bytes());
  auto* const table = reinterpret_cast<ColourByte*>(heap_.side_table());
  // Relaxed words: dirt that is not seen yet stays for the next round.
  for (std::size_t i = 0; (i += MetadataScan::zero_run(table + i, cards - i)) < cards; ++i) {
    std::byte* const address = heap_begin + i * CardTable::card_bytes;
    if (!each(heap_.cards.card_of(address), address)) return false;
  }
  return true;
}

void CardScan::take() {
  for_each_card([](std::atomic_ref<Card> card, std::byte*) {
    if (card.load(std::memory_order_relaxed) != Card::dirty) return true;
    pass_window(Window::between_dirt_and_take);
    // seq_cst: before the handshakes that follow; acquires the store behind the dirt; partner: CardTable::mark.
    card.exchange(Card::taken, std::memory_order_seq_cst);
    return true;
  });
}

bool CardScan::scan_taken() {
  Found found;
  for_each_card([&](std::atomic_ref<Card> card, std::byte* address) {
    // Relaxed: the handshakes have ordered the stores; a card that is dirty again is not ours any more.
    auto expected = Card::taken;
    const bool late = faulty(Fault::card_cleared_late);
    if (!card.compare_exchange_strong(expected, late ? Card::taken : Card::clean, std::memory_order_relaxed)) return true;
    scan<false>(address, found);
    pass_window(Window::between_card_scans);
    if (late) card.store(Card::clean, std::memory_order_relaxed);
    return true;
  });
  return found.shaded > 0;
}

bool CardScan::scan_stopped(std::size_t slots) {
  Found found;
  return for_each_card([&](std::atomic_ref<Card> card, std::byte* address) {
    if (found.slots >= slots) return false;
    card.store(Card::clean, std::memory_order_relaxed);
    scan<true>(address, found);
    return true;
  });
}

template <bool alone>
void CardScan::scan(std::byte* card, Found& found) {
  const std::size_t block = heap_.blocks.block_of(card);
  const BlockState state = heap_.blocks.state(block);
  if (state == BlockState::free) return;
  if (state == BlockState::large) {
    if (Object* const object = heap_.large.object_at(card)) scan_object<alone>(object, card, found);
    return;
  }
  const auto start_at = [&](std::byte* address) -> Object* {
    auto* const object = reinterpret_cast<Object*>(address);
    return heap_.metadata.load_acquire(object) == 0 ? nullptr : object;
  };
  // The object that reaches into the card from before, if there is one: the nearest start in the block. It may be longer than
  // `large_object_bytes`: what fits into the hole at hand is bumped, however long.
  for (std::byte* at = card; at > heap_.blocks.block_begin(block);) {
    if (Object* const object = start_at(at -= granule_bytes)) {
      if (at + object->bytes() > card) scan_object<alone>(object, card, found);
      break;
    }
  }
  for (std::byte* at = card; at < card + CardTable::card_bytes; at += granule_bytes) {
    if (Object* const object = start_at(at)) scan_object<alone>(object, card, found);
  }
}

template <bool alone>
bool CardScan::is_marked(Object* object) const {
  auto byte = SideMetadata::atomic(heap_.metadata.byte_of(object));
  // acq_rel read-modify-write beside mutators: see above; partner: SideMetadata::try_shade.
  const ColourByte seen = alone ? byte.load(std::memory_order_relaxed) : byte.fetch_or(0, std::memory_order_acq_rel);
  return state_of(seen) != heap_.phase.sense.white();
}

template <bool alone>
void CardScan::scan_object(Object* object, std::byte* card, Found& found) {
  ++found.slots;
  if (!is_marked<alone>(object)) return;
  auto* const on_card = reinterpret_cast<Slot*>(card);
  Slot* const begin = std::max(object->slots(), on_card);
  Slot* const end = std::min(object->slots() + object->slot_count(), on_card + CardTable::card_bytes / sizeof(Slot));
  const ColourByte white = heap_.phase.sense.white();
  const ColourByte shaded = heap_.phase.shaded_state();
  for (Slot* slot = begin; slot < end; ++slot) {
    ++found.slots;
    Object* const referent = slot->load();
    if (referent == nullptr) continue;
    if (alone ? heap_.metadata.try_shade_alone(referent, white, shaded) : heap_.metadata.try_shade(referent, white, shaded)) {
      heap_.grey_set.pour(GreyItem(referent));
      ++found.shaded;
    }
  }
}

}  // namespace tricolour
