// A work-stealing deque of fixed capacity.
//
// Purpose: its owner pushes and takes at the bottom, newest first; thieves steal the oldest at the
// top. Full is an answer, not an allocation: the owner puts what does not fit somewhere else.
//
// Invariant: the items are those with indices in [top, bottom), at most `capacity` of them; index i
// is in cell i mod capacity. top only grows, and a thread that moves it from i to i + 1 has taken
// item i. Indices have 64 bits and never wrap.
//
// Ownership: `push`, `take`: the owner. `steal`, `size`: any thread.
//
// Memory ordering: no stand-alone fences. Where Le et al. put one between the owner's store of
// bottom and its load of top, and between the thief's loads of top and bottom, all four accesses
// are seq_cst. So once the owner has lowered bottom to n and then read top = t, every thief that
// reads a top above t comes later in the single order and sees bottom <= n: of the items from t on,
// a thief that still has the old bottom can only reach t itself. Therefore t < n gives the owner
// all of [n, old bottom), several items for the price of one ordered store; t = n is the race for
// one item, which the exchange of top decides. The exchanges need no place in that order (Le et al.
// give them one): a load that reads what one of them wrote is after every load that read an older
// top, whatever the exchange's own order. work_stealing_deque_exploration_test.cpp runs this source
// under a model of memory: each order stated here, weakened, loses or doubles an item. Source:
// Chase, Lev 2005, "Dynamic circular work-stealing deque"; orders after Le, Pop, Cohen, Zappa
// Nardelli 2013, "Correct and efficient work-stealing for weak memory models". Taking several is
// this project's.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/heap/atomics.hpp"
#include "core/seams/schedule_window.hpp"

namespace tricolour {

/// `Atomic` is std::atomic, or a model checker's.
template <class T, template <class> class Atomic = StandardAtomic>
class WorkStealingDeque {
 public:
  /// Room for `capacity` items, rounded up to a power of two; at least 2.
  explicit WorkStealingDeque(std::size_t capacity)
      : mask_(static_cast<std::int64_t>(std::bit_ceil(std::max<std::size_t>(capacity, 2))) - 1),
        cells_(std::make_unique<Atomic<T>[]>(static_cast<std::size_t>(mask_) + 1)) {}

  /// Pushes the first items of [items, items + count), as many as fit; returns how many.
  std::size_t push(const T* items, std::size_t count) {
    // Relaxed: only this thread stores bottom.
    const std::int64_t bottom = bottom_.load(std::memory_order_relaxed);
    // Acquires the thieves' reads of the cells they emptied; partner: the exchange in `steal`.
    const std::int64_t top = top_.load(std::memory_order_acquire);
    const auto room = static_cast<std::size_t>(mask_ + 1 - (bottom - top));
    const std::size_t pushed = std::min(count, room);
    for (std::size_t i = 0; i < pushed; ++i) {
      // Relaxed: published by the store of bottom below.
      cell(bottom + static_cast<std::int64_t>(i)).store(items[i], std::memory_order_relaxed);
    }
    pass_window(Window::between_cells_and_bottom);
    // Publishes the cells; partner: the load of bottom in `steal`.
    bottom_.store(bottom + static_cast<std::int64_t>(pushed), std::memory_order_release);
    return pushed;
  }
  bool push(T item) { return push(&item, 1) == 1; }

  /// Takes the newest items, `most` at most and about half of what is there, into `items`, oldest
  /// first; returns how many.
  std::size_t take(T* items, std::size_t most) {
    // Relaxed: only this thread stores bottom.
    const std::int64_t bottom = bottom_.load(std::memory_order_relaxed);
    // Relaxed: an old top only makes the deque look fuller; the load in `claim` decides.
    const std::int64_t size = bottom - top_.load(std::memory_order_relaxed);
    if (size <= 0) return 0;
    const std::int64_t wanted = std::min(static_cast<std::int64_t>(most), (size + 1) / 2);
    if (claim(bottom, wanted)) return copy(bottom - wanted, wanted, items);
    if (wanted > 1 && claim(bottom, 1)) return copy(bottom - 1, 1, items);
    return 0;
  }
  bool take(T& item) { return take(&item, 1) == 1; }

