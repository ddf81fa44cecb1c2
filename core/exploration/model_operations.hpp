// What a mutator can do next: every operation of the repertoire with every operand.
#pragma once

#include "core/exploration/attempts.hpp"
#include "core/exploration/model_bounds.hpp"

namespace tricolour::exploration {

/// `each` is called for every operation of a mutator that is between two of them.
void for_each_operation(const MutatorState& mutator, ObjectSet allocated, const Layout& layout,
                        const Repertoire& repertoire,
                        FunctionReference<void(const Operation&)> each);

}  // namespace tricolour::exploration
