// What mutators lost of the measured region, from a run's events.
//
// Purpose: for each mutator the time in which it was stopped or worked for the collector, which
// utilisation is made of, and the wall time that collection certainly cost.
//
// Invariant: intervals are clipped to the region. Lost are pauses, from when they count, and each
// activity that `is_lost`; a mutator that is blocked counts as running. The explicit wall cost is
// never more than the cost, because more would break the lower bound (Cai et al. 2022): a stop
// counts from the moment at which the last mutator had stopped, and a moment in which any mutator
// ran, swept or was blocked does not count.
#pragma once

#include <vector>

#include "harness/figures/tally.hpp"
#include "harness/figures/utilisation.hpp"
#include "harness/record/recorder.hpp"

namespace tricolour {

/// Of mutators 0 to `mutators` - 1.
std::vector<LostTime> lost_times(const std::vector<RecordedEvent>& events, Interval region,
                                 unsigned mutators);

/// Time in which every mutator was paused, stalled or assisting.
Nanoseconds explicit_wall_cost(const std::vector<RecordedEvent>& events, Interval region,
                               unsigned mutators);

/// The mutators' intervals of one activity that touch the region: `total_ns` of them is clipped,
/// `max_ns` is the longest as a whole.
Tally tally(const std::vector<RecordedEvent>& events, Interval region, Activity activity);

}  // namespace tricolour