  enum class Stolen : std::uint8_t { item, nothing, lost_race };

  /// Takes the oldest item. `lost_race`: another thread took it meanwhile.
  Stolen steal(T& item) {
    // seq_cst: before the load of bottom, after the owner's load of an older top; partner: `claim`.
    std::int64_t top = top_.load(std::memory_order_seq_cst);
    // seq_cst: after the load of top; partner: the store in `claim`. Acquires the cells; partner:
    // the stores of bottom.
    const std::int64_t bottom = bottom_.load(std::memory_order_seq_cst);
    if (top >= bottom) return Stolen::nothing;
    // Relaxed: acquired through bottom; if the owner has reused the cell since, top has moved and
    // the exchange fails.
    const T candidate = cell(top).load(std::memory_order_relaxed);
    pass_window(Window::between_cell_and_exchange);
    // Decides the race for this item, as any exchange does; partner: the exchange of another thief
    // or of the owner. Releases the read of the cell, lest it read what the owner puts there next;
    // partner: the load of top in `push`.
    if (!top_.compare_exchange_strong(top, top + 1, std::memory_order_release,
                                      std::memory_order_relaxed))
      return Stolen::lost_race;
    item = candidate;
    return Stolen::item;
  }

  /// How many items there were at some moment; exact for the owner while no thread steals.
  std::size_t size() const {
    // Relaxed both: a hint.
    const std::int64_t bottom = bottom_.load(std::memory_order_relaxed);
    const std::int64_t top = top_.load(std::memory_order_relaxed);
    return bottom > top ? static_cast<std::size_t>(bottom - top) : 0;
  }
  std::size_t capacity() const { return static_cast<std::size_t>(mask_) + 1; }

 private:
  Atomic<T>& cell(std::int64_t index) { return cells_[static_cast<std::size_t>(index & mask_)]; }

  /// Tries to make the newest `wanted` items below `bottom` the owner's; otherwise leaves bottom
  /// where it was.
  bool claim(std::int64_t bottom, std::int64_t wanted) {
    const std::int64_t lowered = bottom - wanted;
    // seq_cst: before the load of top; partner: the load of bottom in `steal`. Also releases the
    // cells that stay, as `push` does.
    bottom_.store(lowered, std::memory_order_seq_cst);
    pass_window(Window::between_bottom_and_top);
    // seq_cst: after the store of bottom, before any thief's load of a newer top; partner: the load
    // of top in `steal`.
    std::int64_t top = top_.load(std::memory_order_seq_cst);
    if (top < lowered) return true;
    // The last item. Relaxed: it only decides the race; partner: the exchange in `steal`. Won or
    // lost, the deque is empty at `bottom`.
    const bool won = wanted == 1 && top == lowered &&
                     top_.compare_exchange_strong(top, top + 1, std::memory_order_relaxed,
                                                  std::memory_order_relaxed);
    pass_window(Window::between_race_and_bottom);
    // Publishes the cells that stay when more than one was wanted; partner: the load of bottom in
    // `steal`.
    bottom_.store(bottom, std::memory_order_release);
    return won;
  }

  std::size_t copy(std::int64_t from, std::int64_t count, T* items) {
    // Relaxed: this thread stored them.
    for (std::int64_t i = 0; i < count; ++i)
      items[i] = cell(from + i).load(std::memory_order_relaxed);
    return static_cast<std::size_t>(count);
  }

  static constexpr std::size_t line_bytes = 64;
  alignas(line_bytes) Atomic<std::int64_t> top_{0};
  alignas(line_bytes) Atomic<std::int64_t> bottom_{0};
  alignas(line_bytes) const std::int64_t mask_;
  std::unique_ptr<Atomic<T>[]> cells_;
};

}  // namespace tricolour
