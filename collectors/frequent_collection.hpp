// Collecting far more often than memory asks for: for finding references that no root holds, and
// races between cycles.
//
// Purpose: stands between the heap and its collector and asks for a whole collection at every n-th
// visit to the allocation slow path. A verified heap takes that path at every allocation and
// overwrites what it frees; so with n = 1 and eager sweeping a raw reference that was kept across
// an allocation without a root refers to an overwritten object.
//
// Ownership: any mutator, at its safepoint. Memory ordering: the count only spaces collections out:
// relaxed.
#pragma once

#include <atomic>

#include "collectors/cycle/collector.hpp"

namespace tricolour {

class FrequentCollection final : public CollectorHooks {
 public:
  /// `every`: at least 1.
  FrequentCollection(Collector& collector, unsigned every) : collector_(collector), every_(every) {}

  void on_slow_allocation(MutatorContext& mutator) override {
    if ((visits_.fetch_add(1, std::memory_order_relaxed) + 1) % every_ == 0)
      collector_.collect(mutator);
  }
  void on_refill(MutatorContext& mutator, std::size_t bytes) override {
    collector_.on_refill(mutator, bytes);
  }
  bool on_exhausted(MutatorContext& mutator, std::size_t request, unsigned& attempts) override {
    return collector_.on_exhausted(mutator, request, attempts);
  }

 private:
  Collector& collector_;
  const unsigned every_;
  std::atomic<std::uint64_t> visits_{0};
};

}  // namespace tricolour
