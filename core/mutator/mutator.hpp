// The mutator facade: the heap as a program sees it. This is the one core header a workload
// includes.
//
// Purpose: `Mutator<B>` is how a thread uses a heap under barrier B. Every reference it reads or
// writes in the heap goes through B; references that it keeps across a safepoint are in `Root`s.
// What works behind it (phase, shade buffer, shadow stack, safepoint) is the `MutatorContext` from
// which it derives privately: context_of.hpp hands it to the rooms that work on it.
//
// Invariant: no raw `Object*` survives a safepoint (`allocate`, `poll`, a blocking region, a bulk
// operation, `collect`) unless a `Root` or a reachable slot holds it too, and then it is read again
// (a moving collector may have changed it).
//
// Ownership: one thread, except that a parent constructs its child's (see `Child`).
//
// Memory ordering: see object.hpp and the barrier.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <utility>

#include "core/barrier/operations.hpp"
#include "core/mutator/instrumented_context.hpp"
#include "core/threads/thread_start.hpp"

namespace tricolour {

template <Barrier B>
class Child;
template <Barrier B>
class Mutator;

/// A rooted handle on a mutator's shadow stack, used by that mutator's thread. Handles end in the
/// reverse order of their making, as C++ scopes do, and before their mutator: a checked build ends
/// the program at the first that does not, every build when the mutator ends.
class Root {
 public:
  /// Throws ConfigurationError above `ShadowStack::capacity` handles; a checked build throws
  /// Misuse, here and where another object is assigned, when `object` is not alive.
  template <Barrier B>
  explicit Root(Mutator<B>& mutator, Object* object = nullptr)
      : mutator_(mutator), handle_(mutator_.push_root(checked(object))) {}
  ~Root() { mutator_.roots.pop(handle_); }
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;
  Root& operator=(Object* object) {
    mutator_.assign_root(handle_, checked(object));
    return *this;
  }
  Object* get() const { return mutator_.note(*handle_); }
  Object* operator->() const { return get(); }
  operator Object*() const { return get(); }

 private:
  /// In a checked build: what is to be kept is alive.
  Object* checked(Object* object) const {
    if constexpr (checked_built) {
      if (object != nullptr) mutator_.require_alive(object);
    }
    return object;
  }

  MutatorContext& mutator_;
  Object** handle_;
};

/// What barriers are compiled against: the mutator's context, which the instrumented build wraps.
using BarrierEnvironment =
    std::conditional_t<instrumented_built, InstrumentedContext, MutatorContext>;
static_assert(EnvironmentOfOperations<MutatorContext> &&
              EnvironmentOfOperations<InstrumentedContext>);

/// One thread's: see Ownership above. A checked build throws Misuse where it is given a reference
/// to an object that is not alive, or a field that the object does not have.
template <Barrier B>
class Mutator : private BarrierEnvironment {
  /// Only a Child can make one.
  class ForChild {
    friend class Child<B>;
    ForChild() = default;
  };

 public:
  /// Registers with `heap`, on the thread that will mutate. Throws Misuse on a thread that runs a
  /// mutator of this heap already, and ConfigurationError when the heap was made without the side
  /// table that B writes.
  explicit Mutator(Heap& heap)
      : BarrierEnvironment(checked(heap), MutatorStatus::running, {}, B::traits.black_means) {}

  /// By a Child alone, on its parent's thread. Throws as the other one does.
  Mutator(ForChild, Heap& heap, const std::function<void(MutatorContext&)>& arrival)
      : BarrierEnvironment(checked(heap), MutatorStatus::blocked, arrival, B::traits.black_means) {}

  // --- allocation and safepoints ----------------------------------------------------------------

  /// allocate(slots, payload_bytes): a new object, slots null and payload zero. A safepoint. Throws
  /// HeapExhausted, ConfigurationError for a size that no object has, and what a collection throws.
  using BarrierEnvironment::allocate;
  /// poll(): a safepoint, and nothing else.
  using BarrierEnvironment::poll;

  // --- one slot ---------------------------------------------------------------------------------

  /// Reads field `index` of `object`.
  Object* load(Object* object, std::size_t index) {
    return this->note(Made::load(*this, object, slot_of(object, index)));
  }
  /// Writes field `index` of `object`; `value` may be null.
  void store(Object* object, std::size_t index, Object* value) {
    require_value(value);
    Slot& slot = slot_of(object, index);
    if (faulty(Fault::global_store_without_barrier) && object == globals())
      return slot.store(value);
    Made::store(*this, object, slot, value);
  }
  /// Writes `value` and returns what it replaced, atomically: a load and a store.
  Object* exchange(Object* object, std::size_t index, Object* value) {
    require_value(value);
    Slot& slot = slot_of(object, index);
    if (faulty(Fault::exchange_without_barrier)) return this->note(slot.exchange(value));
    return this->note(Made::exchange(*this, object, slot, value));
  }
  /// Writes `value` if the field holds `expected`; a refused exchange changes nothing, shades
  /// nothing. It hands out no reference that the caller did not have, so it is no load to a read
  /// barrier.
  bool compare_exchange(Object* object, std::size_t index, Object* expected, Object* value) {
    require_value(value);
    Slot& slot = slot_of(object, index);
    if (faulty(Fault::exchange_without_barrier)) return slot.compare_exchange(expected, value);
    return Made::compare_exchange(*this, object, slot, expected, value);
  }

