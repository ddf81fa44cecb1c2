// What an exploration found, for readers and for machines.
#pragma once

#include <string>

#include "core/exploration/exploration.hpp"
#include "harness/explore/explore_command.hpp"
#include "harness/text/json.hpp"

namespace tricolour {

/// The figures and the verdict, and the counterexample as a table.
std::string exploration_text(const ExploreCommand& command, const exploration::Report& report);
Json exploration_json(const ExploreCommand& command, const exploration::Report& report);
/// A self-contained page that steps through the counterexample. The report has one.
std::string exploration_page(const ExploreCommand& command, const exploration::Report& report);

}  // namespace tricolour
