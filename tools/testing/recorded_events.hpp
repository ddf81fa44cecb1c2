// Events as a recorder keeps them, made by hand: for tests of figures.
#pragma once

#include "harness/record/recorder.hpp"

namespace tricolour {

inline RecordedEvent stop(Nanoseconds request, Nanoseconds stopped, Nanoseconds resume,
                          std::uint32_t mutator = every_mutator, PauseKind kind = PauseKind::full) {
  return {PauseEvent{.kind = kind,
                     .mutator = mutator,
                     .begin_ns = request,
                     .stopped_ns = stopped,
                     .end_ns = resume},
          0, false};
}
inline RecordedEvent interval(Activity activity, Nanoseconds begin, Nanoseconds end,
                              std::uint32_t mutator = 0) {
  return {
      MutatorInterval{.activity = activity, .mutator = mutator, .begin_ns = begin, .end_ns = end},
      0, true};
}

}  // namespace tricolour
