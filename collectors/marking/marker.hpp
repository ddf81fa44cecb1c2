// Markers: who traces.
//
// Purpose: the third free choice of a run. A marker drains the heap's grey set: with the world
// stopped, beside the mutators, or in quanta. How often and in which pause is the collector's
// business.
//
// Invariant: every object that enters the grey set is scanned once, chunk by chunk if it is a long
// array; when `mark_stopped` returns, or `mark_quantum` returns true, the grey set is empty and so
// is everything a marker holds privately.
//
// Ownership: `begin_cycle`, `mark_stopped`, `mark_quantum`: the thread that holds the world
// stopped. `mark_concurrently`: one collector thread. `assist`, `drained`: any mutator, while the
// barrier is on, beside `mark_concurrently`.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/mutator/heap.hpp"

namespace tricolour {

struct MarkerOptions {
  unsigned stopped_threads = 1;
  unsigned concurrent_threads = 1;
  std::uint32_t deque_capacity =
      8192;  ///< items a worker's deque holds before it spills into packets
  unsigned prefetch =
      32;  ///< edges in flight between finding a reference and looking at its object; 1 to 64
};

class Marker {
 public:
  explicit Marker(Heap& heap) : heap_(heap) {}
  virtual ~Marker() = default;
  Marker(const Marker&) = delete;
  Marker& operator=(const Marker&) = delete;

  /// After the flip, before the first mark of a cycle.
  virtual void begin_cycle(const PhaseState& phase) {
    phase_ = phase;
    marked_bytes_.store(0, std::memory_order_relaxed);
    marked_objects_.store(0, std::memory_order_relaxed);
  }
  /// Drains everything, with `stopped_threads`.
  virtual void mark_stopped() = 0;
  /// Marks beside mutators with `concurrent_threads` until there is nothing to do for the moment:
  /// grey set empty, every worker idle, no assist under way. Mutators may hold unpublished shades;
  /// the caller asks for them by handshake.
  virtual void mark_concurrently() = 0;
  /// Scans about `slots` slots (exceeded by one chunk at most), world stopped; true when everything
  /// is drained.
  virtual bool mark_quantum(std::size_t slots) = 0;
  /// On a mutator's thread: scans until about `bytes` are marked or there is nothing to take;
  /// returns the bytes marked.
  virtual std::size_t assist(std::size_t bytes) = 0;

  /// Would an assist find something to take? A hint that costs next to nothing; where not, the
  /// markers are asked to share. Any mutator.
  virtual bool worth_an_assist() = 0;
  /// There is nothing that an assist could take, and none under way. Any thread; what the leader
  /// holds to itself it does not see.
  virtual bool drained() const = 0;

  /// Of the present cycle; grows while marking. Relaxed: the pacer's estimate, exact once the world
  /// is stopped.
  std::uint64_t marked_bytes() const { return marked_bytes_.load(std::memory_order_relaxed); }
  std::uint64_t marked_objects() const { return marked_objects_.load(std::memory_order_relaxed); }
  /// Name and value of everything worth a test's or a researcher's look: spills, steals, packets.
  struct Counter {
    std::string_view name;
    std::uint64_t value;
  };
  virtual std::vector<Counter> counters() const = 0;
  /// CPU time of the marker's own threads (not of callers), ns.
  virtual Nanoseconds own_cpu_ns() const { return 0; }

 protected:
  void add_marked(std::uint64_t bytes, std::uint64_t objects) {
    marked_bytes_.fetch_add(bytes, std::memory_order_relaxed);
    marked_objects_.fetch_add(objects, std::memory_order_relaxed);
  }
  Heap& heap_;
  PhaseState phase_;

 private:
  std::atomic<std::uint64_t> marked_bytes_{0};
  std::atomic<std::uint64_t> marked_objects_{0};
};

}  // namespace tricolour
