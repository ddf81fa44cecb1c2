#include "collectors/marking/assist.hpp"

#include "core/seams/injected_waits.hpp"
#include "core/seams/schedule_coverage.hpp"

namespace tricolour {
namespace {

/// A packet as a stack: full ones are published, an empty one is refilled with a published one or
/// from elsewhere. What others have left in a packet is not in this processor's cache: objects are
/// fetched some items before their turn.
class PacketStack {
 public:
  PacketStack(GreySet& grey_set, const Assists::OtherSource& other)
      : grey_set_(grey_set), other_(other), packet_(grey_set.take_begun()) {
    packet_->prefetch_top(prefetched_items);
  }
  ~PacketStack() { grey_set_.give_back_begun(packet_); }
  PacketStack(const PacketStack&) = delete;
  PacketStack& operator=(const PacketStack&) = delete;

  void push(GreyItem item) {
    packet_->push(item);
    if (grey_set_.full(*packet_)) {
      grey_set_.publish(packet_);
      packet_ = grey_set_.take_empty();
    }
  }
  bool pop(GreyItem& item) {
    if (packet_->empty() && !refill()) return false;
    item = packet_->pop();
    packet_->prefetch_below(prefetched_items);
    return true;
  }
  /// Gives others the oldest half, whose subgraphs are the largest.
  void share() {
    const std::uint32_t half = packet_->count() / 2;
    if (half == 0) return;
    grey_set_.pour(packet_->oldest(), half);
    packet_->drop_oldest(half);
  }

 private:
  static constexpr std::uint32_t prefetched_items = 16;

  bool refill() {
    if (GreyPacket* const published = grey_set_.take_published()) {
      grey_set_.give_back(packet_);
      packet_ = published;
    } else if (!other_ || !other_(*packet_)) {
      return false;
    }
    packet_->prefetch_top(prefetched_items);
    return true;
  }
  GreySet& grey_set_;
  const Assists::OtherSource& other_;
  GreyPacket* packet_;
};

}  // namespace

void Assists::leave() {
  pass_window(Window::between_pour_and_exit);
  under_way_.leave();
}

MarkCount Assists::assist(const PhaseState& phase, unsigned prefetch, std::size_t bytes,
                          const OtherSource& other) {
  const RoleScope role(Role::marker);
  pass_wait(WaitPlace::assist);
  under_way_.enter();
  pass_window(Window::between_entry_and_look);
  const bool leaves_early = faulty(Fault::assist_leaves_before_pouring);
  MarkCount count;
  {
    PacketStack stack(heap_.grey_set, other);
    with_black_means(phase.black_means, [&]<BlackMeans means>() {
      Scanner<false, means, PacketStack> scanner(heap_.metadata, phase, prefetch, stack);
      count = scanner.trace(no_limit, bytes);
    });
    if (take_hunger()) stack.share();
    if (leaves_early) leave();
    pass_window(Window::between_scan_and_pour);
  }
  if (count.bytes < bytes) hungry_.store(true, std::memory_order_relaxed);
  if (!leaves_early) leave();
  return count;
}

}  // namespace tricolour
