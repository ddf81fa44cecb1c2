#include "harness/text/columns.hpp"

#include <algorithm>

namespace tricolour {
namespace {

std::size_t indentation_of(std::string_view line, std::size_t described_at) {
  const std::size_t first = std::min(line.find_first_not_of(' '), line.size());
  const bool described = first > 0 && first < described_at && described_at < line.size() &&
                         line[described_at - 1] == ' ' && line[described_at] != ' ';
  return described ? described_at : first;
}

}  // namespace

std::string in_columns(std::string_view text, std::size_t columns, std::size_t described_at) {
  std::string broken;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    const std::size_t indentation = indentation_of(line, described_at);
    while (line.size() > columns) {
      std::size_t space = line.rfind(' ', columns);
      if (space == line.npos || space < indentation) space = line.find(' ', columns);
      if (space == line.npos || line.find_first_not_of(' ', space) == line.npos) break;
      broken += line.substr(0, line.find_last_not_of(' ', space) + 1) + '\n';
      line = std::string(indentation, ' ') + line.substr(line.find_first_not_of(' ', space));
    }
    broken += line;
    if (end < text.size()) broken += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return broken;
}

}  // namespace tricolour
