// A run of schema version 2 as one of version 3.
//
// Purpose: results of before version 3 are read by the same code as new ones. Invariant: a figure
// is computed by event_figures from the run's tables, as a run itself computes it. Where there are
// no tables (a published folder) a figure that version 2 lacked is null; all others stay.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "harness/figures/table_reader.hpp"
#include "harness/text/json.hpp"

namespace tricolour {

inline constexpr std::int64_t upgraded_schema_version = 2;

struct EventTables {
  std::vector<RecordedEvent> events;
  std::vector<RequestTableRow> requests;
};

/// `record`: of version 2. `tables`: nothing where the run kept none.
Json upgraded(const Json& record, const std::optional<EventTables>& tables);

/// Replaces a run's folder by one of this version, in one step; false when it is one already.
/// Throws ConfigurationError for a version that is not known, DamagedTable and OutputError.
bool upgrade_run(const std::filesystem::path& place);

/// The text of a record without tables; nothing when it has this version. Throws ConfigurationError
/// for a version that is not known, and std::invalid_argument for what is no JSON.
std::optional<std::string> upgraded_record(std::string_view text);

}  // namespace tricolour
