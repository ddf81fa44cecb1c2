// The folder of a sweep: how it begins, and what it has when a sweep goes on with it.
//
// Invariant: a folder is begun complete or not at all, and gone on with only when it holds the same
// experiment and the same shard. Ownership: the sweep's process.
#pragma once

#include <filesystem>
#include <string>

#include "harness/sweep/experiment.hpp"
#include "harness/sweep/shard.hpp"
#include "harness/sweep/sweep_index.hpp"

namespace tricolour {

/// results/local/<name>-<UTC>.
std::filesystem::path default_folder(const Experiment& experiment, const Shard& shard);

/// Below a folder that is there; nothing when it is there already. Throws OutputError.
void make_folder(const std::filesystem::path& folder);

/// Creates the folder with the experiment's text, or checks that it holds the same. Throws
/// ConfigurationError and OutputError.
void prepare_folder(const std::filesystem::path& folder, const std::string& text, bool resumes);

/// What to begin with: nothing, or what the folder's index lists. Throws ConfigurationError when
/// that is of another shard.
IndexContents contents_of(const std::filesystem::path& folder, const Shard& shard, bool resumes);

}  // namespace tricolour
