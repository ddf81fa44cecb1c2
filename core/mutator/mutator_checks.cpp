// What a program does wrong with a mutator, found at the mutator's end, and in a checked build at
// every use of a reference.
#include <algorithm>

#include "core/mutator/heap.hpp"

namespace tricolour {

void MutatorContext::require_no_roots() const {
  const std::size_t left = roots.handles().size();
  if (left <= arguments_) return;
  throw Misuse("mutator " + std::to_string(index_) + " ends with " +
               std::to_string(left - arguments_) +
               " roots left: every Root ends before its mutator, in the reverse order of their "
               "making; a Root on the free store that is never deleted does not");
}

void MutatorContext::require_alive(const Object* object) const {
  const auto refuse = [](const char* what) {
    throw Misuse(
        std::string("a mutator uses ") + what +
        ": a reference that is kept across a safepoint (allocate, poll, collect, blocking, "
        "a bulk operation) is kept in a Root, and read from there again");
  };
  if (object == nullptr) throw Misuse("a mutator reads or writes a field of null");
  if (!heap_.contains(object) || reinterpret_cast<std::uintptr_t>(object) % granule_bytes != 0) {
    throw Misuse("a mutator uses a reference that is none of this heap's");
  }
  const ColourByte byte = colours_.metadata.load_acquire(object);
  if (byte == 0) refuse("a reference to an object that was freed");
  // Between cycles what lives is black: white is what the last one found dead and nothing has
  // swept.
  const bool between_cycles = !phase_.tracing && !phase_.marking && phase_.arm == BarrierArm::live;
  if (between_cycles && state_of(byte) == phase_.sense.white()) {
    refuse("a reference to an object that the last collection found dead");
  }
  if (!heap_.options().strict_references || obtained_.contains(object)) return;
  if (object == heap_.globals() || std::ranges::count(roots.handles(), object) > 0) return;
  refuse("a reference that it obtained before its last safepoint, and that no Root of it holds");
}

void MutatorContext::require_slots(const Object* object, std::size_t first,
                                   std::size_t count) const {
  require_alive(object);
  if (first <= object->slot_count() && count <= object->slot_count() - first) return;
  throw Misuse("a mutator uses slot " + std::to_string(first + count - 1) +
               " of an object that has " + std::to_string(object->slot_count()));
}

}  // namespace tricolour
