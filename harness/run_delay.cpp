#include "harness/run_delay.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace tricolour {
namespace {
Nanoseconds read_delay(int file) {
  std::array<char, 96> text;
  const auto length = pread(file, text.data(), text.size(), 0);
  return length <= 0 ? -1 : parse_run_delay({text.data(), static_cast<std::size_t>(length)});
}
}  // namespace

Nanoseconds parse_run_delay(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return -1;
  Nanoseconds delay = -1;
  const auto [end, error] =
      std::from_chars(text.data() + space + 1, text.data() + text.size(), delay);
  return error == std::errc{} ? delay : -1;
}

RunDelayMeter::~RunDelayMeter() {
  if (file_ >= 0) close(file_);
}

void RunDelayMeter::open(const char* file) {
  const int opened = ::open(file, O_RDONLY | O_CLOEXEC);
  if (opened < 0) {
    why_ = fmt::format("{} cannot be opened: {}", file, std::strerror(errno));
    return;
  }
  const Nanoseconds before = now_ns();
  const Nanoseconds value = read_delay(opened);
  if (value < 0) {
    why_ = fmt::format("{} does not say how long a thread waited for a CPU", file);
    close(opened);
    return;
  }
  why_.clear();
  file_ = opened;
  value_ns_ = counted_from_ns_ = value;
  read_at_ns_ = before;
}

void RunDelayMeter::read() {
  const Nanoseconds before = now_ns();
  const Nanoseconds value = read_delay(file_);
  const Nanoseconds after = now_ns();
  const Nanoseconds delay = value - std::exchange(value_ns_, value);
  const Nanoseconds elsewhere = std::exchange(elsewhere_ns_, 0);
  const Nanoseconds begin = std::exchange(read_at_ns_, before);
  if (delay >= least_kept_ns) windows_.push_back({begin, after, delay, elsewhere});
}

Nanoseconds RunDelayMeter::take_total() {
  if (!available()) return 0;
  read();
  return value_ns_ - std::exchange(counted_from_ns_, value_ns_);
}

}  // namespace tricolour
