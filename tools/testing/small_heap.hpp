// A heap of two megabytes, for tests that fill it or need none.
#pragma once

#include <string>

#include "collectors/collected_heap.hpp"

namespace tricolour {

inline CollectedHeapOptions small_heap(const std::string& collector = "stop_the_world") {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{2} << 20;
  options.collector = collector;
  return options;
}

}  // namespace tricolour
