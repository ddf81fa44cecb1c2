#include "core/shadow_stack.hpp"

#include "core/errors.hpp"

namespace tricolour {

void ShadowStack::overflow() {
  throw ConfigurationError("a mutator holds more than " + std::to_string(capacity) + " rooted handles: is a Root created in a loop and never left?");
}

}  // namespace tricolour
