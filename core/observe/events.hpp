// Events: what a heap tells its listeners.
//
// Purpose: a struct for each kind of event, with what that kind has and nothing else. A listener
// gets any of them and asks for the kinds it knows; the recorder gives them names and files.
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
#include <variant>

#include "core/observe/clock.hpp"

namespace tricolour {

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

/// All mutators were stopped at once.
struct PauseEvent {
  PauseKind kind = PauseKind::full;
  Cause cause = Cause::none;
  std::uint32_t mutator = every_mutator;  ///< the only one that there was, or every_mutator
  std::uint64_t cycle = 0;
  Nanoseconds begin_ns = 0;    ///< the request
  Nanoseconds stopped_ns = 0;  ///< the last mutator stopped
  Nanoseconds end_ns = 0;      ///< the mutators run again
  Nanoseconds cpu_ns = 0;      ///< of the thread that asked for it
  std::uint64_t used_before = 0;
  std::uint64_t used_after = 0;
};

/// A mutator did one thing for a while. A handshake, an assist, a stall are such.
struct MutatorInterval {
  Activity activity = Activity::running;
  std::uint32_t mutator = 0;
  std::uint64_t cycle = 0;
  Nanoseconds begin_ns = 0;
  Nanoseconds end_ns = 0;
  Nanoseconds cpu_ns = 0;
};

/// A thread worked at one phase of a cycle for a while.
struct PhaseInterval {
  Activity phase = Activity::begin;  ///< from `begin` on
  Role role = Role::collector;
  std::uint64_t cycle = 0;
  Nanoseconds begin_ns = 0;
  Nanoseconds end_ns = 0;
  Nanoseconds cpu_ns = 0;            ///< of that thread, and of the marker's own
  std::uint64_t marked_bytes = 0;    ///< in this cycle so far; of marking
  std::uint64_t marked_objects = 0;  ///< the same
};

/// A collector that paces says at which use it means to begin its next cycle.
struct TriggerEvent {
  Nanoseconds at_ns = 0;
  std::uint64_t used = 0;
  std::uint64_t trigger = 0;
  bool reached = false;  ///< it begins one here, and no pause says so
};

using Event = std::variant<PauseEvent, MutatorInterval, PhaseInterval, TriggerEvent>;

constexpr Nanoseconds begin_of(const TriggerEvent& event) { return event.at_ns; }
constexpr Nanoseconds end_of(const TriggerEvent& event) { return event.at_ns; }
template <class Spanned>
constexpr Nanoseconds begin_of(const Spanned& event) {
  return event.begin_ns;
}
template <class Spanned>
constexpr Nanoseconds end_of(const Spanned& event) {
  return event.end_ns;
}
constexpr Nanoseconds begin_of(const Event& event) {
  return std::visit([](const auto& one) { return begin_of(one); }, event);
}
constexpr Nanoseconds end_of(const Event& event) {
  return std::visit([](const auto& one) { return end_of(one); }, event);
}

class EventListener {
 public:
  virtual ~EventListener() = default;
  virtual void on_event(const Event& event) = 0;
};

}  // namespace tricolour
