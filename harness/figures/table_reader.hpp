// The events and requests of a run, from the tables that it wrote.
//
// Purpose: figures of a folder that was written before they were defined. Invariant: enumerators
// are read by their names, and columns by theirs, so that a table of an earlier version is read as
// long as it has the columns that are needed; a table is read whole or refused. What no table holds
// is absent: intervals in which a mutator ran or was blocked, CPU time of phases, and which thread
// emitted an event.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <vector>

#include "harness/figures/request_latency.hpp"
#include "harness/record/recorder.hpp"

namespace tricolour {

/// The text names the file, the line and what is wrong.
class DamagedTable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Of pauses.csv and phases.csv, by end time. Throws DamagedTable, or OutputError.
std::vector<RecordedEvent> read_events(const std::filesystem::path& folder);

/// Of requests.csv, or of requests.bin with rows of so many `binary_columns`. Columns that a table
/// lacks are 0. Throws DamagedTable, or OutputError.
std::vector<RequestTableRow> read_requests(const std::filesystem::path& folder,
                                           std::size_t binary_columns);

}  // namespace tricolour
