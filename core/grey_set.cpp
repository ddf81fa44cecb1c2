#include "core/grey_set.hpp"

#include <algorithm>
#include <boost/lockfree/stack.hpp>
#include <utility>

#include "core/errors.hpp"
#include "core/schedule_window.hpp"

namespace tricolour {

namespace {
constexpr std::size_t max_packets = 65'000;  // Boost.Lockfree numbers its nodes with 16 bits
using PacketStack = boost::lockfree::stack<GreyPacket*, boost::lockfree::fixed_sized<true>>;

std::uint32_t packet_capacity(std::size_t most_objects, std::uint32_t requested) {
  const std::size_t full_packets = max_packets - GreySet::max_owners;
  const std::size_t least = (most_objects + full_packets - 1) / full_packets;
  return static_cast<std::uint32_t>(std::max<std::size_t>({requested, least, 1}));
}
std::size_t packet_bytes(std::uint32_t capacity) { return sizeof(GreyPacket) + capacity * sizeof(GreyItem); }
std::size_t packet_count(std::size_t most_objects, std::uint32_t capacity) {
  return (most_objects + capacity - 1) / capacity + GreySet::max_owners;
}
}  // namespace

struct GreySet::Stacks {
  explicit Stacks(std::size_t packets) : free(packets), published(packets) {}
  PacketStack free;
  PacketStack published;
};

GreySet::GreySet(std::size_t most_objects, std::uint32_t capacity)
    : capacity_(packet_capacity(most_objects, capacity)), packet_bytes_(packet_bytes(capacity_)) {
  const std::size_t packets = packet_count(most_objects, capacity_);
  storage_ = Reservation(packets * packet_bytes_, 4096);
  stacks_ = std::make_unique<Stacks>(packets);
  for (std::size_t i = packets; i-- > 0;) {
    stacks_->free.bounded_push(reinterpret_cast<GreyPacket*>(storage_.begin() + i * packet_bytes_));
  }
  open_ = take_empty();
}

GreySet::~GreySet() = default;

std::size_t GreySet::bytes_for(std::size_t most_objects, std::uint32_t capacity) {
  const std::uint32_t items = packet_capacity(most_objects, capacity);
  return packet_count(most_objects, items) * packet_bytes(items);
}

GreyPacket* GreySet::take_empty() {
  GreyPacket* packet = nullptr;
  if (!stacks_->free.pop(packet)) throw InvariantViolated("the grey set's reserve ran out: an object was pushed twice");
  return packet;
}

GreyPacket* GreySet::take_published() {
  GreyPacket* packet = nullptr;
  if (stacks_->published.pop(packet)) {
    pass_window(Window::between_take_and_count);
    published_.fetch_sub(1, std::memory_order_release);
    return packet;
  }
  std::scoped_lock lock(open_lock_);
  if (open_->empty()) return nullptr;
  return std::exchange(open_, take_empty());
}

void GreySet::give_back(GreyPacket* empty) { stacks_->free.bounded_push(empty); }

void GreySet::publish(GreyPacket* packet) {
  published_.fetch_add(1, std::memory_order_release);
  published_total_.fetch_add(1, std::memory_order_relaxed);
  pass_window(Window::between_count_and_publish);
  stacks_->published.bounded_push(packet);
}

void GreySet::pour_locked(GreyItem item) {
  open_->push(item);
  if (full(*open_)) publish(std::exchange(open_, take_empty()));
}

bool GreySet::pour(GreyPacket& packet) {
  if (packet.empty()) return false;
  std::scoped_lock lock(open_lock_);
  while (!packet.empty()) pour_locked(packet.pop());
  return true;
}

void GreySet::pour(GreyItem item) {
  std::scoped_lock lock(open_lock_);
  pour_locked(item);
}

bool GreySet::empty() const {
  if (published_.load(std::memory_order_acquire) != 0) return false;
  std::scoped_lock lock(open_lock_);
  return open_->empty() && published_.load(std::memory_order_acquire) == 0;
}

}  // namespace tricolour
