// The arguments of a peer program: words of the form name=value, the same for the peers in C++,
// Java and Go.
//
// Purpose: one command line for all peers, so that tools/peers starts each in the same way.
// Invariant: a name that the program does not know, and a value that is no number or out of range,
// is refused. Ownership: main.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>

namespace tricolour::peers {

/// The command line is wrong; the text says where.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Data that was read back is not what was written.
struct CheckFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void check(bool holds, const char* what) {
  if (!holds) [[unlikely]]
    throw CheckFailed(what);
}

class Arguments {
 public:
  /// The words from `first` on.
  Arguments(int count, char** words, int first) {
    for (int i = first; i < count; ++i) {
      const std::string word = words[i];
      const std::size_t equals = word.find('=');
      if (equals == std::string::npos)
        throw UsageError(fmt::format("'{}' is not of the form name=value", word));
      values_[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }
  /// The value of `name`, which is then known, or `otherwise`.
  double number(const std::string& name, double otherwise, double least, double most) {
    const auto found = values_.find(name);
    if (found == values_.end()) return otherwise;
    char* end = nullptr;
    const double value = std::strtod(found->second.c_str(), &end);
    if (found->second.empty() || *end != '\0' || !(value >= least && value <= most)) {
      throw UsageError(fmt::format("{}={}: a number from {} to {} is expected", name, found->second,
                                   least, most));
    }
    values_.erase(found);
    return value;
  }
  /// Throws when a word was not asked for.
  void refuse_the_rest() const {
    if (!values_.empty())
      throw UsageError(fmt::format("there is no argument '{}'", values_.begin()->first));
  }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace tricolour::peers
