// Progress on standard error: one line that is rewritten on a terminal, else one line per finished
// step.
//
// Ownership: one thread. Respects NO_COLOR by using no colour at all.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/observe/clock.hpp"

namespace tricolour {

class Progress {
 public:
  /// `steps`: how many there are; `done`: how many of them need not be done again.
  Progress(std::uint64_t steps, std::uint64_t done, bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// What is under way.
  void begin(std::string_view step);
  /// Redraws the status line, on a terminal.
  void tick();
  void end(std::string_view result);

 private:
  std::string time_left() const;
  void clear() const;

  std::uint64_t steps_;
  std::uint64_t done_;
  const std::uint64_t done_before_;
  const bool quiet_;
  const bool terminal_;
  const Nanoseconds began_ns_;
  std::string step_;
};

}  // namespace tricolour
