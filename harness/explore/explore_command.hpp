// `explore`: what is to be explored, within which bounds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/exploration/coverage.hpp"

namespace tricolour {

struct ExploreCommand {
  std::string barrier;
  std::string protocol = "stopped";
  std::string memory = "sc";
  unsigned mutators = 2;
  unsigned objects = 3;
  unsigned slots = 1;
  unsigned cycles = 2;
  unsigned operations = 2;
  unsigned mark_threads = 1;
  bool assists = false;
  std::string repertoire = "load,store,allocate";
  std::uint64_t budget = exploration::usual_most_states;
  std::filesystem::path html;  ///< empty: no page
  bool json = false;
  bool quiet = false;
};

/// Returns the process's exit code. Throws ConfigurationError and OutputError.
int carry_out(const ExploreCommand& command);

}  // namespace tricolour