  // --- many slots: atomic per slot, a safepoint between chunks ----------------------------------

  /// Copies `count` fields, as if through a temporary when the ranges overlap.
  void copy_range(const Root& source, std::size_t from, const Root& target, std::size_t to,
                  std::size_t count) {
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

  // --- globals ----------------------------------------------------------------------------------

  /// Makes the object whose slots are the globals: a root that all mutators share. Once, by one
  /// mutator, before others run. A safepoint. Throws as `allocate` does.
  Object* make_globals(std::uint32_t slots) { return heap().make_globals(*this, slots); }
  /// Null until `make_globals`.
  Object* globals() { return heap().globals(); }

  /// Whether `address` is in the heap: for programs that look before they follow a reference.
  bool in_heap(const void* address) { return heap().contains(address); }

  // --- threads and waiting ----------------------------------------------------------------------

  /// Runs `work` outside the heap: it touches no object, no root and nothing else of this mutator,
  /// and may wait as long as it likes. A wait for another thread of the heap belongs in here: a
  /// thread that waits elsewhere holds up every collection. Throws Misuse inside another
  /// `blocking`.
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
  friend class Root;
  friend class Child<B>;
  friend struct ContextAccess;  // context_of.hpp
  using Made = Operations<B, BarrierEnvironment>;

  /// The field; in a checked build, of an object that is alive and has it.
  Slot& slot_of(Object* object, std::size_t index) const {
    if constexpr (checked_built) this->require_slots(object, index, 1);
    return object->slot(index);
  }
  /// In a checked build: what is stored is alive.
  void require_value(const Object* value) const {
    if constexpr (checked_built) {
      if (value != nullptr) this->require_alive(value);
    }
  }

  static Heap& checked(Heap& heap) {
    if (B::traits.side_table != SideTable::none &&
        heap.options().side_table != B::traits.side_table) {
      throw ConfigurationError(
          "barrier '" + std::string(B::traits.name) +
          "' needs a side table that this heap lacks (HeapOptions::side_table)");
    }
    return heap;
  }
  static constexpr std::size_t bulk_chunk = 512;

  template <class Each>
  void in_chunks(std::size_t count, Each each) {
    for (std::size_t done = 0; done < count; poll()) {
      for (const std::size_t end = std::min(count, done + bulk_chunk); done < end; ++done)
        each(done);
    }
  }
};

/// A mutator for a child thread, made by its parent so that the arguments never hang in the air: it
/// is born blocked with `arguments` at the bottom of its shadow stack, shaded, because the parent's
/// stack may have been scanned and the child is born scanned. A safepoint for the parent; its
/// destruction is one for the mutator that runs on that thread. One that never attaches holds up no
/// collection.
template <Barrier B>
class Child {
 public:
  Child(Mutator<B>& parent, std::initializer_list<const Root*> arguments)
      : arguments_(arguments.size()) {
    parent.blocking([&] {
      mutator_.emplace(ForChild(), parent.heap(), [&](MutatorContext& child) {
        for (const Root* argument : arguments) {
          child.roots.push(argument->get());
          if (child.marking() && !faulty(Fault::handed_over_unshaded)) child.shade(argument->get());
        }
      });
    });
  }
  /// On the child's thread, first of all, once: from here on it runs. Throws Misuse.
  Mutator<B>& attach() {
    require_not_ended();
    mutator_->heap().world.attach(*mutator_);
    return *mutator_;
  }
  /// The `index`-th argument, as the child's own root keeps it. The child's thread. Throws Misuse.
  Object* argument(std::size_t index) {
    require_not_ended();
    if (index >= arguments_) {
      throw Misuse("a Child is asked for argument " + std::to_string(index) +
                   ", and was made with " + std::to_string(arguments_));
    }
    return mutator_->note(mutator_->roots.handles()[index]);
  }
  /// On the child's thread, last of all. Throws Misuse when a Root of the child is left.
  void end() {
    if (mutator_) mutator_->require_no_roots();
    mutator_.reset();
  }

 private:
  using ForChild = typename Mutator<B>::ForChild;

  void require_not_ended() const {
    if (!mutator_) throw Misuse("a Child is used after end(): end() is the last use of it");
  }

  const std::size_t arguments_;
  std::optional<Mutator<B>> mutator_;
};

}  // namespace tricolour
