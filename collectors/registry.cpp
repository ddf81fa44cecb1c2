#include "collectors/registry.hpp"

#include <algorithm>

#include "collectors/marking/serial_marker.hpp"
#include "collectors/marking/stealing_marker.hpp"

namespace tricolour {

const std::vector<CollectorInfo>& collectors() {
#define TRICOLOUR_LIST_COLLECTOR(name) name,
  static const std::vector<CollectorInfo> all{TRICOLOUR_COLLECTORS(TRICOLOUR_LIST_COLLECTOR)};
#undef TRICOLOUR_LIST_COLLECTOR
  return all;
}

const std::vector<MarkerInfo>& markers() {
  static const std::vector<MarkerInfo> all{
      {"serial", "one thread and one stack", make_serial_marker},
      {"stealing", "work-stealing threads on Chase-Lev deques that overflow into shared packets", make_stealing_marker},
  };
  return all;
}

namespace {
bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return x == y || (x == '-' && y == '_') || (x == '_' && y == '-'); });
}
template <class Info>
const Info* find(const std::vector<Info>& all, std::string_view name) {
  const auto found = std::ranges::find_if(all, [name](const Info& info) { return same_name(info.name, name); });
  return found == all.end() ? nullptr : &*found;
}
}  // namespace

const CollectorInfo* find_collector(std::string_view name) { return find(collectors(), name); }
const MarkerInfo* find_marker(std::string_view name) { return find(markers(), name); }

std::string unsound_because(const CollectorInfo& collector, const BarrierTraits& barrier, AllocationColour allocation) {
  if (!collector.marks_beside_mutators) return {};
  const std::string pair = "barrier '" + std::string(barrier.name) + "' under collector '" + std::string(collector.name) + "'";
  if (!barrier.keeps_an_invariant()) {
    return pair + " loses objects: marking is interleaved with mutators, and the barrier keeps no invariant";
  }
  if (allocation == AllocationColour::white && !barrier.sound_with_white_allocation) {
    return pair + " with white allocation loses objects: a snapshot barrier shades nothing that is stored, so a new object stored into a "
                  "scanned one is never marked";
  }
  return {};
}

}  // namespace tricolour
