// on_the_fly: no stop of the world, from a cycle's begin to its end.
//
// The barrier is on for all, then allocation turns black, then each mutator's roots are scanned, in
// pieces: three rounds of handshakes, one mutator at a time. Marking ends when a round finds that
// nothing turned grey since it began; in one more round barriers go off and mutators retire their
// holes, and then the sweep is open. A mutator that runs out of memory waits, and the others run.
//
// Source: Doligez, Leroy 1993 and Doligez, Gonthier 1994 for cycles by handshakes; the rounds that
// end marking as in Gammie, Hosking, Engelhardt 2015.
#include "collectors/cycle/background_collector.hpp"
#include "collectors/registry.hpp"

namespace tricolour {

constinit const CollectorInfo on_the_fly{
    .name = "on_the_fly",
    .summary = "background mark threads and handshakes with one mutator at a time, no pause",
    .cycle = {.marking = Marking::beside_mutators, .ragged_roots = true, .handshake_end = true},
    .has_background_thread = true,
    .make = make_background_collector,
};

}  // namespace tricolour
