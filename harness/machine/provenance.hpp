// Where a result comes from: machine, build, libraries, time.
#pragma once

#include <string>

#include "harness/text/json.hpp"

namespace tricolour {

/// The `provenance` object of run.json.
Json provenance();

/// Names this build of this source: for caches that must not outlive it.
std::string build_identity();
/// Commit, compiler and build type, in words.
std::string version();

}  // namespace tricolour
