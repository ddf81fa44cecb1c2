// The mutator facade: the heap as a program sees it. This is the one core header a workload includes.
//
// Purpose: `Mutator<B>` is a thread's door to a heap under barrier B. Every reference it reads or writes in the heap goes
// through B; references that it keeps across a safepoint stand in `Root`s.
//
// Invariant: no raw `Object*` survives a safepoint (`allocate`, `poll`, a blocking region, a bulk operation, `collect`) unless a `Root`
// or a reachable slot holds it too, and then it is read again (a moving collector may have changed it).
//
// Ownership: one thread, except that a parent constructs its child's (see `Child`).
//
// Memory ordering: see object.hpp and the barrier.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <utility>

#include "core/instrumented_context.hpp"

namespace tricolour {

/// A rooted handle on a mutator's shadow stack. Handles end in the reverse order of their making, as C++ scopes do.
class Root {
 public:
  explicit Root(MutatorContext& mutator, Object* object = nullptr) : stack_(mutator.roots), handle_(mutator.roots.push(object)) {}
  ~Root() { stack_.pop_to(handle_); }
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;
  Root& operator=(Object* object) {
    *handle_ = object;
    return *this;
  }
  Object* get() const { return *handle_; }
  Object* operator->() const { return *handle_; }
  operator Object*() const { return *handle_; }

 private:
  ShadowStack& stack_;
  Object** handle_;
};

/// What barriers are compiled against: the mutator's context, which the instrumented build wraps.
using BarrierEnvironment = std::conditional_t<instrumented_built, InstrumentedContext, MutatorContext>;

template <Barrier B>
class Mutator : public BarrierEnvironment {
 public:
  /// As MutatorContext. Throws ConfigurationError when the heap was made without the side table that B writes.
  explicit Mutator(Heap& heap, MutatorStatus status = MutatorStatus::running, const std::function<void(MutatorContext&)>& arrival = {})
      : BarrierEnvironment(checked(heap), status, arrival, B::traits.black_means) {}

  // --- one slot ----------------------------------------------------------------------------------------------------------------

  /// Reads field `index` of `object`.
  Object* load(Object* object, std::size_t index) { return load_through_barrier(object, object->slot(index)); }
  /// Writes field `index` of `object`; `value` may be null.
  void store(Object* object, std::size_t index, Object* value) {
    Slot& slot = object->slot(index);
    if (faulty(Fault::global_store_without_barrier) && object == heap().globals()) return slot.store(value);
    const NoSafepoint barrier(*this);
    B::store(environment(), object, slot, value, [&](std::memory_order order) {
      slot.store(value, order);
      return value;
    });
  }
  /// Writes `value` and returns what it replaced, atomically: a load and a store.
  Object* exchange(Object* object, std::size_t index, Object* value) {
    Slot& slot = object->slot(index);
    if (faulty(Fault::exchange_without_barrier)) return slot.exchange(value);
    if constexpr (B::traits.guards_loads) {
      // What it returns has to come through the barrier: it is loaded first, and then replaced if it is still there.
      for (;;) {
        Object* const seen = load_through_barrier(object, slot);
        if (store_if(object, slot, seen, value)) return seen;
      }
    } else {
      const NoSafepoint barrier(*this);
      return B::store(environment(), object, slot, value, [&](std::memory_order order) { return slot.exchange(value, both(order)); });
    }
  }
  /// Writes `value` if the field holds `expected`; a refused exchange changes nothing, shades nothing. It hands out no reference that the
  /// caller did not have, so it is no load to a read barrier.
  bool compare_exchange(Object* object, std::size_t index, Object* expected, Object* value) {
    Slot& slot = object->slot(index);
    if (slot.load() != expected) return false;
    if (faulty(Fault::exchange_without_barrier)) return slot.compare_exchange(expected, value);
    return store_if(object, slot, expected, value);
  }

  // --- many slots: atomic per slot, a safepoint between chunks --------------------------------------------------------------------

