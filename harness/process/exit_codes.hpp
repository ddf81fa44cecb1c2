// Exit codes and statuses of runs.
#pragma once

#include <string_view>

namespace tricolour {

namespace exit_code {
inline constexpr int done = 0;
inline constexpr int internal_error = 1;
inline constexpr int wrong_usage = 2;
inline constexpr int violated = 3;
inline constexpr int heap_exhausted = 4;
inline constexpr int timeout = 5;
inline constexpr int runs_failed = 7;  ///< 6 and 8 are the verdicts of compare
inline constexpr int interrupted = 130;
}  // namespace exit_code

/// What a run came to, in the words of the result schema.
struct Verdict {
  std::string_view status = "ok";
  int exit_code = exit_code::done;
};

namespace verdict {
inline constexpr Verdict ok{};
inline constexpr Verdict lost_object{"lost_object", exit_code::violated};
inline constexpr Verdict self_check_failed{"self_check_failed", exit_code::violated};
inline constexpr Verdict heap_exhausted{"heap_exhausted", exit_code::heap_exhausted};
inline constexpr Verdict timeout{"timeout", exit_code::timeout};
inline constexpr Verdict refused{"error", exit_code::wrong_usage};
inline constexpr Verdict error{"error", exit_code::internal_error};
inline constexpr Verdict crashed{"crashed", exit_code::internal_error};
inline constexpr Verdict interrupted{"interrupted", exit_code::interrupted};
}  // namespace verdict

}  // namespace tricolour
