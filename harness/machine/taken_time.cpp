#include "harness/machine/taken_time.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace tricolour {
namespace {

/// The two clocks may differ by so much of a window: time servers slew one of them by up to 500
/// millionths.
constexpr Nanoseconds clocks_differ_by_one_in = 1000;

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

TakenTimeMeter::~TakenTimeMeter() {
  if (file_ >= 0) close(file_);
}

void TakenTimeMeter::open(const char* file) {
  const int opened = ::open(file, O_RDONLY | O_CLOEXEC);
  if (opened < 0) {
    why_ = fmt::format("{} cannot be opened: {}", file, std::strerror(errno));
    return;
  }
  if (read_delay(opened) < 0) {
    why_ = fmt::format("{} does not say how long a thread waited for a CPU", file);
    close(opened);
    return;
  }
  why_.clear();
  file_ = opened;
  counts_ = read_counts();
  counted_from_ns_ = counts_.run_delay_ns;
  read_at_ns_ = now_ns();
  cpu_ns_ = thread_cpu_ns();
}

TakenTimeMeter::Counts TakenTimeMeter::read_counts() const {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return {read_delay(file_), usage.ru_nvcsw};
}

void TakenTimeMeter::read() {
  const Nanoseconds now = now_ns();
  const Nanoseconds cpu = thread_cpu_ns();
  const Nanoseconds begin = std::exchange(read_at_ns_, now);
  const Nanoseconds elsewhere = std::exchange(elsewhere_ns_, 0);
  const Nanoseconds off = now - begin - (cpu - std::exchange(cpu_ns_, cpu));
  const bool taken = off >= std::max(least_kept_ns, (now - begin) / clocks_differ_by_one_in);
  if (taken)
    split(begin, now, off, elsewhere);
  else
    torn_ = false;
}

void TakenTimeMeter::split(Nanoseconds begin, Nanoseconds end, Nanoseconds off_ns,
                           Nanoseconds elsewhere) {
  const Counts now = read_counts();
  const Counts last = std::exchange(counts_, now);
  // Not how long it took to read the counts, which differs by machine, but what was taken
  // meanwhile.
  const Nanoseconds counted_off = now_ns() - end - (thread_cpu_ns() - cpu_ns_);
  const bool began_torn = std::exchange(torn_, counted_off >= least_kept_ns);
  const Nanoseconds delay =
      std::clamp<Nanoseconds>(now.run_delay_ns - last.run_delay_ns, 0, off_ns);
  const bool certain = !began_torn && !torn_ && now.sleeps == last.sleeps;
  const Nanoseconds steal = certain ? off_ns - delay : 0;
  if (delay >= least_kept_ns) {
    windows_.push_back({Taker::scheduler, begin, end, delay, elsewhere});
  }
  if (steal >= least_kept_ns) {
    windows_.push_back({Taker::machine, begin, end, steal, elsewhere});
    steal_ns_ += steal;
  }
}

TakenTimeMeter::Totals TakenTimeMeter::take_totals() {
  if (!available()) return {};
  read();
  const Nanoseconds delay = read_delay(file_);
  return {delay - std::exchange(counted_from_ns_, delay), std::exchange(steal_ns_, 0)};
}

}  // namespace tricolour