  /// Copies `count` fields, as if through a temporary when the ranges overlap.
  void copy_range(const Root& source, std::size_t from, const Root& target, std::size_t to, std::size_t count) {
    const bool backwards = source.get() == target.get() && from < to;
    in_chunks(count, [&](std::size_t i) {
      const std::size_t at = backwards ? count - 1 - i : i;
      store(target.get(), to + at, load(source.get(), from + at));
    });
  }
  /// Sets `count` fields to null.
  void clear_range(const Root& target, std::size_t from, std::size_t count) {
    in_chunks(count, [&](std::size_t i) { store(target.get(), from + i, nullptr); });
  }

  // --- threads and waiting --------------------------------------------------------------------------------------------------------

  /// Runs `work` outside the heap: it touches no object and no root, and may wait as long as it likes.
  template <std::invocable Work>
  decltype(auto) blocking(Work&& work) {
    heap().world.enter_blocked(*this, Activity::blocked);
    struct Return {
      Mutator& mutator;
      ~Return() { mutator.heap().world.leave_blocked(mutator, Activity::running); }
    } const back{*this};
    return std::forward<Work>(work)();
  }

 private:
  static Heap& checked(Heap& heap) {
    if (B::traits.side_table != SideTable::none && heap.options().side_table != B::traits.side_table) {
      throw ConfigurationError("barrier '" + std::string(B::traits.name) + "' needs a side table that this heap has not (HeapOptions::side_table)");
    }
    return heap;
  }
  /// Asked for once by each barrier that is executed.
  BarrierEnvironment& environment() {
    if constexpr (instrumented_built) this->count_execution();
    return *this;
  }
  /// An exchange acquires what it reads as well.
  static constexpr std::memory_order both(std::memory_order order) {
    return order == std::memory_order_seq_cst ? order : std::memory_order_acq_rel;
  }
  static constexpr std::size_t bulk_chunk = 512;

  Object* load_through_barrier(Object* object, Slot& slot) {
    if constexpr (B::traits.guards_loads) {
      const NoSafepoint barrier(*this);
      return B::load(environment(), object, slot);
    }
    return MutatorContext::load(slot);
  }
  bool store_if(Object* object, Slot& slot, Object* expected, Object* value) {
    const NoSafepoint barrier(*this);
    return B::store(environment(), object, slot, value, [&](std::memory_order order) { return slot.compare_exchange(expected, value, both(order)); });
  }

  template <class Each>
  void in_chunks(std::size_t count, Each each) {
    for (std::size_t done = 0; done < count; poll()) {
      for (const std::size_t end = std::min(count, done + bulk_chunk); done < end; ++done) each(done);
    }
  }
};

/// A mutator for a child thread, made by its parent so that the arguments never hang in the air: it is born blocked with
/// `arguments` at the bottom of its shadow stack, shaded, because the parent's stack may have been scanned and the child is born scanned.
/// A safepoint for the parent.
template <Barrier B>
class Child {
 public:
  Child(Mutator<B>& parent, std::initializer_list<const Root*> arguments) {
    parent.blocking([&] {
      mutator_.emplace(parent.heap(), MutatorStatus::blocked, [&](MutatorContext& child) {
        for (const Root* argument : arguments) {
          child.roots.push(argument->get());
          if (child.marking() && !faulty(Fault::handed_over_unshaded)) child.shade(argument->get());
        }
      });
    });
  }
  /// On the child's thread, first of all: from here on it runs.
  Mutator<B>& attach() {
    mutator_->heap().world.leave_blocked(*mutator_, Activity::running);
    return *mutator_;
  }
  /// The `index`-th argument, as the child's own root keeps it. The child's thread.
  Object* argument(std::size_t index) const { return mutator_->roots.handles()[index]; }
  /// On the child's thread, last of all.
  void end() { mutator_.reset(); }

 private:
  std::optional<Mutator<B>> mutator_;
};

}  // namespace tricolour
