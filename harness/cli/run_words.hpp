// The words of `run` that are no option of a run as they stand.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/cli/option_values.hpp"

namespace tricolour {

struct RunWords {
  std::vector<std::string> parameters, settings;
  std::string record = "on", log, minimum_heap;
};

/// Throws ConfigurationError where they contradict each other.
inline void finish(RunCommand& command, const RunWords& words) {
  command.options.parameters = named_values(words.parameters, "--param");
  command.options.settings = named_values(words.settings, "--set");
  command.records = words.record == "on";
  command.logs_cycles = !words.log.empty();
  if (!words.minimum_heap.empty())
    command.minimum_heap = parse_bytes(words.minimum_heap, "--min-heap");
  if (!command.records && !command.out.empty())
    throw ConfigurationError("--out writes what --record off does not record");
  if (!command.records && !command.trace.empty())
    throw ConfigurationError("--trace draws what --record off does not record");
  if (!command.records && command.logs_cycles)
    throw ConfigurationError("--log cycles shows what --record off does not record");
}

}  // namespace tricolour
