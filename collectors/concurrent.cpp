// concurrent: background mark threads, two short pauses.
//
// Begins in one stop, or by handshakes where roots are scanned raggedly, marks beside the mutators,
// gathers what they hold by handshakes, terminates in one stop as soon as marking drains.
#include "collectors/cycle/background_collector.hpp"
#include "collectors/registry.hpp"

namespace tricolour {

constinit const CollectorInfo concurrent{
    .name = "concurrent",
    .summary = "background mark threads and two short pauses",
    .cycle = {.marking = Marking::beside_mutators},
    .has_background_thread = true,
    .ragged_roots = true,
    .make = make_background_collector,
};

}  // namespace tricolour
