#include "harness/text/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "harness/text/columns.hpp"
#include "harness/text/messages.hpp"

namespace tricolour {

Progress::Progress(std::uint64_t steps, std::uint64_t done, bool quiet)
    : steps_(steps),
      done_(done),
      done_before_(done),
      quiet_(quiet),
      terminal_(!quiet && isatty(STDERR_FILENO) == 1),
      began_ns_(now_ns()) {}

Progress::~Progress() { clear(); }

void Progress::clear() const {
  if (terminal_) say("\r\033[K");
}

std::string Progress::time_left() const {
  if (done_ == done_before_) return "";
  const double per_step =
      static_cast<double>(now_ns() - began_ns_) / static_cast<double>(done_ - done_before_);
  const auto seconds =
      static_cast<std::uint64_t>(per_step * static_cast<double>(steps_ - done_) / 1e9);
  return seconds < 100 ? fmt::format(", {} s left", seconds)
                       : fmt::format(", {} min left", (seconds + 30) / 60);
}

void Progress::begin(std::string_view step) {
  step_ = step;
  tick();
}

void Progress::tick() {
  if (!terminal_) return;
  winsize size{};
  const std::size_t width =
      ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  const std::string line = fmt::format("[{}/{}{}] {}", done_, steps_, time_left(), step_);
  say("\r\033[K{}", line.substr(0, std::min(width, most_columns) - 1));
}

void Progress::end(std::string_view result) {
  ++done_;
  if (quiet_) return;
  if (terminal_) {
    tick();
  } else {
    say("[{}/{}{}] {}: {}\n", done_, steps_, time_left(), step_, result);
  }
}

}  // namespace tricolour
