// Probes: where bpftrace, SystemTap, perf or gdb look into a running collector, without a recorder
// and in any build.
//
// Purpose: user-space statically defined tracing (USDT), provider `tricolour`: a nop in the code
// and a note in the program's file for each place. Without a tracer: the nop, and arguments that
// are there anyway. Every argument is an integer; a time is CLOCK_MONOTONIC ns.
//
//   probe            arguments                              when
//   cycle_begin      cycle, ns, bytes in use                before its first step; ns: the begin of
//                                                           the phase `begin`
//   cycle_end        cycle, bytes marked                    terminated; what is dead may still have
//                                                           to be swept
//   phase_begin      cycle, phase, ns                       a thread begins a stretch of a phase
//                                                           (`Activity`'s number)
//   phase_end        cycle, phase, ns, bytes                and ends it; bytes as in the event of
//                                                           that phase
//   pause_begin      cycle, kind, cause, ns                 a stop of all mutators is asked for
//                                                           (numbers of `PauseKind` and `Cause`)
//   pause_stopped    cycle, kind, ns, bytes in use          the last mutator has stopped
//   pause_end        cycle, kind, ns, bytes in use          they run again; the kind may have
//                                                           changed meanwhile, as in the event
//   handshake_begin  cycle, mutators                        each is asked for its own part, at a
//                                                           safepoint of its own
//   handshake_end    cycle, mutators                        all have done it
//
// Invariant: a probe publishes nothing, acquires nothing and orders nothing. Only .cpp files
// include this, and it is not installed. Source: <sys/sdt.h> of SystemTap, notes of type stapsdt.
#pragma once

#include <sys/sdt.h>

#include "core/observe/events.hpp"

namespace tricolour::probe {

inline void cycle_begin(std::uint64_t cycle, Nanoseconds now, std::size_t used) {
  STAP_PROBE3(tricolour, cycle_begin, cycle, now, used);
}
inline void cycle_end(std::uint64_t cycle, std::size_t marked) {
  STAP_PROBE2(tricolour, cycle_end, cycle, marked);
}

inline void phase_begin(std::uint64_t cycle, Activity phase, Nanoseconds now) {
  STAP_PROBE3(tricolour, phase_begin, cycle, static_cast<unsigned>(phase), now);
}
inline void phase_end(std::uint64_t cycle, Activity phase, Nanoseconds now, std::uint64_t bytes) {
  STAP_PROBE4(tricolour, phase_end, cycle, static_cast<unsigned>(phase), now, bytes);
}

inline void pause_begin(std::uint64_t cycle, PauseKind kind, Cause cause, Nanoseconds now) {
  STAP_PROBE4(tricolour, pause_begin, cycle, static_cast<unsigned>(kind),
              static_cast<unsigned>(cause), now);
}
inline void pause_stopped(std::uint64_t cycle, PauseKind kind, Nanoseconds now,
                          std::uint64_t used) {
  STAP_PROBE4(tricolour, pause_stopped, cycle, static_cast<unsigned>(kind), now, used);
}
inline void pause_end(std::uint64_t cycle, PauseKind kind, Nanoseconds now, std::uint64_t used) {
  STAP_PROBE4(tricolour, pause_end, cycle, static_cast<unsigned>(kind), now, used);
}

inline void handshake_begin(std::uint64_t cycle, std::size_t mutators) {
  STAP_PROBE2(tricolour, handshake_begin, cycle, mutators);
}
inline void handshake_end(std::uint64_t cycle, std::size_t mutators) {
  STAP_PROBE2(tricolour, handshake_end, cycle, mutators);
}

}  // namespace tricolour::probe
