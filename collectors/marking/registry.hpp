// The markers that exist. Adding one is its .cpp, which defines a `MarkerInfo` of this name, and
// one line here. The first is what a run takes that names none.
#pragma once

#include "collectors/marking/marker.hpp"

// clang-format off
#define TRICOLOUR_MARKERS(marker) \
  marker(stealing)                \
  marker(serial)
// clang-format on

namespace tricolour {

struct MarkerInfo {
  std::string_view name;
  std::string_view summary;
  std::unique_ptr<Marker> (*make)(Heap& heap, const MarkerOptions& options);
  std::size_t (*reserved_bytes)(std::size_t heap_bytes) =
      nullptr;              ///< of its own, beside the grey set; null: next to nothing
  bool one_thread = false;  ///< it never marks on more
  bool reference = false;   ///< minimum heaps are measured with it
};

namespace listed_markers {
#define TRICOLOUR_DECLARE_MARKER(name) extern const MarkerInfo name;
TRICOLOUR_MARKERS(TRICOLOUR_DECLARE_MARKER)
#undef TRICOLOUR_DECLARE_MARKER
}  // namespace listed_markers

const std::vector<MarkerInfo>& markers();
/// Null when there is none of that name.
const MarkerInfo* find_marker(std::string_view name);

}  // namespace tricolour
