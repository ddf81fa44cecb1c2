// Where code that is model-checked takes its atomics from.
//
// Purpose: the objects and colour bytes of a heap are plain memory, laid out by the allocator. Code
// that looks at them has a policy as a template parameter: StandardAtomics below, or ModelAtomics
// (core/exploration/model_object.hpp), under which the same source runs in the explorer.
//
// Ownership, memory ordering: the caller's.
#pragma once

#include <atomic>
#include <concepts>

#include "core/heap/object.hpp"

namespace tricolour {

template <class T>
using StandardAtomic = std::atomic<T>;

struct StandardAtomics {
  template <std::integral T>
  static std::atomic_ref<T> reference(T& object) {
    return std::atomic_ref<T>(object);
  }
  static Slot& reference(Slot& slot) { return slot; }
};

}  // namespace tricolour
