#include "core/cycle/grey_set.hpp"

#include <algorithm>
#include <boost/lockfree/stack.hpp>
#include <utility>
#include <vector>

#include "core/errors.hpp"
#include "core/mutex.hpp"
#include "core/saturating.hpp"
#include "core/seams/schedule_window.hpp"

namespace tricolour {

namespace {
/// Boost.Lockfree numbers its nodes with 16 bits: so many packets travel through its stacks, the
/// rest of the reserve under a lock.
constexpr std::size_t numbered_packets = 65'000;
using PacketStack = boost::lockfree::stack<GreyPacket*, boost::lockfree::fixed_sized<true>>;

std::size_t packet_bytes(std::uint32_t capacity) {
  return sizeof(GreyPacket) + capacity * sizeof(GreyItem);
}
std::size_t packet_count(std::size_t most_objects, std::uint32_t capacity) {
  return (most_objects + capacity - 1) / capacity + GreySet::owned_at_first;
}
}  // namespace

struct GreySet::Stacks {
  explicit Stacks(std::size_t packets) : free(packets), published(packets), begun(owned_at_first) {}
  PacketStack free;
  PacketStack published;
  PacketStack begun;
};

/// What has no number in the stacks: used when some sixteen million items are grey at once, and for
/// hundreds of mutators. And how many those are.
struct GreySet::Overflow {
  Mutex lock;
  std::vector<GreyPacket*> free;
  std::vector<GreyPacket*> published;
  std::size_t never_used;  ///< number of the first packet of the reserve that was never handed out
  std::vector<Reservation> more;  ///< of `owned_at_first` packets each
  std::size_t mutators = 0;
  std::size_t owned_at_most = owned_at_first;   ///< packets, for which there is a reserve
  std::atomic<std::size_t> published_count{0};  // relaxed: a filter before the lock

