// What a heap tells its verifier, object by object. Null in every run that is not verified.
//
// Ownership: `allocated` and `freed` are called by the thread that allocates or sweeps, on
// different objects at the same time; `mutator_started` and `mutator_ended` by that mutator's
// thread, under the registry lock.
#pragma once

#include <cstddef>

#include "core/observe/events.hpp"

namespace tricolour {

class Object;
class MutatorContext;

class HeapObserver : public EventListener {
 public:
  /// Header written, not yet reachable.
  virtual void allocated(Object* object) = 0;
  /// Its bytes are about to be reused; the header is still readable.
  virtual void freed(Object* object, std::size_t bytes) = 0;
  virtual void mutator_started(MutatorContext& mutator) = 0;
  virtual void mutator_ended(MutatorContext& mutator) = 0;
};

}  // namespace tricolour
