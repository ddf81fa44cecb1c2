// Injected costs: time added on purpose where the testbed claims to measure it, in the instrumented
// build.
//
// Purpose: a known cost has to come out of the measurement again, under the right name. A pause, or
// a wait (injected_waits.hpp), is lengthened by reading the clock until the time is up. In a
// barrier a clock read is longer than what is to be added, so there a number of dependent
// multiplications is, whose time `measure_alone` takes in the same process.
//
// Invariant: multiplications begin after everything before them has been executed and end before
// anything after them begins. Otherwise an out-of-order processor does them beside the mutator's
// own work, and nothing is added. The waiting itself costs time too, so costs are known as the
// difference between two numbers of multiplications, neither of them 0.
//
// Ownership: set before the heap is made; read by any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "core/observe/clock.hpp"

namespace tricolour {

/// Where a mutator can wait.
enum class WaitPlace : std::uint8_t {
  search,
  sweep,
  large_object_search,
  assist,
  registry_lock,
  page_fault,
  handshake,
  stall,
};
inline constexpr std::size_t wait_places = static_cast<std::size_t>(WaitPlace::stall) + 1;

constexpr std::string_view to_string(WaitPlace place) {
  constexpr std::string_view names[]{"search",        "sweep",      "large_object_search", "assist",
                                     "registry_lock", "page_fault", "handshake",           "stall"};
  return names[static_cast<std::size_t>(place)];
}

struct InjectedCosts {
  Nanoseconds pause_ns = 0;                 ///< into every global pause
  std::uint32_t test_multiplications = 0;   ///< into every test of the marking flag
  std::uint32_t shade_multiplications = 0;  ///< into every shade that a barrier calls for

  /// Into a wait of that kind, when the last one was longer than `wait_apart_ns` ago.
  Nanoseconds search_ns = 0;
  Nanoseconds sweep_ns = 0;
  Nanoseconds large_object_search_ns = 0;
  Nanoseconds assist_ns = 0;
  Nanoseconds registry_lock_ns = 0;
  Nanoseconds page_fault_ns = 0;
  Nanoseconds handshake_ns = 0;
  Nanoseconds stall_ns = 0;
  Nanoseconds wait_apart_ns = 20'000'000;

  Nanoseconds wait_ns(WaitPlace place) const {
    const Nanoseconds lengths[]{search_ns,        sweep_ns,      large_object_search_ns, assist_ns,
                                registry_lock_ns, page_fault_ns, handshake_ns,           stall_ns};
    return lengths[static_cast<std::size_t>(place)];
  }
  bool any_wait() const {
    for (std::size_t i = 0; i < wait_places; ++i) {
      if (wait_ns(static_cast<WaitPlace>(i)) != 0) return true;
    }
    return false;
  }
  bool any() const {
    return pause_ns != 0 || test_multiplications != 0 || shade_multiplications != 0;
  }
};

/// What the injected costs take by themselves, in nanoseconds; 0 for what is not injected.
struct InjectedTimes {
  double pause = 0;
  double test = 0;
  double shade = 0;
};

inline void wait_busily(Nanoseconds length) {
  if (length == 0) return;
  for (const Nanoseconds end = now_ns() + length; now_ns() < end;) {
  }
}

/// Holds the instructions that follow back until those before are done.
inline void serialize_instructions() {
#if defined(__x86_64__)
  asm volatile("lfence");
#else
  asm volatile("isb");
#endif
}

inline void multiply_serially(std::uint32_t times) {
  if (times == 0) return;
  serialize_instructions();
  std::uint64_t product = 3;
  const auto multiply = [&product] {
    product *= product;
    asm volatile("" : "+r"(product));
  };
  // In tens: the end of a longer loop is not foreseen among a workload's own branches, and a
  // misprediction takes as long as several of them.
  constexpr std::uint32_t at_once = 10;
  for (; times >= at_once; times -= at_once) {
#pragma GCC unroll 10
    for (std::uint32_t i = 0; i < at_once; ++i) multiply();
  }
  for (; times > 0; --times) multiply();
  serialize_instructions();
}

/// Takes some milliseconds. The least of several batches each: what the machine does meanwhile only
/// adds.
inline InjectedTimes measure_alone(const InjectedCosts& costs) {
  constexpr int batches = 50;
  const auto least = [](int repetitions, auto work) {
    double shortest = 0;
    for (int batch = 0; batch < batches; ++batch) {
      const Nanoseconds begin = now_ns();
      for (int i = 0; i < repetitions; ++i) work();
      const double each = static_cast<double>(now_ns() - begin) / repetitions;
      shortest = batch == 0 ? each : std::min(shortest, each);
    }
    return shortest;
  };
  InjectedTimes times;
  if (costs.pause_ns != 0) times.pause = least(1, [&] { wait_busily(costs.pause_ns); });
  if (costs.test_multiplications != 0)
    times.test = least(2000, [&] { multiply_serially(costs.test_multiplications); });
  if (costs.shade_multiplications != 0)
    times.shade = least(2000, [&] { multiply_serially(costs.shade_multiplications); });
  return times;
}

}  // namespace tricolour
