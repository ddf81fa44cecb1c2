// A run that a sweep had made, after its process ended: what it came to, and what is kept of it.
//
// Invariant: a run's folder is there complete or not at all. Ownership: the process that holds the
// lock of the sweep's folder.
#pragma once

#include <filesystem>
#include <string>

#include "harness/process/child_process.hpp"
#include "harness/sweep/sweep_index.hpp"

namespace tricolour {

RunRow judge(const ChildResult& result);
/// Of a run that failed, or was killed while it wrote.
void remove_remains(const std::filesystem::path& place);
/// A run that left no record of its own gets a short one, with what it said last. Throws
/// OutputError where the folder cannot be written.
void keep_record(const std::filesystem::path& place, const RunOptions& options,
                 const std::string& hash, unsigned block, const RunRow& row,
                 const ChildResult& result);

}  // namespace tricolour
