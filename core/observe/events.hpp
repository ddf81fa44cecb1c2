// Events: what a heap tells whoever records it.
//
// Purpose: one flat record for pauses, phases, handshakes, assists and stalls; the recorder gives
// them names and files.
//
// Ownership: the emitting thread fills the event; a listener copies it before it returns.
// `EventListener::on_event` is called from any thread, possibly inside a pause, and must neither
// wait for another heap thread nor allocate from the heap.
//
// Invariant: an event is emitted once, when its interval has ended; times are CLOCK_MONOTONIC ns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/observe/clock.hpp"

namespace tricolour {

enum class EventKind : std::uint8_t { pause, mutator_interval, phase, heap_sample };
/// What a global pause was for.
enum class PauseKind : std::uint8_t { cycle_begin, termination, full, quantum, fallback, verify };
/// How a mutator or a GC thread spent an interval. Those before `begin` partition a mutator's wall
/// time: the next hole in a block that the mutator holds, or in the one at hand, is running; a
/// search that goes on from there is `search`; zeroing pages that fault is `page_fault`; the wait
/// for the right to stop the world, or for a stop to end before a mutator can end, is
/// `registry_lock`; what is left of an allocation's slow path is `allocation_slow_path`; a wait was
/// over, and the system did not let the mutator run, is `run_delay`.
enum class Activity : std::uint8_t {
  running,
  allocation_slow_path,
  lazy_sweeping,
  paused,
  handshake,
  assisting,
  stalled,
  blocked,
  search,
  large_object_search,
  registry_lock,
  page_fault,
  run_delay,
  begin,
  marking,
  termination,
  sweeping,
};
inline constexpr std::size_t mutator_activities = static_cast<std::size_t>(Activity::begin);

/// Reported only when it is long: one that lasts some nanoseconds costs more to report than it
/// takes.
constexpr bool is_slow_path(Activity activity) {
  return activity == Activity::allocation_slow_path || activity == Activity::lazy_sweeping ||
         (activity >= Activity::search && activity <= Activity::run_delay);
}
/// A mutator that wants to run does not: all but running, and blocked, which is its own wish.
constexpr bool is_lost(Activity activity) {
  return activity != Activity::running && activity != Activity::blocked &&
         activity < Activity::begin;
}
enum class Role : std::uint8_t { mutator, collector, marker, sweeper };
enum class Cause : std::uint8_t {
  none,
  pacing,
  allocation_quantum,
  exhausted,
  explicit_request,
  verification,
  handshake
};

constexpr std::string_view to_string(PauseKind kind) {
  constexpr std::string_view names[]{"cycle_begin", "termination", "full",
                                     "quantum",     "fallback",    "verify"};
  return names[static_cast<std::size_t>(kind)];
}
constexpr std::string_view to_string(Activity activity) {
  constexpr std::string_view names[]{"running",       "allocation_slow_path",
                                     "lazy_sweeping", "paused",
                                     "handshake",     "assist",
                                     "stall",         "blocked",
                                     "search",        "large_object_search",
                                     "registry_lock", "page_fault",
                                     "run_delay",     "begin",
                                     "marking",       "termination",
                                     "sweeping"};
  return names[static_cast<std::size_t>(activity)];
}
constexpr std::string_view to_string(Role role) {
  constexpr std::string_view names[]{"mutator", "collector", "marker", "sweeper"};
  return names[static_cast<std::size_t>(role)];
}
constexpr std::string_view to_string(Cause cause) {
  constexpr std::string_view names[]{"none",     "pacing",       "allocation_quantum", "exhausted",
                                     "explicit", "verification", "handshake"};
  return names[static_cast<std::size_t>(cause)];
}

inline constexpr std::uint32_t every_mutator = ~std::uint32_t{0};

struct Event {
  EventKind kind = EventKind::phase;
  PauseKind pause = PauseKind::full;      ///< of a pause
  Activity activity = Activity::running;  ///< of a mutator_interval or a phase
  Role role = Role::mutator;
  Cause cause = Cause::none;
  /// Mutator or GC thread index within its role; of a pause, the only mutator that there was, or
  /// every_mutator.
  std::uint32_t thread = 0;
  std::uint64_t cycle = 0;
  Nanoseconds begin_ns = 0;    ///< of a pause: the request
  Nanoseconds stopped_ns = 0;  ///< of a pause: the last mutator stopped
  Nanoseconds end_ns = 0;      ///< of a pause: the mutators run again
  Nanoseconds cpu_ns = 0;      ///< CPU time of the emitting thread within the interval
  std::uint64_t bytes = 0;     ///< marked, swept; heap used before (pause), used (sample)
  std::uint64_t objects = 0;  ///< marked; heap used after (pause), from now on the use at which the
                              ///< next cycle begins (sample)
};

class EventListener {
 public:
  virtual ~EventListener() = default;
  virtual void on_event(const Event& event) = 0;
};

}  // namespace tricolour
