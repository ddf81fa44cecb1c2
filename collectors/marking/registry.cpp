#include "collectors/marking/registry.hpp"

#include "core/named.hpp"

namespace tricolour {

const std::vector<MarkerInfo>& markers() {
#define TRICOLOUR_LIST_MARKER(name) listed_markers::name,
  static const std::vector<MarkerInfo> all{TRICOLOUR_MARKERS(TRICOLOUR_LIST_MARKER)};
#undef TRICOLOUR_LIST_MARKER
  return all;
}

const MarkerInfo* find_marker(std::string_view name) { return find_named(markers(), name); }

}  // namespace tricolour
