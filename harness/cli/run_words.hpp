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
  std::string safepoint_timeout = show_number(WatchdogPolicy::standard_say_after_ns / 1e9) + "s";
};

/// What --safepoint-timeout means. Throws ConfigurationError.
inline Nanoseconds safepoint_timeout(const std::string& word) {
  constexpr std::string_view flag = "--safepoint-timeout";
  const double ns = parse_duration(word, flag);
  if (ns == 0) return WatchdogPolicy::never;
  if (ns < least_timeout_s * 1e9 || ns > most_timeout_s * 1e9) {
    throw ConfigurationError(fmt::format("{}: '{}' is outside {} to {} seconds; 0 is never", flag,
                                         word, least_timeout_s, most_timeout_s));
  }
  return static_cast<Nanoseconds>(ns);
}

/// Throws ConfigurationError where they contradict each other.
inline void finish(RunCommand& command, const RunWords& words) {
  command.options.parameters = named_values(words.parameters, "--param");
  command.options.settings = named_values(words.settings, "--set");
  command.records = words.record == "on";
  command.logs_cycles = !words.log.empty();
  if (!words.minimum_heap.empty())
    command.minimum_heap = parse_bytes(words.minimum_heap, "--min-heap");
  command.safepoint_timeout_ns = safepoint_timeout(words.safepoint_timeout);
  if (!command.records && !command.out.empty())
    throw ConfigurationError("--out needs --record on, because it writes what was recorded");
  if (!command.records && !command.trace.empty())
    throw ConfigurationError("--trace needs --record on, because it draws what was recorded");
  if (!command.records && command.logs_cycles)
    throw ConfigurationError("--log cycles needs --record on, because it shows what was recorded");
}

}  // namespace tricolour
