// The shadow stack: a mutator's precise roots.
//
// Purpose: local references live in an array of their own, pushed and popped by `Root` in stack
// order.
//
// A deep stack is scanned in pieces, from the oldest handle up, and the mutator runs in between.
// The clean mark is how far that has come. What a handle below it is given is shaded first, when it
// is pushed and when it is assigned; so a piece that was scanned need not be scanned again, however
// deep the mutator returns and calls anew.
//
// Invariant: no handle below the clean mark refers to a white object. The mark is at the bottom
// where roots are not scanned in pieces just now.
//
// Ownership: written by its mutator; read by it, or by a collector that holds the mutator stopped
// or blocked. So plain memory is enough: stopping publishes it (see safepoint.hpp).
#pragma once

#include <algorithm>
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
        end_(top_ + capacity),
        clean_(top_) {}

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
  std::span<Object* const> handles() const { return {bottom(), top_}; }

  // --- a scan in pieces -------------------------------------------------------------------------

  /// The scan has passed the place of the next handle, or of that one: what it is given has to be
  /// shaded.
  bool next_is_clean() const { return top_ < clean_; }
  bool is_clean(Object* const* handle) const { return handle < clean_; }
  /// Those from the clean mark on.
  std::span<Object* const> unscanned() const { return {std::min(clean_, top_), top_}; }
  /// The next `most` of them, which are clean from here on.
  std::span<Object* const> next_piece(std::size_t most) {
    const std::span piece = unscanned().first(std::min(most, unscanned().size()));
    clean_ = const_cast<Object**>(piece.data()) + piece.size();
    return piece;
  }
  /// The newest `handles` are to be scanned again.
  void lower_mark(std::size_t handles) {
    clean_ = bottom() + (this->handles().size() - std::min(handles, this->handles().size()));
  }
  void forget_scan() { clean_ = bottom(); }

 private:
  Object** bottom() const { return reinterpret_cast<Object**>(storage_.begin()); }
  [[noreturn]] static void overflow();
  void require_newest(Object* const* handle) const;
  Reservation storage_;
  Object** top_;
  Object** end_;
  Object** clean_;
};

}  // namespace tricolour
