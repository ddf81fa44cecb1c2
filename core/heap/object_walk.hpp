// The one loop that walks objects: from start byte to start byte.
//
// Purpose: sweeps, card scans, accounts and checks visit the objects of a stretch of memory. (The
// oracle has a walk of its own: it judges this one.)
//
// Invariant: the stretch is within one block and begins at an object, or where none is; inside an
// object is no start byte.
//
// Ownership: any thread, while no other clears start bytes in the stretch; objects may be added.
//
// Memory ordering: empty metadata is passed over by relaxed words. A start byte is acquired, and
// with it the header and the slots behind it; partner: SideMetadata::publish.
#pragma once

#include <concepts>
#include <cstddef>

#include "core/heap/metadata.hpp"
#include "core/heap/metadata_scan.hpp"

namespace tricolour {

/// Of the object at `start`, with the start byte `byte`.
inline std::size_t object_bytes(const std::byte* start, ColourByte byte) {
  const std::size_t field = size_field(byte);
  return (field == size_in_header ? reinterpret_cast<const Object*>(start)->granules() : field) *
         granule_bytes;
}

/// Calls `visit(object, bytes)` for every object that begins in [begin, end). The visit may
/// overwrite the object.
template <std::invocable<Object*, std::size_t> Visit>
void for_each_start(const SideMetadata& metadata, std::byte* begin, const std::byte* end,
                    Visit visit) {
  for (std::byte* at = begin; at < end;) {
    const auto granules = static_cast<std::size_t>(end - at) / granule_bytes;
    at += MetadataScan::zero_run(metadata.byte_of(at), granules) * granule_bytes;
    if (at >= end) return;
    auto* const object = reinterpret_cast<Object*>(at);
    const std::size_t bytes = object_bytes(at, metadata.load_acquire(object));
    visit(object, bytes);
    at += bytes;
  }
}

/// The object that holds the byte at `address`, in a block that begins at `begin`; or null.
inline Object* object_holding(const SideMetadata& metadata, std::byte* begin,
                              const std::byte* address) {
  for (std::size_t granule = static_cast<std::size_t>(address - begin) / granule_bytes + 1;
       granule-- > 0;) {
    std::byte* const start = begin + granule * granule_bytes;
    auto* const object = reinterpret_cast<Object*>(start);
    const ColourByte byte = metadata.load_acquire(object);
    if (byte != 0) return start + object_bytes(start, byte) > address ? object : nullptr;
  }
  return nullptr;
}

}  // namespace tricolour
