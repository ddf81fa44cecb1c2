// Names as a user types them: '-' and '_' are the same, and an unknown one is answered with what there is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

bool same_name(std::string_view one, std::string_view other);

/// "no barrier is called 'steel'; there are none, dijkstra, ...". `kind` is singular.
std::string unknown_name(std::string_view kind, std::string_view name, const std::vector<std::string_view>& existing);

/// The elements of `names`, separated by `separator`.
std::string joined(const std::vector<std::string>& names, std::string_view separator);

/// `word` as a POSIX shell reads it back.
std::string shell_quoted(std::string_view word);

}  // namespace tricolour
