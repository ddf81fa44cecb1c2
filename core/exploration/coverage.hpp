// What a search came to.
#pragma once

#include <cstdint>
#include <vector>

#include "core/sanitizers.hpp"

namespace tricolour::exploration {

/// States that a search visits at most, unless the caller says otherwise: enough for every program
/// of a test.
inline constexpr std::uint64_t usual_most_states = 20'000'000;
/// In the slow builds of the sanitizers searches that find nothing stop early, after enough states
/// to run every part.
inline constexpr bool searches_are_cut_short =
    TRICOLOUR_ADDRESS_SANITIZER != 0 || TRICOLOUR_THREAD_SANITIZER != 0;
inline constexpr std::uint64_t cut_short_states = 20'000;

struct Coverage {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  unsigned depth = 0;  ///< steps of the longest shortest path
  double interleavings =
      0;  ///< schedules covered: a lower bound, as only the shortest ones to each state are counted
  bool exhausted = false;  ///< nothing is left within the bounds; otherwise the budget was reached,
                           ///< or a violation found
  bool violated = false;
  std::vector<std::uint16_t>
      path;  ///< to the violation: the number of each step among those of its state
};

}  // namespace tricolour::exploration
