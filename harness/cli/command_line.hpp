// The command line. The parsing library stands behind this header, in command_line.cpp alone.
#pragma once

#include <variant>

#include "harness/cli/commands.hpp"

namespace tricolour {

/// There is nothing to carry out: help was printed, or what is wrong was.
struct ExitNow {
  int code;
};

std::variant<ExitNow, Command> parse_command_line(int argc, const char* const* argv);

}  // namespace tricolour
