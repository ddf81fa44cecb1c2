// The work-stealing marker: each worker has a deque of its own and robs the others when it runs dry.
#pragma once

#include <memory>

#include "collectors/marking/marker.hpp"

namespace tricolour {

std::unique_ptr<Marker> make_stealing_marker(Heap& heap, const MarkerOptions& options);

}  // namespace tricolour
