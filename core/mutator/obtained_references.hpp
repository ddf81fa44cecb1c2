// The references that a mutator has obtained since its last safepoint, in a checked build.
//
// Purpose: a reference that is kept across a safepoint without a root is found at its next use,
// also where no collection ran meanwhile, or the memory holds another object by then.
//
// Ownership: the mutator's thread. Nothing in other builds.
#pragma once

#include <type_traits>
#include <unordered_set>

#include "core/build_flavour.hpp"

namespace tricolour {

class Object;

struct UnknownReferences {
  void clear() {}
  void insert(const Object*) {}
  bool contains(const Object*) const { return true; }
};

using ObtainedReferences =
    std::conditional_t<checked_built, std::unordered_set<const Object*>, UnknownReferences>;

}  // namespace tricolour
