// A heap with threads of its own, for tests of those threads.
#pragma once

#include "collectors/collected_heap.hpp"

namespace tricolour {

inline CollectedHeapOptions threaded_heap(std::size_t bytes, const char* collector,
                                          unsigned mark_threads, SweepMode sweep,
                                          unsigned sweep_threads) {
  CollectedHeapOptions options;
  options.heap.bytes = bytes;
  options.collector = collector;
  options.collection.marking.stopped_threads = mark_threads;
  options.collection.marking.concurrent_threads = mark_threads;
  options.collection.sweep = sweep;
  options.collection.sweep_threads = sweep_threads;
  return options;
}

}  // namespace tricolour
