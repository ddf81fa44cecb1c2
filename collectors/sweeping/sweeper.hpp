// The sweeper: clears the bytes of what the last cycle left white, where mutators have not done it
// lazily.
//
// Invariant: a space deals out what is to be swept share by share, so any number of sweepers and
// lazily sweeping mutators may run at once.
#pragma once

#include "collectors/sweeping/parallel_for.hpp"
#include "core/mutator/heap.hpp"

namespace tricolour {

class Sweeper {
 public:
  /// `threads` of `parallel`, at least 1: for sweep_all_in_parallel.
  Sweeper(Heap& heap, ParallelFor& parallel, unsigned threads)
      : heap_(heap), parallel_(parallel), threads_(threads) {}

  /// Until nothing is unswept or being swept; beside mutators or not. Any thread.
  void sweep_all();
  /// The same, shared out over threads. World stopped.
  void sweep_all_in_parallel();

 private:
  Heap& heap_;
  ParallelFor& parallel_;
  const unsigned threads_;
};

}  // namespace tricolour
