// Names as a user types them: '-' and '_' are the same, and an unknown one is answered with the
// nearest and with all that there are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/named.hpp"

namespace tricolour {

/// The one of `existing` that `name` may be a slip of: few letters apart, or else the only one that
/// begins with it. Nothing where two are equally near.
std::optional<std::string_view> nearest(std::string_view name,
                                        const std::vector<std::string_view>& existing);

/// "no barrier is called 'steel'; did you mean 'steele'? There are none, dijkstra, ...". `kind` is
/// singular.
std::string unknown_name(std::string_view kind, std::string_view name,
                         const std::vector<std::string_view>& existing);

/// The place of `name` among `words`. Throws ConfigurationError with what there is.
std::size_t choose(std::string_view kind, std::string_view name,
                   const std::vector<std::string_view>& words);

/// The names of those of `all` that fit: of descriptions, or pointers to them.
template <class All, class Fits>
std::vector<std::string> names_of(const All& all, Fits fits) {
  std::vector<std::string> names;
  for (const auto& one : all) {
    const auto& info = [&]() -> const auto& {
      if constexpr (std::is_pointer_v<std::remove_cvref_t<decltype(one)>>) {
        return *one;
      } else {
        return one;
      }
    }
    ();
    if (fits(info)) names.emplace_back(info.name);
  }
  return names;
}

/// The elements of `names`, separated by `separator`.
std::string joined(const std::vector<std::string>& names, std::string_view separator);

/// The names of all of `all`, as an enumeration.
template <class All>
std::string enumerated(const All& all) {
  return joined(names_of(all, [](const auto&) { return true; }), ", ");
}

/// `word` as a POSIX shell reads it back.
std::string shell_quoted(std::string_view word);

}  // namespace tricolour
