// What is listed, each in turn: a test that asks here is run for whatever is added to a list.
#pragma once

#include <iterator>
#include <string>

#include "collectors/registry.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {

inline std::string each_collector() {
  return std::string(collectors()[GENERATE(range(std::size_t{0}, collectors().size()))].name);
}

/// Of those whose marking and mutators take turns or run side by side.
inline std::string each_collector_beside_mutators() {
  static const auto beside = [] {
    std::vector<std::string> names;
    for (const CollectorInfo& one : collectors()) {
      if (one.cycle.meets_mutators()) names.emplace_back(one.name);
    }
    return names;
  }();
  return beside[GENERATE(range(std::size_t{0}, beside.size()))];
}

inline const MarkerInfo& each_marker() {
  return markers()[GENERATE(range(std::size_t{0}, markers().size()))];
}

inline SweepMode each_sweep() {
  return sweep_modes[GENERATE(range(std::size_t{0}, std::size(sweep_modes)))].mode;
}

}  // namespace tricolour
