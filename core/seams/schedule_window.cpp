#include "core/seams/schedule_window.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include "core/seams/schedule_coverage.hpp"
#include "core/spin.hpp"

namespace tricolour {
namespace {

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
constexpr std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// One visit in so many is delayed; of a thread's first visits of a window, more: some windows are
/// passed a few times in a run, others a million times.
constexpr std::array<std::uint64_t, 4> rarities{8, 64, 512, 4096};
constexpr std::uint64_t visits_per_rarity = 4;
/// And after so many visits fewer and fewer: what they could show they have mostly shown, and a run
/// that marks millions of objects would do nothing but wait.
constexpr std::uint64_t visits_without_thinning = 8192;
/// One delay in so many yields, which on a busy machine takes long; the others spin.
constexpr std::uint64_t delays_per_yield = 8;
/// One of those in so many may spin for longer than it takes to wake a thread.
constexpr std::uint64_t spins_per_long_one = 32;
constexpr std::uint64_t most_spins = 2048;
constexpr std::uint64_t most_spins_of_long_one = 65'536;

std::atomic<std::uint64_t> threads{0};  // relaxed: numbers them

}  // namespace

/// The same thread (in the order of their first windows), seed, window and visit always roll the
/// same.
void Schedule::delay(std::uint64_t chosen, Window here) {
  thread_local const std::uint64_t thread = threads.fetch_add(1, std::memory_order_relaxed) + 1;
  thread_local std::array<std::uint64_t, window_count> visits{};
  const std::uint64_t visit = ++visits[static_cast<std::size_t>(here)];
  const std::uint64_t window_dice = mixed(mixed(chosen) ^ static_cast<std::uint64_t>(here));
  const std::uint64_t dice = mixed(mixed(window_dice ^ thread) ^ visit);
  const std::uint64_t rarity =
      std::min(rarities[window_dice % rarities.size()], 1 + visit / visits_per_rarity);
  ScheduleCoverage::note_progress();
  if (dice % (rarity * (1 + visit / visits_without_thinning)) != 0) return;
  const ScheduleCoverage::Delay observed(here);
  const std::uint64_t how = mixed(dice);
  if (how % delays_per_yield == 0) return std::this_thread::yield();
  const std::uint64_t kind = how / delays_per_yield;
  const std::uint64_t most = kind % spins_per_long_one == 0 ? most_spins_of_long_one : most_spins;
  for (std::uint64_t spins = kind / spins_per_long_one % most; spins > 0; --spins)
    relax_processor();
}

}  // namespace tricolour
