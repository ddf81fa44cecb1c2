// A barrier as the explorer runs it: what is generated for each one.
#pragma once

#include <vector>

#include "core/exploration/exploration.hpp"

namespace tricolour {

struct Explorable {
  const BarrierTraits* traits;
  exploration::Report (*explore)(const exploration::Request&);
};

/// Every barrier, in the order of barriers/CMakeLists.txt.
const std::vector<Explorable>& explorables();

}  // namespace tricolour
