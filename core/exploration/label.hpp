// What a step was: for counterexamples.
#pragma once

#include <array>
#include <cstdint>

#include "core/exploration/model_state.hpp"

namespace tricolour::exploration {

enum class Action : std::uint8_t {
  // of mutators, inside an operation
  load,
  store,
  exchange,
  compare_exchange,
  shade,
  look_black,
  look_white,
  look_grey,
  regrey,
  mark_card,
  look_logged,
  log,
  publish,
  poll,
  // of mutators, whole
  allocate,
  start,
  end,
  // of the collector
  enter,
  begin,
  announce,
  handshake,
  scan,
  scan_and_blacken,
  blacken_and_scan,
  mark,
  gather,
  take_card,
  scan_card,
  repeat_round,
  end_marking,
  terminate,
  sweep,
  // of the memory
  drain,
};

/// Whose step: a mutator's number, or one of these. The first mark thread is the collector.
inline constexpr std::uint8_t collector_actor = 100;
constexpr std::uint8_t marker_actor(unsigned marker) {
  return static_cast<std::uint8_t>(collector_actor + marker);
}

struct Label {
  std::uint8_t actor = 0;
  Action action = Action::load;
  ObjectNumber object = null_object;
  std::uint8_t slot = 0;
  std::uint8_t result = 0;   ///< what was read, or how it came out
  std::uint8_t mutator = 0;  ///< the mutator of a handshake, or the one started
  Operation operation{};     ///< the one under way, if any
  bool first = false;        ///< of its operation
  bool last = false;
  std::uint8_t looked_at = 0;  ///< bit per mutator: its roots have been looked at, or its operation
                               ///< is over; it may let go of references now
  std::array<ObjectSet, most_mutators> dropped{};  ///< what it lets go of
  std::array<std::uint8_t, most_mutators> order{
      0, 1, 2};  ///< mutators are alike: where each stood before the step
};

}  // namespace tricolour::exploration
