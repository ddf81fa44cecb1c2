// What a search came to.
#pragma once

#include <cstdint>
#include <vector>

namespace tricolour::exploration {

struct Coverage {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  unsigned depth = 0;          ///< steps of the longest shortest path
  double interleavings = 0;    ///< schedules covered: a lower bound, as only the shortest ones to each state are counted
  bool exhausted = false;      ///< nothing is left within the bounds; otherwise the budget was reached, or a violation found
  bool violated = false;
  std::vector<std::uint16_t> path;  ///< to the violation: the number of each step among those of its state
};

}  // namespace tricolour::exploration
