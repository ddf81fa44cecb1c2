#include "core/mutator/shadow_stack.hpp"

#include "core/errors.hpp"

namespace tricolour {

void ShadowStack::overflow() {
  throw ConfigurationError("a mutator holds more than " + std::to_string(capacity) +
                           " rooted handles: is a Root created in a loop and never left?");
}

void ShadowStack::require_newest(Object* const* handle) const {
  if (handle + 1 == top_) return;
  throw Misuse(
      "a Root ends that is not the newest of its mutator: Roots end in the reverse order of their "
      "making, as "
      "scopes and arrays do, and containers that empty from the front do not");
}

}  // namespace tricolour
