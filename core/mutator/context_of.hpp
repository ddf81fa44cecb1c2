// The way from a mutator to its context, and back.
//
// Purpose: collectors, the harness and tests work on a mutator's context (phase, shade buffer,
// roots, safepoint), which `Mutator` hides from programs. This header is the only way to it.
// Workloads may not use it: tools/check_layers fails where one does.
//
// Ownership, memory ordering: those of MutatorContext.
#pragma once

#include "core/mutator/mutator.hpp"

namespace tricolour {

/// What `Mutator` befriends; the functions below are the interface.
struct ContextAccess {
  template <Barrier B>
  static BarrierEnvironment& context(Mutator<B>& mutator) {
    return mutator;
  }
  template <Barrier B>
  static const BarrierEnvironment& context(const Mutator<B>& mutator) {
    return mutator;
  }
  template <Barrier B>
  static Mutator<B>& mutator(MutatorContext& context) {
    return static_cast<Mutator<B>&>(context);
  }
};

/// Any thread; MutatorContext says which thread may use which member. Does not throw.
template <Barrier B>
BarrierEnvironment& context_of(Mutator<B>& mutator) {
  return ContextAccess::context(mutator);
}
template <Barrier B>
const BarrierEnvironment& context_of(const Mutator<B>& mutator) {
  return ContextAccess::context(mutator);
}
/// Any thread; does not throw. `context` must be that of a Mutator<B>, which is not checked.
template <Barrier B>
Mutator<B>& mutator_of(MutatorContext& context) {
  return ContextAccess::mutator<B>(context);
}

}  // namespace tricolour
