// ^C and SIGTERM as a flag that loops look at.
//
// Ownership: one for the process, as signals are. Ordering: relaxed; the flag publishes nothing but itself.
#pragma once

namespace tricolour {

/// From now on an interruption sets the flag, and writing past a file-size limit is an error instead of the end.
void watch_signals();
bool interrupted();

}  // namespace tricolour
