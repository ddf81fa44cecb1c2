// A heap with its collector and, if asked, its oracle: what a program embeds and what the tests run
// on.
//
// Invariant: the pair of collector and barrier is sound, or `unsound` was asked for, which brings
// the oracle with it. The collector starts with the object and stops before the heap goes.
//
// Ownership: made and destroyed by one thread, with no mutator registered.
//
// A forked child has a copy of the heap and of its threads only the one that forked. It may exit,
// which destroys mutators and heaps without touching them, or call exec; what else it does with a
// heap of its parent is a misuse.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "collectors/frequent_collection.hpp"
#include "collectors/oracle/oracle.hpp"
#include "collectors/registry.hpp"
#include "core/mutator/context_of.hpp"

namespace tricolour {

struct CollectedHeapOptions {
  HeapOptions heap;  ///< its side table is the barrier's, whatever stands here
  std::string collector = "concurrent";
  const CollectorInfo* own_collector =
      nullptr;  ///< one that is not in the list, instead of `collector`
  CollectorOptions collection;
  bool verify = false;  ///< check every cycle with the oracle
  /// Run a pair that loses objects, for teaching: implies `verify`. What would be freed before it
  /// is verified is refused all the same.
  bool unsound = false;
  BarrierArm arm = BarrierArm::live;  ///< measure a part of the barrier: only under a collector
                                      ///< that never marks beside mutators
};

class CollectedHeap {
 public:
  /// `barrier` is the one that every mutator of this heap uses. Throws ConfigurationError: unknown
  /// names, unsound pairs, impossible sizes, and as ThreadLimitReached more threads than the system
  /// grants.
  CollectedHeap(const CollectedHeapOptions& options, const BarrierTraits& barrier,
                EventListener* listener = nullptr);
  /// Ends the program with Misuse when `stop` throws it. Does nothing in a forked child.
  ~CollectedHeap();
  /// Of one that is made so, with marker and oracle. Throws as the constructor does; touches
  /// nothing.
  static HeapFootprint footprint(const CollectedHeapOptions& options, const BarrierTraits& barrier);
  CollectedHeap(const CollectedHeap&) = delete;
  CollectedHeap& operator=(const CollectedHeap&) = delete;

  /// A whole collection, as Collector::collect. On the mutator's thread; a safepoint. Throws
  /// InvariantViolated when an object was lost, and Misuse in a blocking region of `mutator`.
  template <Barrier B>
  void collect(Mutator<B>& mutator) {
    // The collector itself finds out only if it has to wait.
    parts_->heap.world.require_running(context_of(mutator));
    parts_->collector->collect(context_of(mutator));
  }

  operator Heap&() { return parts_->heap; }
  Heap& heap() { return parts_->heap; }
  Collector& collector() { return *parts_->collector; }
  const Collector& collector() const { return *parts_->collector; }
  /// Null when nothing is verified.
  const Oracle* oracle() const { return parts_->oracle.get(); }
  /// Backs every page now, before the first mutator; calls `between` now and then, which may throw.
  void touch_pages(const std::function<void()>& between) { parts_->heap.touch_pages(between); }
  /// Ends background work; the statistics are final. Throws Misuse when mutators are registered.
  /// Does nothing in a forked child.
  void stop();

 private:
  struct Parts {
    Parts(const HeapOptions& options, EventListener* listener) : heap(options, listener) {}
    Heap heap;
    std::unique_ptr<Oracle> oracle;
    std::unique_ptr<Collector> collector;
    std::optional<FrequentCollection> frequent;
  };
  std::unique_ptr<Parts> parts_;
};

}  // namespace tricolour
