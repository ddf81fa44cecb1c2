// What a process inherits from its caller and cannot work with.
//
// Purpose: whatever started us, the three standard descriptors are taken, so that no file of ours
// gets one of their numbers; ended children can be waited for; and an interruption arrives.
//
// Ownership: the first thread of the process, before it starts another or opens a file.
#pragma once

namespace tricolour {

/// Takes closed standard descriptors with one that can neither be read nor written, so that their
/// use is an error; no signal is blocked, and SIGCHLD is not ignored.
void put_inherited_state_right();

}  // namespace tricolour
