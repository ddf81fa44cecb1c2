// The collectors that exist. Adding one is its .cpp, which defines a `CollectorInfo` of this name, and one line here.
#pragma once

#include "collectors/collector.hpp"

#define TRICOLOUR_COLLECTORS(collector) \
  collector(stop_the_world)             \
  collector(incremental)                \
  collector(concurrent)

namespace tricolour {

#define TRICOLOUR_DECLARE_COLLECTOR(name) extern const CollectorInfo name;
TRICOLOUR_COLLECTORS(TRICOLOUR_DECLARE_COLLECTOR)
#undef TRICOLOUR_DECLARE_COLLECTOR

}  // namespace tricolour
