// The colours as one mutator's barrier sees them.
//
// Purpose: what a barrier asks of a colour byte, and the two exchanges that it makes on one.
//
// Invariant: the states are those of the mutator's own copy of the phase.
//
// Ownership: the mutator's thread.
//
// Memory ordering: each function's comment. collectors/marking/marking_exploration_test.cpp runs
// this source, SideMetadata's and the scanner's under models of memory: with any order that they
// state weakened, an object is lost.
#pragma once

#include "core/heap/metadata.hpp"

namespace tricolour {

/// `Atomics`: StandardAtomics, or a model checker's.
template <class Atomics = StandardAtomics>
struct BasicMutatorColours {
  bool is_white(const Object* object) const {
    return object != nullptr && state_of(metadata.load_relaxed(object)) == white;
  }
  /// seq_cst. Black means `started`: ordered after the barrier's own seq_cst store; partner: the
  /// marker's seq_cst store of black. Black means `completed`: acquires the marker's look at the
  /// slot; partner: the marker's release of black.
  bool is_black(Object* source, Slot& slot) const {
    return state_of(byte_of(source, slot).load(std::memory_order_seq_cst)) == black;
  }
  /// Acquires, where it finds black, that everything that the marker read out of this slot's object
  /// or chunk is marked; partner: the marker's release of black. A chunk is white or black; it
  /// counts as grey from when the array is marked, which is when that is not `cycle_white`.
  bool is_grey(Object* source, Slot& slot, ColourByte cycle_white) const {
    const ColourByte state = state_of(byte_of(source, slot).load(std::memory_order_acquire));
    return state != black && state_of(metadata.load_relaxed(source)) != cycle_white;
  }
  bool try_shade(const Object* object) const { return metadata.try_shade(object, white, shaded); }
  /// Makes the black object or chunk of `slot` grey again; true for the one mutator that did it.
  bool try_regrey(Object* source, Slot& slot) const {
    auto byte = byte_of(source, slot);
    ColourByte seen = byte.load(std::memory_order_relaxed);
    if (state_of(seen) != black) return false;
    pass_window(Window::between_black_and_regrey);
    // Relaxed: it only decides who pushes. The barrier's store reaches the marker that pops the
    // item through the packet; where another mutator reads grey and leaves its slot to that item,
    // both its store and its look at the colour are seq_cst and before the marker's next store of
    // black.
    return byte.compare_exchange_strong(seen, with_state(seen, regreyed), std::memory_order_relaxed,
                                        std::memory_order_relaxed);
  }

  BasicSideMetadata<Atomics> metadata;
  ColourByte allocated = 0;  ///< the state of a new object
  ColourByte white = 0;      ///< the state that looks white to this mutator's barrier
  ColourByte shaded = 0;     ///< what shading turns it into
  ColourByte regreyed = 0;   ///< what making black grey again turns it into
  ColourByte black = 0;      ///< the state that looks black to this mutator's barrier

 private:
  auto byte_of(Object* source, Slot& slot) const {
    return metadata.atomic(metadata.byte_of_slot(source, slot));
  }
};
using MutatorColours = BasicMutatorColours<>;

}  // namespace tricolour
