// Looking at an object before it is followed.
//
// Purpose: what a collector freed too early is memory of something else, or of nothing. A workload
// that may meet such a reference looks at where it leads and at the header first, so that it
// reports what it met and does not follow it.
#pragma once

#include <string>

#include "workloads/workload.hpp"

namespace tricolour {

/// Fails the self-check of `workload` unless `object` lies in the heap and has the header of an
/// object with `slots` and `payload_bytes`.
template <Barrier B>
inline void check_header(Mutator<B>& m, const Object* object, std::uint32_t slots,
                         std::size_t payload_bytes, std::string_view workload) {
  const auto fail = [&](std::string_view what) {
    WorkloadRun::fail(std::string(workload) + ": " + std::string(what));
  };
  if (!m.in_heap(object) || reinterpret_cast<std::uintptr_t>(object) % granule_bytes != 0)
    fail("a reference leads out of the heap");
  if (object->slot_count() != slots || object->bytes() != Object::size_for(slots, payload_bytes))
    fail("an object's header is another object's");
}

}  // namespace tricolour
