// tricolour: reads the command line, carries the command out, and turns what went wrong into one
// line and an exit code.
#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

#include "core/errors.hpp"
#include "harness/cli/command_line.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/process/inherited_state.hpp"
#include "harness/process/interruption.hpp"
#include "harness/text/messages.hpp"
#include "harness/text/names.hpp"

namespace tricolour {
namespace {

int carry_out_words(int argc, char** argv) {
  const auto parsed = parse_command_line(argc, argv);
  if (const auto* const exit = std::get_if<ExitNow>(&parsed)) return exit->code;
  return std::visit([](const auto& command) { return carry_out(command); },
                    std::get<Command>(parsed));
}

/// `code`, or that of an error when what was printed has not arrived. A reader that has seen enough
/// and went away is told nothing.
int written(int code) {
  const int earlier = errno;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  if (errno != EPIPE && earlier != EPIPE) say("tricolour: cannot write to standard output\n");
  return code == exit_code::done ? exit_code::internal_error : code;
}

std::string words_again(int argc, char** argv) {
  std::vector<std::string> words{"tricolour"};
  for (int i = 1; i < argc; ++i) words.push_back(shell_quoted(argv[i]));
  return joined(words, " ");
}

}  // namespace
}  // namespace tricolour

int main(int argc, char** argv) {
  using namespace tricolour;
  put_inherited_state_right();
  watch_signals();
  try {
    return written(carry_out_words(argc, argv));
  } catch (const Interrupted&) {
    say("tricolour: interrupted; repeat it with: {}\n", words_again(argc, argv));
    return exit_code::interrupted;
  } catch (const ConfigurationError& error) {
    say("tricolour: {}\n", error.what());
    return exit_code::wrong_usage;
  } catch (const std::exception& error) {
    if (std::ferror(stdout) != 0) return written(exit_code::internal_error);
    say("tricolour: {}\n", error.what());
    return exit_code::internal_error;
  }
}
