#include "core/threads/given_name.hpp"

#include <fstream>

namespace tricolour {
namespace {
std::string first_line_of(const std::string& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}
}  // namespace

std::string given_name_of(pid_t thread) {
  const std::string name = first_line_of("/proc/self/task/" + std::to_string(thread) + "/comm");
  return name == first_line_of("/proc/self/comm") ? "" : name;
}

}  // namespace tricolour