  static GreyPacket* take_last(std::vector<GreyPacket*>& packets) {
    if (packets.empty()) return nullptr;
    GreyPacket* const packet = packets.back();
    packets.pop_back();
    return packet;
  }
};

GreySet::GreySet(std::size_t most_objects, std::uint32_t capacity)
    : capacity_(std::max<std::uint32_t>(capacity, 1)),
      packet_bytes_(packet_bytes(capacity_)),
      packets_(packet_count(most_objects, capacity_)),
      numbered_(std::min(packets_, numbered_packets)) {
  storage_ = Reservation(mul_sat(packets_, packet_bytes_), 4096);
  stacks_ = std::make_unique<Stacks>(numbered_);
  overflow_ = std::make_unique<Overflow>();
  overflow_->never_used = numbered_;
  // Nothing is allocated in a pause.
  overflow_->free.reserve(packets_ - numbered_);
  overflow_->published.reserve(packets_ - numbered_);
  for (std::size_t i = numbered_; i-- > 0;) stacks_->free.bounded_push(packet(i));
  open_ = take_empty();
}

GreySet::~GreySet() = default;

void GreySet::touch_pages() {
  constexpr std::size_t touched_packets = 256;
  std::fill_n(storage_.begin(), std::min(touched_packets, packets_) * packet_bytes_, std::byte{0});
}

std::size_t GreySet::bytes_for(std::size_t most_objects, std::uint32_t capacity) {
  const std::uint32_t items = std::max<std::uint32_t>(capacity, 1);
  return mul_sat(packet_count(most_objects, items), packet_bytes(items));
}

GreyPacket* GreySet::packet(std::size_t number) const {
  return reinterpret_cast<GreyPacket*>(storage_.begin() + number * packet_bytes_);
}

bool GreySet::is_numbered(const GreyPacket* packet) const {
  const auto* const at = reinterpret_cast<const std::byte*>(packet);
  return at >= storage_.begin() && at < storage_.begin() + numbered_ * packet_bytes_;
}

GreyPacket* GreySet::join() {
  {
    std::scoped_lock lock(overflow_->lock);
    const std::size_t may_be_owned =
        owned_by_gc_threads + owned_by_mutator * (overflow_->mutators + 1);
    if (may_be_owned > overflow_->owned_at_most) grow();
    ++overflow_->mutators;
  }
  return take_empty();
}

void GreySet::leave(GreyPacket* empty) {
  give_back(empty);
  std::scoped_lock lock(overflow_->lock);
  --overflow_->mutators;
}

/// overflow_->lock is held.
void GreySet::grow() {
  Overflow& overflow = *overflow_;
  Reservation more(owned_at_first * packet_bytes_, 4096);
  const std::size_t without_number =
      packets_ - numbered_ + (overflow.more.size() + 1) * owned_at_first;
  overflow.more.reserve(overflow.more.size() + 1);
  overflow.free.reserve(without_number);
  overflow.published.reserve(without_number);
  for (std::size_t i = 0; i < owned_at_first; ++i) {
    overflow.free.push_back(reinterpret_cast<GreyPacket*>(more.begin() + i * packet_bytes_));
  }
  overflow.owned_at_most += owned_at_first;
  overflow.more.push_back(std::move(more));
}

GreyPacket* GreySet::take_empty() {
  GreyPacket* taken = nullptr;
  if (stacks_->free.pop(taken)) return taken;
  std::scoped_lock lock(overflow_->lock);
  if ((taken = Overflow::take_last(overflow_->free)) != nullptr) return taken;
  if (overflow_->never_used < packets_) return packet(overflow_->never_used++);
  throw InvariantViolated("the grey set's reserve ran out: an object was pushed twice");
}

GreyPacket* GreySet::take_published() {
  GreyPacket* taken = nullptr;
  if (stacks_->published.pop(taken) || stacks_->begun.pop(taken) ||
      (taken = take_overflow()) != nullptr) {
    pass_window(Window::between_take_and_count);
    published_.withdraw();
    return taken;
  }
  std::scoped_lock lock(open_lock_);
  if (open_->empty()) return nullptr;
  open_holds_items_.store(false, std::memory_order_relaxed);
  return std::exchange(open_, take_empty());
}

GreyPacket* GreySet::take_overflow() {
  if (overflow_->published_count.load(std::memory_order_relaxed) == 0) return nullptr;
  std::scoped_lock lock(overflow_->lock);
  GreyPacket* const taken = Overflow::take_last(overflow_->published);
  overflow_->published_count.store(overflow_->published.size(), std::memory_order_relaxed);
  return taken;
}

GreyPacket* GreySet::take_begun() {
  GreyPacket* taken = nullptr;
  if (!stacks_->begun.pop(taken)) return take_empty();
  pass_window(Window::between_take_and_count);
  published_.withdraw();
  return taken;
}

void GreySet::give_back_begun(GreyPacket* packet) {
  if (packet->empty()) return give_back(packet);
  published_.announce();
  pass_window(Window::between_count_and_publish);
  if (stacks_->begun.bounded_push(packet)) return;
  pass_window(Window::between_take_and_count);
  published_.withdraw();
  pour(*packet);
  give_back(packet);
}

void GreySet::give_back(GreyPacket* empty) {
  if (is_numbered(empty)) {
    stacks_->free.bounded_push(empty);
    return;
  }
  std::scoped_lock lock(overflow_->lock);
  overflow_->free.push_back(empty);
}

void GreySet::publish(GreyPacket* packet) {
  published_total_.fetch_add(1, std::memory_order_relaxed);
  published_.announce();
  pass_window(Window::between_count_and_publish);
  if (is_numbered(packet)) {
    stacks_->published.bounded_push(packet);
    return;
  }
  std::scoped_lock lock(overflow_->lock);
  overflow_->published.push_back(packet);
  overflow_->published_count.store(overflow_->published.size(), std::memory_order_relaxed);
}

bool GreySet::pour(GreyPacket& packet) {
  if (packet.empty()) return false;
  pour(packet.oldest(), packet.count());
  packet.clear();
  return true;
}

void GreySet::pour(const GreyItem* items, std::size_t count) {
  std::scoped_lock lock(open_lock_);
  for (const GreyItem* item = items; item != items + count; ++item) {
    open_->push(*item);
    if (full(*open_)) publish(std::exchange(open_, take_empty()));
  }
  open_holds_items_.store(!open_->empty(), std::memory_order_relaxed);
}

bool GreySet::empty() const {
  if (published_.any()) return false;  // the usual answer, without the lock
  std::scoped_lock lock(open_lock_);
  return open_->empty() && published_.none();
}

}  // namespace tricolour
