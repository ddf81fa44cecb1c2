// The shadow stack: a mutator's precise roots.
//
// Purpose: local references live in an array of their own, pushed and popped by `Root` in stack
// order.
//
// Ownership: written by its mutator; read by it, or by a collector that holds the mutator stopped
// or blocked. So plain memory is enough: stopping publishes it (see safepoint.hpp).
#pragma once

#include <cstddef>
#include <span>

#include "core/build_flavour.hpp"
#include "core/heap/reservation.hpp"

namespace tricolour {

class Object;

class ShadowStack {
 public:
  /// Most handles a mutator may have at once: 16 Mi (address space only, touched as used).
  static constexpr std::size_t capacity = std::size_t{1} << 24;

  ShadowStack()
      : storage_(capacity * sizeof(Object*), 4096),
        top_(reinterpret_cast<Object**>(storage_.begin())),
        end_(top_ + capacity) {}

  Object** push(Object* object) {
    if (top_ == end_) [[unlikely]]
      overflow();
    *top_ = object;
    return top_++;
  }
  /// Drops `handle`, the newest one. A checked build throws Misuse when it is not.
  void pop(Object** handle) {
    if constexpr (checked_built) require_newest(handle);
    top_ = handle;
  }
  /// Drops `handle` and everything above it: a store, with no load to wait for.
  void pop_to(Object** handle) { top_ = handle; }
  /// The live handles, oldest first; entries may be null.
  std::span<Object* const> handles() const {
    return {reinterpret_cast<Object**>(storage_.begin()), top_};
  }

 private:
  [[noreturn]] static void overflow();
  void require_newest(Object* const* handle) const;
  Reservation storage_;
  Object** top_;
  Object** end_;
};

}  // namespace tricolour
