// Barrier counts: what the barriers of the instrumented build did.
//
// Ownership: a BarrierCounts belongs to its mutator's thread. BarrierTotals: any thread adds; read
// by any thread.
//
// Memory ordering: relaxed; a thread that wants the totals of mutators that have ended has waited
// for their threads by other means.
#pragma once

#include <atomic>
#include <cstdint>

namespace tricolour {

struct BarrierCounts {
  std::uint64_t executed = 0;   ///< stores, exchanges, and under a read barrier loads
  std::uint64_t slow_path = 0;  ///< of them, those that found the flag set
  std::uint64_t enqueued =
      0;  ///< shades that marked something white, and black objects made grey again
  std::uint64_t redundant = 0;  ///< shades of null or of something marked

  BarrierCounts& operator+=(const BarrierCounts& other) {
    executed += other.executed;
    slow_path += other.slow_path;
    enqueued += other.enqueued;
    redundant += other.redundant;
    return *this;
  }
  BarrierCounts& operator-=(const BarrierCounts& other) {
    executed -= other.executed;
    slow_path -= other.slow_path;
    enqueued -= other.enqueued;
    redundant -= other.redundant;
    return *this;
  }
};

class BarrierTotals {
 public:
  void add(const BarrierCounts& counts) {
    executed_.fetch_add(counts.executed, std::memory_order_relaxed);
    slow_path_.fetch_add(counts.slow_path, std::memory_order_relaxed);
    enqueued_.fetch_add(counts.enqueued, std::memory_order_relaxed);
    redundant_.fetch_add(counts.redundant, std::memory_order_relaxed);
  }
  BarrierCounts sum() const {
    return {executed_.load(std::memory_order_relaxed), slow_path_.load(std::memory_order_relaxed),
            enqueued_.load(std::memory_order_relaxed), redundant_.load(std::memory_order_relaxed)};
  }

 private:
  std::atomic<std::uint64_t> executed_{0};
  std::atomic<std::uint64_t> slow_path_{0};
  std::atomic<std::uint64_t> enqueued_{0};
  std::atomic<std::uint64_t> redundant_{0};
};

}  // namespace tricolour
