// A short wait before a sleep: on a machine with idle cores a stop is answered in less than a
// wake-up takes.
#pragma once

namespace tricolour {

inline void relax_processor() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// About 20 to 50 microseconds of looks; true as soon as one succeeds.
template <class Ready>
bool spin_until(Ready ready) {
  constexpr int looks = 1000;
  for (int i = 0; i < looks; ++i) {
    if (ready()) return true;
    relax_processor();
  }
  return ready();
}

}  // namespace tricolour
