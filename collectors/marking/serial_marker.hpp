// The serial marker: one thread, one stack that is reserved for the worst case.
#pragma once

#include <memory>

#include "collectors/marking/marker.hpp"

namespace tricolour {

/// What its stack reserves.
std::size_t serial_marker_bytes(std::size_t heap_bytes);
std::unique_ptr<Marker> make_serial_marker(Heap& heap, const MarkerOptions& options);

}  // namespace tricolour
