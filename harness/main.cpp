// tricolour: reads the command line, carries the command out, and turns what went wrong into one line and an exit code.
#include <fmt/format.h>

#include <cstdio>

#include "core/errors.hpp"
#include "harness/command_line.hpp"
#include "harness/exit_codes.hpp"
#include "harness/interruption.hpp"
#include "harness/result_folder.hpp"

int main(int argc, char** argv) {
  using namespace tricolour;
  watch_signals();
  try {
    const auto parsed = parse_command_line(argc, argv);
    if (const auto* const exit = std::get_if<ExitNow>(&parsed)) return exit->code;
    const int code = std::visit([](const auto& command) { return carry_out(command); }, std::get<Command>(parsed));
    const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (!written) fmt::print(stderr, "tricolour: cannot write to standard output\n");
    return written || code != exit_code::done ? code : exit_code::internal_error;
  } catch (const ConfigurationError& error) {
    fmt::print(stderr, "tricolour: {}\n", error.what());
    return exit_code::wrong_usage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tricolour: {}\n", error.what());
    return exit_code::internal_error;
  }
}
