// The tables of one run, as the result schema has them: pauses, phases, requests, heap, bystander,
// verify.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "collectors/oracle/oracle.hpp"
#include "harness/figures/request_latency.hpp"
#include "harness/figures/utilisation.hpp"
#include "harness/record/bystander.hpp"
#include "harness/record/recorder.hpp"

namespace tricolour {

/// What the control thread saw about every millisecond.
struct HeapUse {
  Nanoseconds t_ns;
  std::size_t used;
};

struct RunTables {
  std::optional<Interval> region;  ///< what was measured; nothing: the run had no such region
  std::vector<RecordedEvent> events;
  std::vector<RequestTableRow> requests;  ///< by mutator, then by start
  std::vector<BystanderDelay> bystander;
  std::vector<HeapUse> heap_use;
  std::vector<Oracle::CycleRecord> checks;
  std::size_t heap_bytes = 0;
};

/// Writes every table into `folder`; throws OutputError.
void write_tables(const std::filesystem::path& folder, const RunTables& tables);

/// One of them: each pause with the moment from which it counts, if the run's figures count it.
void write_pauses(const std::filesystem::path& folder, const std::vector<RecordedEvent>& events,
                  std::optional<Interval> region);
/// Text as long as that is small, else the same columns in binary.
void write_requests(const std::filesystem::path& folder,
                    const std::vector<RequestTableRow>& requests);

/// What is wrong with the tables that a run wrote into `folder`, in one sentence; empty when each
/// is there with its columns and its end.
std::string damage_of_tables(const std::filesystem::path& folder);

}  // namespace tricolour
