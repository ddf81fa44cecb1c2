#include "collectors/collected_heap.hpp"

#include <utility>
#include <vector>

#include "collectors/marking/registry.hpp"

namespace tricolour {
namespace {

template <class Info>
std::string names(const std::vector<Info>& all) {
  std::string text;
  for (const Info& info : all) text += (text.empty() ? "" : ", ") + std::string(info.name);
  return text;
}

const CollectorInfo& checked_collector(const CollectedHeapOptions& options,
                                       const BarrierTraits& barrier) {
  const CollectorInfo* const collector =
      options.own_collector != nullptr ? options.own_collector : find_collector(options.collector);
  if (collector == nullptr) {
    throw ConfigurationError("there is no collector '" + options.collector +
                             "'; there are: " + names(collectors()));
  }
  if (find_marker(options.collection.marker) == nullptr) {
    throw ConfigurationError("there is no marker '" + options.collection.marker +
                             "'; there are: " + names(markers()));
  }
  const std::string no_sweep = sweep_refused_because(*collector, options.collection.sweep);
  if (!no_sweep.empty()) throw ConfigurationError(no_sweep);
  const std::string reason = unsound_because(*collector, barrier, options.collection.allocation,
                                             options.collection.ragged_roots);
  if (!reason.empty() && !options.unsound) throw ConfigurationError(reason);
  const std::string unseen =
      unverifiable_because(*collector, barrier, options.collection.allocation);
  if (!unseen.empty()) throw ConfigurationError(unseen);
  return *collector;
}

HeapOptions checked_heap(const CollectedHeapOptions& options, const BarrierTraits& barrier) {
  checked_collector(options, barrier);
  HeapOptions heap = options.heap;
  heap.side_table = barrier.side_table;
  return heap;
}

}  // namespace

HeapFootprint CollectedHeap::footprint(const CollectedHeapOptions& options,
                                       const BarrierTraits& barrier) {
  HeapFootprint footprint = Heap::footprint(checked_heap(options, barrier));
  const MarkerInfo& marker = *find_marker(options.collection.marker);
  if (marker.reserved_bytes != nullptr) {
    footprint.reserve = add_sat(footprint.reserve, marker.reserved_bytes(options.heap.bytes));
  }
  if (options.verify || options.unsound) {
    footprint.reserve = add_sat(footprint.reserve, Oracle::bytes_for(options.heap.bytes));
  }
  return footprint;
}

CollectedHeap::CollectedHeap(const CollectedHeapOptions& options, const BarrierTraits& barrier,
                             EventListener* listener)
    : parts_(std::make_unique<Parts>(checked_heap(options, barrier), listener)) {
  Parts& parts = *parts_;
  if (options.verify || options.unsound) {
    parts.oracle = std::make_unique<Oracle>(parts.heap, std::string(barrier.name),
                                            options.collection.stop_at_lost);
  }
  const CollectorInfo& collector = checked_collector(options, barrier);
  CollectorOptions collection = options.collection;
  collection.sweep = resolved_sweep(collector, collection.sweep);
  parts.collector =
      collector.make({parts.heap, barrier, collection, cycle_of(collector, collection.ragged_roots),
                      parts.oracle.get()});
  parts.heap.phase(World::Exclusive(parts.heap.world, nullptr)).arm = options.arm;
  if (options.collection.collect_every > 0)
    parts.frequent.emplace(*parts.collector, options.collection.collect_every);
  parts.heap.attach(
      parts.frequent ? static_cast<CollectorHooks&>(*parts.frequent) : *parts.collector,
      parts.oracle.get());
  parts.collector->start();
}

namespace {
/// In a forked child, which has none of the threads that may be in the middle of these parts: they
/// are left as they are, where a search for leaks finds them.
template <class Parts>
void leave_to_parent(std::unique_ptr<Parts> parts) {
  static auto& left = *new std::vector<Parts*>();
  left.push_back(parts.release());
}
}  // namespace

CollectedHeap::~CollectedHeap() {
  if (!heap().world.in_owner_process()) {
    leave_to_parent(std::move(parts_));
    return;
  }
  stop();
}

void CollectedHeap::stop() {
  if (!heap().world.in_owner_process()) return;
  heap().world.require_no_mutators("a collector is stopped, or its heap destroyed,");
  collector().stop();
}

}  // namespace tricolour
