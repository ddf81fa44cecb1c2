#include "collectors/collected_heap.hpp"

namespace tricolour {
namespace {

template <class Info>
std::string names(const std::vector<Info>& all) {
  std::string text;
  for (const Info& info : all) text += (text.empty() ? "" : ", ") + std::string(info.name);
  return text;
}

const CollectorInfo& checked_collector(const CollectedHeapOptions& options, const BarrierTraits& barrier) {
  const CollectorInfo* const collector = options.own_collector != nullptr ? options.own_collector : find_collector(options.collector);
  if (collector == nullptr) {
    throw ConfigurationError("there is no collector '" + options.collector + "'; there are: " + names(collectors()));
  }
  if (find_marker(options.collection.marker) == nullptr) {
    throw ConfigurationError("there is no marker '" + options.collection.marker + "'; there are: " + names(markers()));
  }
  const std::string no_sweep = sweep_refused_because(*collector, options.collection.sweep);
  if (!no_sweep.empty()) throw ConfigurationError(no_sweep);
  const std::string reason = unsound_because(*collector, barrier, options.collection.allocation);
  if (!reason.empty() && !options.unsound) throw ConfigurationError(reason);
  return *collector;
}

HeapOptions checked_heap(const CollectedHeapOptions& options, const BarrierTraits& barrier) {
  checked_collector(options, barrier);
  HeapOptions heap = options.heap;
  heap.side_table = barrier.side_table;
  return heap;
}

}  // namespace

HeapFootprint CollectedHeap::footprint(const CollectedHeapOptions& options, const BarrierTraits& barrier) {
  HeapFootprint footprint = Heap::footprint(checked_heap(options, barrier));
  const MarkerInfo& marker = *find_marker(options.collection.marker);
  if (marker.reserved_bytes != nullptr) footprint.reserve += marker.reserved_bytes(options.heap.bytes);
  if (options.verify || options.unsound) footprint.reserve += Oracle::bytes_for(options.heap.bytes);
  return footprint;
}

CollectedHeap::CollectedHeap(const CollectedHeapOptions& options, const BarrierTraits& barrier, EventListener* listener)
    : heap_(checked_heap(options, barrier), listener) {
  if (options.verify || options.unsound) {
    oracle_ = std::make_unique<Oracle>(heap_, std::string(barrier.name), options.collection.stop_at_lost);
  }
  const CollectorInfo& collector = checked_collector(options, barrier);
  CollectorOptions collection = options.collection;
  collection.sweep = resolved_sweep(collector, collection.sweep);
  collector_ = collector.make({heap_, barrier, collection, oracle_.get()});
  if (options.touch_pages) {
    const Nanoseconds began = now_ns();
    heap_.touch_pages();
    page_touching_ns_ = now_ns() - began;
  }
  heap_.phase.arm = options.arm;
  if (options.collection.collect_every > 0) frequent_.emplace(*collector_, options.collection.collect_every);
  heap_.attach(frequent_ ? static_cast<CollectorHooks&>(*frequent_) : *collector_, oracle_.get());
  collector_->start();
}

CollectedHeap::~CollectedHeap() { collector_->stop(); }

}  // namespace tricolour
