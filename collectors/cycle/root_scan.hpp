// The root scan: every reference in a shadow stack is shaded.
//
// Purpose: a piece of one mutator's roots in its handshake, or all mutators' in a stop, there in
// blocks shared out over threads, because a deep stack would otherwise make the handshake or the
// pause as long as it is deep. What lies below a stack's clean mark is not looked at again.
//
// Invariant: an object is pushed once, by the thread that won its colour, so blocks may be scanned
// in any order and on any thread.
//
// Ownership: the shadow stacks belong to the caller meanwhile: the world is stopped, or this
// mutator is in its handshake.
//
// Memory ordering: alone, plain accesses; beside other threads SideMetadata::try_shade. Items
// travel through the grey set.
#pragma once

#include <span>
#include <vector>

#include "collectors/sweeping/parallel_for.hpp"
#include "core/mutator/heap.hpp"

namespace tricolour {

/// What one handshake found in a stack.
struct RootPiece {
  bool found;    ///< any root was white
  bool is_last;  ///< every root was scanned, now or before
};
/// In a handshake of `mutator`, beside other mutators and markers: shades the next of its roots, a
/// bounded number.
RootPiece scan_piece_of_roots(Heap& heap, MutatorContext& mutator);
/// Beside mutators and markers: shades the globals.
void scan_globals(Heap& heap);

/// World stopped, and no thread marks: shades the roots of all `mutators` and the globals, on at
/// most `threads` threads of `parallel`.
void scan_all_roots(Heap& heap, const std::vector<MutatorContext*>& mutators, ParallelFor& parallel,
                    unsigned threads);

}  // namespace tricolour
