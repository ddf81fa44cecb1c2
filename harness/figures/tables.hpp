// The tables of one run, as the result schema has them: pauses, phases, requests, heap, bystander,
// verify.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "collectors/oracle/oracle.hpp"
#include "harness/record/bystander.hpp"
#include "harness/record/pass.hpp"
#include "harness/record/recorder.hpp"

namespace tricolour {

/// What the control thread saw about every millisecond.
struct HeapUse {
  Nanoseconds t_ns;
  std::size_t used;
};

struct RunTables {
  const Pass* pass = nullptr;  ///< null: the run had no measured pass
  std::vector<RecordedEvent> events;
  std::vector<BystanderDelay> bystander;
  std::vector<HeapUse> heap_use;
  std::vector<Oracle::CycleRecord> checks;
  std::size_t heap_bytes = 0;
};

/// Writes every table into `folder`; throws OutputError.
void write_tables(const std::filesystem::path& folder, const RunTables& tables);

/// What is wrong with the tables that a run wrote into `folder`, in one sentence; empty when each
/// is there with its columns and its end.
std::string damage_of_tables(const std::filesystem::path& folder);

}  // namespace tricolour
