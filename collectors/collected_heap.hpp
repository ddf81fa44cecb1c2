// A heap with its collector and, if asked, its oracle: what a program embeds and what the tests run on.
//
// Invariant: the pair of collector and barrier is sound, or `unsound` was asked for, which brings the oracle with it. The collector starts
// with the object and stops before the heap goes.
//
// Ownership: made and destroyed by one thread, with no mutator registered.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "collectors/collector.hpp"
#include "collectors/frequent_collection.hpp"
#include "collectors/oracle.hpp"

namespace tricolour {

struct CollectedHeapOptions {
  HeapOptions heap;  ///< its side table is the barrier's, whatever stands here
  std::string collector = "concurrent";
  const CollectorInfo* own_collector = nullptr;  ///< one that is not in the list, instead of `collector`
  CollectorOptions collection;
  bool verify = false;   ///< check every cycle with the oracle
  bool unsound = false;  ///< run a pair that loses objects, for teaching: implies `verify`
  bool touch_pages = false;
  BarrierArm arm = BarrierArm::live;  ///< measure a part of the barrier: only under a collector that never marks beside mutators
};

class CollectedHeap {
 public:
  /// `barrier` is the one that every mutator of this heap uses. Throws ConfigurationError: unknown names, unsound pairs, impossible sizes.
  CollectedHeap(const CollectedHeapOptions& options, const BarrierTraits& barrier, EventListener* listener = nullptr);
  ~CollectedHeap();
  /// Of one that is made so, with marker and oracle. Throws as the constructor does; touches nothing.
  static HeapFootprint footprint(const CollectedHeapOptions& options, const BarrierTraits& barrier);
  CollectedHeap(const CollectedHeap&) = delete;
  CollectedHeap& operator=(const CollectedHeap&) = delete;

  operator Heap&() { return heap_; }
  Heap& heap() { return heap_; }
  Collector& collector() { return *collector_; }
  const Collector& collector() const { return *collector_; }
  /// Null when nothing is verified.
  const Oracle* oracle() const { return oracle_.get(); }
  /// What `touch_pages` took; 0 without it.
  Nanoseconds page_touching_ns() const { return page_touching_ns_; }
  /// Ends background work; the statistics are final.
  void stop() { collector_->stop(); }

 private:
  Heap heap_;
  Nanoseconds page_touching_ns_ = 0;
  std::unique_ptr<Oracle> oracle_;
  std::unique_ptr<Collector> collector_;
  std::optional<FrequentCollection> frequent_;
};

}  // namespace tricolour
