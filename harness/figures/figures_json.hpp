// The figures that tables suffice for, as members of run.json (results/schema).
#pragma once

#include "harness/figures/event_figures.hpp"
#include "harness/text/json.hpp"

namespace tricolour {

/// `pauses`, `held`, `stalls`, `assists`, `explicit_wall_ns`, `mmu` and `utilisation`.
Json::Object event_members(const EventFigures& figures);

/// `latencies` of `requests`; null without rows.
Json to_json(const std::optional<LatencyForms>& forms);

}  // namespace tricolour
