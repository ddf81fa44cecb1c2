// The ways of sweeping that exist: when unmarked objects are freed, and on which threads.
#pragma once

#include <cstdint>
#include <string_view>

namespace tricolour {

/// `automatic`: concurrent where the collector has a thread of its own, else lazy.
enum class SweepMode : std::uint8_t { automatic, eager, lazy, parallel, concurrent };

struct SweepModeInfo {
  SweepMode mode;
  std::string_view name;
  std::string_view summary;
  bool needs_background_thread = false;  ///< of the collector
  bool reference = false;                ///< minimum heaps are measured with it
};

/// The first is what a run takes that names none.
inline constexpr SweepModeInfo sweep_modes[]{
    {.mode = SweepMode::automatic,
     .name = "auto",
     .summary = "concurrent if the collector has its own thread, else lazy"},
    {.mode = SweepMode::eager,
     .name = "eager",
     .summary = "all of it in the pause that ends the cycle, if one does, on one thread",
     .reference = true},
    {.mode = SweepMode::lazy,
     .name = "lazy",
     .summary = "block by block, when a mutator needs room"},
    {.mode = SweepMode::parallel,
     .name = "parallel",
     .summary = "all of it in the pause that ends the cycle, if one does, on several threads"},
    {.mode = SweepMode::concurrent,
     .name = "concurrent",
     .summary = "while mutators run, on the collector's thread",
     .needs_background_thread = true},
};

constexpr const SweepModeInfo& info_of(SweepMode mode) {
  return sweep_modes[static_cast<std::size_t>(mode)];
}
constexpr std::string_view to_string(SweepMode mode) { return info_of(mode).name; }

}  // namespace tricolour
