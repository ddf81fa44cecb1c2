#include "core/seams/schedule_coverage.hpp"

#include <atomic>

namespace tricolour {
namespace {

constexpr std::size_t role_count = ScheduleCoverage::role_count;
static_assert(static_cast<std::size_t>(Role::sweeper) + 1 == role_count);

/// Of one role, on a cache line of its own.
struct alignas(64) PassedWindows {
  std::atomic<std::uint64_t> count{0};
};
std::array<PassedWindows, role_count> passed;

using ByRole = std::array<std::atomic<std::uint64_t>, role_count>;
std::array<std::array<ByRole, role_count>, window_count> times;

std::size_t index_of(Role role) { return static_cast<std::size_t>(role); }

ScheduleCoverage::Progress progress() {
  ScheduleCoverage::Progress all{};
  for (std::size_t i = 0; i < role_count; ++i) {
    all[i] = passed[i].count.load(std::memory_order_relaxed);
  }
  return all;
}

}  // namespace

/// Two threads of one role may store the same count: then one of them is not seen.
void ScheduleCoverage::note_progress() {
  auto& count = passed[index_of(RoleScope::here())].count;
  count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

ScheduleCoverage::Delay::Delay(Window here) : here_(here), before_(progress()) {}

ScheduleCoverage::Delay::~Delay() {
  const Progress after = progress();
  ByRole& pairs = times[static_cast<std::size_t>(here_)][index_of(RoleScope::here())];
  for (std::size_t i = 0; i < role_count; ++i) {
    if (after[i] != before_[i]) pairs[i].fetch_add(1, std::memory_order_relaxed);
  }
}

std::vector<ScheduleCoverage::Pair> ScheduleCoverage::pairs() {
  std::vector<Pair> all;
  for (std::size_t window = 0; window < window_count; ++window) {
    for (std::size_t in = 0; in < role_count; ++in) {
      for (std::size_t meanwhile = 0; meanwhile < role_count; ++meanwhile) {
        const std::uint64_t count = times[window][in][meanwhile].load(std::memory_order_relaxed);
        if (count == 0) continue;
        all.push_back({static_cast<Window>(window), static_cast<Role>(in),
                       static_cast<Role>(meanwhile), count});
      }
    }
  }
  return all;
}

}  // namespace tricolour
