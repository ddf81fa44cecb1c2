// Serial numbers by address: the side array with which a recorded or replayed heap knows its
// objects apart.
//
// Invariant: the entry of an object is that of the newest one allocated at its address. Objects do
// not move.
//
// Ownership: one mutator's thread, or any thread while that is stopped.
#pragma once

#include <cstdint>

#include "core/mutator/heap.hpp"

namespace tricolour {

class SerialTable {
 public:
  explicit SerialTable(const Heap& heap)
      : heap_begin_(heap.spaces().begin()), entries_(bytes_for(heap.bytes()), 4096) {}
  /// What it reserves.
  static std::size_t bytes_for(std::size_t heap_bytes) {
    return heap_bytes / granule_bytes * sizeof(std::uint64_t);
  }

  std::uint64_t& of(const Object* object) {
    return reinterpret_cast<std::uint64_t*>(entries_.begin())[granule_of(object)];
  }
  /// 0 for null.
  std::uint64_t serial(const Object* object) { return object == nullptr ? 0 : of(object); }
  std::size_t granule_of(const Object* object) const {
    return static_cast<std::size_t>(reinterpret_cast<const std::byte*>(object) - heap_begin_) /
           granule_bytes;
  }

 private:
  const std::byte* heap_begin_;
  Reservation entries_;
};

}  // namespace tricolour
