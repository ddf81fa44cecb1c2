// A collector with a thread of its own: what `concurrent` and `on_the_fly` have in common. They
// differ in their traits: whether a cycle begins and ends by handshakes or in stops.
//
// Who does it: the collector's thread marks, gathers and terminates. Where the world may be
// stopped, a mutator that finds the trigger passed begins the cycle itself, so that none begins
// late because a thread has to wait for a processor; and where mutators keep all processors busy
// they mark as they allocate, and the one that finds nothing more to mark terminates the cycle.
// Where it may not, a mutator only marks: to begin or to end a cycle is to wait for all others.
//
// Invariant: a mutator that runs out of memory waits for the cycle under way (a stall). Where the
// world may be stopped, it collects in a pause (a fallback) when it has waited often enough, or
// when there is no cycle. A failure on the collector thread (the oracle's) reaches every mutator at
// its next slow path; nothing is freed after it.
//
// Ownership: `requested_`, `begun_`, `running_`, `stopping_`, `completed_at_ns_`: lock_. Statistics
// of stalls: statistics_lock_.
//
// Memory ordering: what mutators need of a finished cycle they get at its stops or handshakes.
// Source: mostly concurrent marking as in Printezis, Detlefs 2000; handshakes before the final stop
// as in Go's mark termination.
#pragma once

#include <memory>

#include "collectors/cycle/collector.hpp"

namespace tricolour {

/// Throws ThreadLimitReached where the system grants no thread.
std::unique_ptr<Collector> make_background_collector(const CollectorParts& parts);

}  // namespace tricolour
