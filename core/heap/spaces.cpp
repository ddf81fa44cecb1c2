#include "core/heap/spaces.hpp"

#include <string>

#include "core/errors.hpp"

namespace tricolour {
namespace {

void demand(bool holds, const char* fault, std::size_t bytes, std::size_t of) {
  if (holds) return;
  throw InvariantViolated("the spaces of the heap: " + std::string(fault) + ": " +
                          std::to_string(bytes) + " bytes, and " + std::to_string(of));
}

template <Space S>
void check_objects(const S& space, const Spaces& heap) {
  std::size_t bytes = space.beside_objects_bytes();
  space.for_each_object(heap.begin(), heap.begin() + heap.bytes(), [&](Object* object) {
    if (space.object_at(object) != object) {
      throw InvariantViolated(
          "the spaces of the heap: an object is visited, and not found by its "
          "address");
    }
    bytes += object->bytes();
  });
  demand(bytes == space.used_bytes(), "objects are not what is in use", bytes, space.used_bytes());
  demand(bytes <= space.footprint(), "objects are outside of their space", bytes,
         space.footprint());
}

}  // namespace

void Spaces::check() const {
  for_each_space([this](const Space auto& space) {
    space.check();
    check_objects(space, *this);
  });
  demand(footprint() <= bytes_, "together they are larger than it", footprint(), bytes_);
}

}  // namespace tricolour
