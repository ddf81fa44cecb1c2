#include "collectors/marking/mark_worker.hpp"

#include <algorithm>

namespace tricolour {
namespace {
/// Items of the private part: enough that few travel through the deque, few enough that what was
/// prefetched when it was pushed is still in the first-level cache when it is popped.
constexpr std::size_t private_items = 256;
/// Items that one refill takes from the deque, or one visit steals, at most.
constexpr std::size_t batch_items = 32;
}  // namespace

MarkWorker::MarkWorker(GreySet& grey_set, std::uint32_t deque_capacity)
    : grey_set_(grey_set),
      storage_(std::clamp<std::size_t>(deque_capacity, 2, private_items)),
      base_(storage_.data()),
      end_(base_ + storage_.size()),
      top_(base_),
      deque_(deque_capacity) {}

MarkWorker::Counters& MarkWorker::Counters::operator+=(const Counters& other) {
  overflows += other.overflows;
  spilled_items += other.spilled_items;
  shared_items += other.shared_items;
  packets_taken += other.packets_taken;
  steals += other.steals;
  failed_steals += other.failed_steals;
  return *this;
}

void MarkWorker::drop_oldest(std::size_t count) {
  std::move(base_ + count, top_, base_);
  top_ -= count;
}

void MarkWorker::pour_oldest(std::size_t count) {
  grey_set_.pour(base_, count);
  drop_oldest(count);
}

void MarkWorker::make_room() {
  const std::size_t half = size() / 2;
  const std::size_t pushed = deque_.push(base_, half);
  drop_oldest(pushed);
  if (pushed == half) return;
  ++counters_.overflows;
  counters_.spilled_items += half - pushed;
  pour_oldest(half - pushed);
}

void MarkWorker::prefetch_all() const {
  for (const GreyItem* item = base_; item != top_; ++item) __builtin_prefetch(item->object());
}

bool MarkWorker::refill() {
  top_ += deque_.take(top_, std::min(batch_items, storage_.size() - size()));
  prefetch_all();
  return top_ != base_;
}

bool MarkWorker::expose() {
  if (deque_.size() == 0 && size() >= 2) drop_oldest(deque_.push(base_, size() / 2));
  return deque_.size() != 0;
}

void MarkWorker::share() {
  if (size() < 2) refill();
  const std::size_t half = size() / 2;
  if (half == 0) return;
  counters_.shared_items += half;
  pour_oldest(half);
}

bool MarkWorker::take_packet() {
  GreyPacket* const packet = grey_set_.take_published();
  if (packet == nullptr) return false;
  ++counters_.packets_taken;
  while (!packet->empty()) push(packet->pop());
  grey_set_.give_back(packet);
  // The rest to the deque: within reach of thieves, and prefetched batch by batch when it comes
  // back.
  if (size() > batch_items) drop_oldest(deque_.push(base_, size() - batch_items));
  prefetch_all();
  return true;
}

bool MarkWorker::steal_from(MarkWorker& victim) {
  const std::size_t most = std::min({batch_items, storage_.size(), (victim.deque_.size() + 1) / 2});
  std::size_t stolen = 0;
  GreyItem item;
  while (stolen < most && victim.deque_.steal(item) == WorkStealingDeque<GreyItem>::Stolen::item) {
    push(item);
    ++stolen;
  }
  prefetch_all();
  ++(stolen == 0 ? counters_.failed_steals : counters_.steals);
  return stolen != 0;
}

bool MarkWorker::steal_into(GreyPacket& packet) {
  const std::size_t most = std::min<std::size_t>(batch_items, grey_set_.capacity());
  GreyItem item;
  while (packet.count() < most && deque_.steal(item) == WorkStealingDeque<GreyItem>::Stolen::item)
    packet.push(item);
  return !packet.empty();
}

}  // namespace tricolour
