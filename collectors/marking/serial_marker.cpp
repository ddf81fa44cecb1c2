// The serial marker.
//
// Purpose: the plainest tracer, and the control for the parallel ones.
//
// Invariant: the stack's reserve is one item per granule of heap, and only marked objects are
// pushed, so it can't overflow.
//
// Ownership: the stack and the scanner belong to the thread that marks: the stopped collector or
// the one concurrent thread, never both. Assists take published packets only; when a mutator is
// hungry the concurrent thread shares the oldest part of its stack as packets.
//
// Memory ordering: see assist.hpp.
#include <utility>

#include "collectors/marking/assist.hpp"
#include "collectors/marking/registry.hpp"
#include "collectors/marking/scanner.hpp"
#include "core/spin.hpp"

namespace tricolour {
namespace {

/// What the stack reserves.
std::size_t reserved_bytes(std::size_t heap_bytes) {
  return heap_bytes / granule_bytes * sizeof(GreyItem);
}

class MarkStack {
 public:
  explicit MarkStack(std::size_t bytes)
      : storage_(bytes, 4096), base_(reinterpret_cast<GreyItem*>(storage_.begin())), top_(base_) {}
  void push(GreyItem item) { *top_++ = item; }
  bool pop(GreyItem& item) {
    if (top_ == base_) return false;
    item = *--top_;
    return true;
  }
  std::size_t size() const { return static_cast<std::size_t>(top_ - base_); }
  void take(GreyPacket& packet) {
    while (!packet.empty()) push(packet.pop());
  }
  /// Gives mutators something: the oldest items, whose subgraphs are the largest; a few packets of
  /// a deep stack, else half. The newest take their places.
  void share(GreySet& grey_set) {
    const std::size_t capacity = grey_set.capacity();
    for (int packets = 0; packets < most_shared_packets && size() >= 2 * capacity; ++packets) {
      GreyPacket* const packet = grey_set.take_empty();
      for (GreyItem* item = base_; !grey_set.full(*packet); ++item)
        packet->push(std::exchange(*item, *--top_));
      grey_set.publish(packet);
      ++shared_packets;
    }
    if (size() >= 2 * capacity) return;
    const std::size_t half = size() / 2;
    grey_set.pour(base_, half);
    top_ = std::copy(base_ + half, top_, base_);
  }
  static constexpr int most_shared_packets = 8;
  std::uint64_t shared_packets = 0;

 private:
  Reservation storage_;
  GreyItem* base_;
  GreyItem* top_;
};

class SerialMarker final : public Marker {
 public:
  SerialMarker(Heap& heap, const MarkerOptions& options)
      : Marker(heap), options_(options), stack_(reserved_bytes(heap.bytes())), assists_(heap) {}

  void mark_stopped() override { mark_quantum(no_limit); }

  bool mark_quantum(std::size_t slots) override {
    return with_black_means(phase_.black_means,
                            [&]<BlackMeans means>() { return drain<true, means>(slots); });
  }

  void mark_concurrently() override {
    // A slice at a time, so that a hungry mutator never waits long for packets and the pacer sees
    // progress.
    constexpr std::size_t slice_slots = 16 * 1024;
    for (;;) {
      const bool own_done = with_black_means(
          phase_.black_means, [&]<BlackMeans means>() { return drain<false, means>(slice_slots); });
      if (own_done) {
        if (drained()) return;
        relax_processor();
      } else if (assists_.take_hunger() || !heap_.grey_set.any_published()) {
        // Something is always there for mutators to take: this thread may not run when they look.
        stack_.share(heap_.grey_set);
      }
    }
  }

  std::size_t assist(std::size_t bytes) override {
    const MarkCount count = assists_.assist(phase_, options_.prefetch, bytes);
    add_marked(count.bytes, count.objects);
    return count.bytes;
  }

  bool worth_an_assist() override { return assists_.worth_it(); }

  bool drained() const override { return assists_.drained(); }

  std::vector<Counter> counters() const override {
    return {{"packets_published", heap_.grey_set.published()},
            {"packets_shared", stack_.shared_packets}};
  }

 private:
  template <bool alone, BlackMeans means>
  bool drain(std::size_t slots) {
    Scanner<alone, means, MarkStack> scanner(heap_.metadata, phase_, options_.prefetch, stack_);
    MarkCount total;
    bool drained = false;
    while (!drained && total.slots < slots) {
      total += scanner.trace(slots - total.slots);
      if (stack_.size() > 0) continue;
      if (GreyPacket* const packet = heap_.grey_set.take_published()) {
        stack_.take(*packet);
        heap_.grey_set.give_back(packet);
      } else {
        drained = true;
      }
    }
    add_marked(total.bytes, total.objects);
    return drained;
  }

  MarkerOptions options_;
  MarkStack stack_;
  Assists assists_;
};

std::unique_ptr<Marker> make(Heap& heap, const MarkerOptions& options) {
  return std::make_unique<SerialMarker>(heap, options);
}

}  // namespace

const MarkerInfo listed_markers::serial{
    .name = "serial",
    .summary = "one thread and one stack",
    .make = make,
    .reserved_bytes = reserved_bytes,
    .one_thread = true,
    .reference = true,
};

}  // namespace tricolour
