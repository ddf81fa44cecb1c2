// Barriers as the explorer runs them: the list of barriers/CMakeLists.txt, at run time.
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
