// Seams of faults in a cycle; without them every mutator is scanned again, and told the whole
// phase.
#pragma once

#include "core/mutator/mutator_context.hpp"

namespace tricolour {

inline bool is_rescanned(const MutatorContext& mutator) {
  const bool blocked =
      mutator.safepoint.status.load(std::memory_order_relaxed) == MutatorStatus::claimed;
  return !faulty(Fault::roots_not_rescanned) &&
         !(blocked && faulty(Fault::blocked_mutator_not_rescanned));
}

inline PhaseState announced(PhaseState phase, bool flipped) {
  if (flipped && faulty(Fault::tracing_before_barrier_on)) phase.marking = false;
  if (flipped && faulty(Fault::sense_flipped_unannounced)) phase.sense = {phase.sense.white()};
  return phase;
}

}  // namespace tricolour
