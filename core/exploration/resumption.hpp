// Operations that are suspended between any two of their shared actions.
//
// Purpose: a thread's operation is an ordinary deterministic C++ function over an environment; the
// one in the heap is a barrier's own source. To make one step the function runs again from its
// start: the actions that it has made already give their logged results, exactly one more is
// performed, and from there on it runs dry: actions have no effect and give zeros. So a suspended
// thread is its log, plain bytes that can be copied, compared and hashed.
//
// Invariant: the function's only inputs are its operands and the results of its actions. Whether it
// has finished is known at once: it has when it asked for no action after the one that was
// performed. A function that would not end on zeros (a loop that waits) is left by an exception
// after a bounded number of dry actions.
//
// Ownership: made for one step, on the stack.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>

namespace tricolour::exploration {

template <class Value, unsigned capacity>
struct ActionLog {
  std::array<Value, capacity> results{};
  std::uint8_t size = 0;

  template <class Archive>
  void transfer(Archive& archive) {
    archive(size);
    for (std::uint8_t i = 0; i < size; ++i) archive(results[i]);
  }
};

/// Thrown through an operation that does not end while it runs dry.
struct RunsDry {};

template <class Value, unsigned capacity>
class Resumption {
 public:
  /// What the operation asks for next, where it stands now.
  enum class Next : std::uint8_t { nothing, action, safepoint };

  /// `at_safepoint`: what `next` was after the step before.
  Resumption(ActionLog<Value, capacity>& log, bool at_safepoint)
      : log_(log), at_safepoint_(at_safepoint) {}

  /// A scheduling point. `perform` has effects, and gives the result.
  template <class Perform>
  Value action(Perform perform, Next kind = Next::action) {
    if (position_ < log_.size) return log_.results[position_++];
    if (!performed_) {
      performed_ = true;
      // One step leads to a safepoint, the next one past it: in between others may act on this
      // thread.
      const bool arrives = kind == Next::safepoint && !at_safepoint_;
      if (!arrives) return append(perform());
    }
    if (next_ == Next::nothing) next_ = kind;
    if (++dry_actions_ > most_dry_actions) throw RunsDry{};
    return Value{};
  }

  /// An action that can have no effect, and would give `result` whenever it is made before this
  /// thread's next safepoint: no scheduling point. Only asked of the operation's first run past
  /// this point; where it is answered from the log, the log says what was done.
  template <class HasNoEffect, class Perform>
  Value action_unless(HasNoEffect has_no_effect, Value result, Perform perform) {
    if (position_ == log_.size && next_ == Next::nothing && has_no_effect()) return append(result);
    return action(perform);
  }

  /// A look at something that no other thread changes between this thread's own safepoints: logged,
  /// but no scheduling point.
  template <class Read>
  Value look(Read read) {
    if (position_ < log_.size) return log_.results[position_++];
    if (next_ != Next::nothing) return Value{};
    return append(read());
  }

  Next next() const { return next_; }
  bool finished() const { return next_ == Next::nothing; }

 private:
  Value append(Value result) {
    if (log_.size == capacity)
      throw std::length_error("an operation makes more actions than its log holds");
    log_.results[log_.size++] = result;
    ++position_;
    return result;
  }

  static constexpr unsigned most_dry_actions = 64;
  ActionLog<Value, capacity>& log_;
  const bool at_safepoint_;
  unsigned position_ = 0;
  unsigned dry_actions_ = 0;
  bool performed_ = false;
  Next next_ = Next::nothing;
};

}  // namespace tricolour::exploration
