// Faults of a Chase-Lev deque, each made to happen on one thread: atomics that behave as a store
// buffer, as small integers, and a deque that grows wrongly.
#include <functional>
#include <memory>
#include <vector>

#include "collectors/marking/work_stealing_deque.hpp"
#include "tools/testing/fault_test.hpp"

namespace tricolour {
namespace {

using Item = std::uint64_t;

/// How often each item was taken.
using Tally = std::vector<int>;
Sighting judged(const Tally& tally) {
  for (std::size_t item = 0; item < tally.size(); ++item) {
    if (tally[item] != 1)
      return {"item " + std::to_string(item) + " was taken " + std::to_string(tally[item]) +
              " times"};
  }
  return {};
}

// --- the order of take --------------------------------------------------------------------------

/// The owner's processor: its stores wait in a buffer that others do not see, until a sequentially
/// consistent store, an exchange, or time empties it (x86: Sewell, Sarkar, Owens, Zappa Nardelli,
/// Myreen 2010).
struct StoreBuffer {
  static inline std::vector<std::function<void()>> waiting;
  static inline bool owner_acts = true;
  static inline std::function<void()>
      after_ordered_load;  ///< what the thief does behind the owner's next sequentially consistent
                           ///< load

  static void drain() {
    for (const auto& store : std::exchange(waiting, {})) store();
  }
};

/// `ordered`: false takes a sequentially consistent store for a release.
template <class T, bool ordered>
class BufferedAtomic {
 public:
  BufferedAtomic() = default;
  BufferedAtomic(T value)
      : seen_by_owner_(value), seen_by_others_(value) {}  // NOLINT: as std::atomic
  T load(std::memory_order order) const {
    const T value = StoreBuffer::owner_acts ? seen_by_owner_ : seen_by_others_;
    if (StoreBuffer::owner_acts && order == std::memory_order_seq_cst &&
        StoreBuffer::after_ordered_load) {
      std::exchange(StoreBuffer::after_ordered_load, {})();
    }
    return value;
  }
  void store(T value, std::memory_order order) {
    seen_by_owner_ = value;
    StoreBuffer::waiting.push_back([this, value] { seen_by_others_ = value; });
    if (ordered && order == std::memory_order_seq_cst) StoreBuffer::drain();
  }
  bool compare_exchange_strong(T& expected, T value, std::memory_order, std::memory_order) {
    if (StoreBuffer::owner_acts) StoreBuffer::drain();
    if (seen_by_others_ != expected) {
      expected = seen_by_others_;
      return false;
    }
    seen_by_owner_ = seen_by_others_ = value;
    return true;
  }

 private:
  T seen_by_owner_{};
  T seen_by_others_{};
};
template <class T>
using OrderedAtomic = BufferedAtomic<T, true>;
template <class T>
using UnorderedAtomic = BufferedAtomic<T, false>;

/// The owner takes one of two items; a thief comes between its store of bottom and the moment at
/// which others see that.
template <template <class> class Atomic>
Sighting thief_beside_take() {
  WorkStealingDeque<Item, Atomic> deque(4);
  Tally tally(2);
  deque.push(Item{0});
  deque.push(Item{1});
  StoreBuffer::drain();
  StoreBuffer::after_ordered_load = [&] {
    StoreBuffer::owner_acts = false;
    for (Item item = 0; deque.steal(item) == WorkStealingDeque<Item, Atomic>::Stolen::item;)
      ++tally[item];
    StoreBuffer::owner_acts = true;
  };
  Item item = 0;
  if (deque.take(&item, 1) == 1) ++tally[item];
  StoreBuffer::drain();
  StoreBuffer::after_ordered_load = {};
  return judged(tally);
}

// --- small indices ------------------------------------------------------------------------------

/// An index that is kept in eight bits.
template <class T>
class EightBitAtomic {
 public:
  EightBitAtomic() = default;
  EightBitAtomic(T value) { store(value, std::memory_order_relaxed); }  // NOLINT: as std::atomic
  T load(std::memory_order) const { return value_; }
  void store(T value, std::memory_order) {
    if constexpr (std::is_signed_v<T>)
      value_ = static_cast<std::int8_t>(value);  // NOLINT: with its sign
    else
      value_ = value;
  }
  bool compare_exchange_strong(T& expected, T value, std::memory_order order, std::memory_order) {
    if (value_ != expected) return false;
    store(value, order);
    return true;
  }

 private:
  T value_{};
};

template <template <class> class Atomic>
Sighting long_life() {
  constexpr Item items = 1000;
  WorkStealingDeque<Item, Atomic> deque(4);
  Tally tally(items);
  for (Item next = 0; next < items; ++next) {
    Item item = 0;
    if (!deque.push(next)) return {"an empty deque is full"};
    const bool got = next % 3 == 0
                         ? deque.take(item)
                         : deque.steal(item) == WorkStealingDeque<Item, Atomic>::Stolen::item;
    if (got) ++tally[item];
  }
  return judged(tally);
}

// --- growth -------------------------------------------------------------------------------------

/// A deque that grows, for which this project's has no need: the array that a thief may be reading
/// is kept, or freed at once.
template <bool frees_at_once>
class GrowingDeque {
 public:
  GrowingDeque() : cells_(std::make_unique<std::vector<Item>>(2)) {}
  void push(Item item) {
    if (bottom_ - top_ == cells_->size()) grow();
    cell(*cells_, bottom_++) = item;
  }
  /// `meanwhile`: what the owner does between the thief's look at the array and its look at the
  /// cell.
  Item steal(const std::function<void()>& meanwhile) {
    const std::vector<Item>& seen = *cells_;
    meanwhile();
    return seen[top_++ % seen.size()];
  }

 private:
  static constexpr Item freed_pattern = 0xdbdbdbdb;
  static Item& cell(std::vector<Item>& cells, std::size_t index) {
    return cells[index % cells.size()];
  }
  void grow() {
    auto larger = std::make_unique<std::vector<Item>>(2 * cells_->size());
    for (std::size_t i = top_; i < bottom_; ++i) cell(*larger, i) = cell(*cells_, i);
    // A freed array is overwritten and kept, so that reading it is wrong and not undefined.
    if (frees_at_once) cells_->assign(cells_->size(), freed_pattern);
    old_.push_back(std::exchange(cells_, std::move(larger)));
  }
  std::unique_ptr<std::vector<Item>> cells_;
  std::vector<std::unique_ptr<std::vector<Item>>> old_;
  std::size_t top_ = 0;
  std::size_t bottom_ = 0;
};

template <class Deque>
Sighting thief_beside_growth() {
  Deque deque;
  for (const Item item : {0u, 1u}) deque.push(item);
  const Item stolen = deque.steal([&] {
    for (const Item item : {2u, 3u}) deque.push(item);
  });
  return {stolen == 0 ? "" : "a thief read a freed array"};
}

}  // namespace

TEST_CASE("fault take_without_order: a thief takes what the owner has taken", "[deque][fault]") {
  check_kill(Fault::take_without_order, thief_beside_take<OrderedAtomic>,
             thief_beside_take<UnorderedAtomic>, "tally");
}

TEST_CASE("fault deque_indices_wrap: items are lost", "[deque][fault]") {
  check_kill(Fault::deque_indices_wrap, long_life<StandardAtomic>, long_life<EightBitAtomic>,
             "tally");
}

TEST_CASE("fault resize_frees_under_thief: the check word of a freed array", "[deque][fault]") {
  check_kill(Fault::resize_frees_under_thief, thief_beside_growth<GrowingDeque<false>>,
             thief_beside_growth<GrowingDeque<true>>, "check word");
}

}  // namespace tricolour
