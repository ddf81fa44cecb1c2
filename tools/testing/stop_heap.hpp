// The end of a verified heap in a test: the check of the last sweep may find a failure as well.
#pragma once

#include <exception>
#include <string>

#include "collectors/collected_heap.hpp"

namespace tricolour {

/// `failure`: of the run before; it is kept if there is one.
inline void stop_heap(CollectedHeap& heap, std::string& failure) try {
  heap.stop();
} catch (const std::exception& error) {
  if (failure.empty()) failure = error.what();
}

}  // namespace tricolour
