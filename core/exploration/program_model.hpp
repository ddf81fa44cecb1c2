// The model of a few threads that run operations of one object over atomics of the model, under a
// model of memory: every schedule, and every value that a load may read.
//
// A program has
//   Record                                         its plain values: what each thread knows between
//                                                  operations, and what has happened
//   unsigned threads() const                       at most most_program_threads
//   const std::vector<Word>& locations() const     what the locations hold at first
//   Record record() const                          at first
//   unsigned run(thread, operation, record) const  runs one operation of the thread; gives the
//                                                  number of the next one, or `through`
//   Word late_values() const                       what a relaxed load may read late: values below
//                                                  this; 0: loads are not late
//   bool violated(record) const
//   void finish(record) const                      looks at what is left when every thread is
//                                                  through; without choices
//
// Late loads. The model of memory makes a thread's accesses in program order, so no load reads what
// is stored after it. The standard lets a relaxed load do so, and some orders are there only to
// forbid it. So one relaxed load of a run may be late: it gives some value, and must turn out to
// have read a store of that value that comes later, by another thread, and that the load does not
// happen before. A run in which no such store comes did not happen. The load itself is a message to
// a location of its own, which no thread reads: so the views say which stores it happens before.
//
// Invariant: a thread between operations is the number of its next one; inside, that and its log
// (resumption.hpp). The record changes only at the end of an operation, together with its last
// action, so an operation may use of it only what is its own thread's.
//
// Ownership: constant while a search runs; one thread.
#pragma once

#include <limits>
#include <optional>

#include "core/exploration/archive.hpp"
#include "core/exploration/choice.hpp"
#include "core/exploration/final_step.hpp"
#include "core/exploration/model_atomic.hpp"
#include "core/exploration/order_sites.hpp"
#include "core/exploration/release_acquire_memory.hpp"
#include "core/exploration/resumption.hpp"

namespace tricolour::exploration {

inline constexpr unsigned most_program_locations = 16;
inline constexpr unsigned most_program_threads = 3;
inline constexpr unsigned most_program_actions = 24;
inline constexpr std::uint8_t through = std::numeric_limits<std::uint8_t>::max();

/// What a step of a program was: for counterexamples.
struct ProgramLabel {
  unsigned thread = 0;
  unsigned operation = 0;
  std::optional<Access> access{};  ///< none: an operation without actions
  std::memory_order order{};       ///< with which it was performed
  bool late = false;
  Word result = 0;
  bool drains = false;  ///< no step of its thread's code: a store leaves its store buffer
};

struct ProgramThread {
  std::uint8_t operation = 0;
  std::uint8_t waits_for = 0;  ///< 1 + the number of a condition variable; 0: for none
  ActionLog<Word, most_program_actions> log{};

  template <class Archive>
  void transfer(Archive& archive) {
    archive(operation);
    archive(waits_for);
    log.transfer(archive);
  }
};

/// A load that read what is not yet stored.
struct LateLoad {
  enum class Stage : std::uint8_t { none, pending, fulfilled } stage = Stage::none;
  std::uint8_t thread = 0;
  std::uint8_t location = 0;
  Word value = 0;

  template <class Archive>
  void transfer(Archive& archive) {
    transfer_packed<std::uint8_t>(archive, Bits{stage, 2}, Bits{thread, 2}, Bits{location, 4});
    archive(value);
  }
};

template <class Program, template <class, unsigned, unsigned> class MemoryOf = ReleaseAcquireMemory>
class ProgramModel {
 public:
  using Memory = MemoryOf<Word, most_program_locations, most_program_threads>;
  using Record = typename Program::Record;

  struct State {
    Memory memory{};
    std::array<ProgramThread, most_program_threads> threads{};
    LateLoad late{};
    Record record{};

    template <class Archive>
    void transfer(Archive& archive) {
      memory.transfer(archive);
      for (ProgramThread& thread : threads) thread.transfer(archive);
      late.transfer(archive);
      record.transfer(archive);
    }
  };

  /// `sites`, if any, is told of every access that is performed.
  explicit ProgramModel(const Program& program, const Weakening& weakening = {},
                        OrderSites* sites = nullptr)
      : program_(program), weakening_(weakening), sites_(sites) {}

  State initial() const {
    State state;
    const std::vector<Word>& initial = program_.locations();
    if (initial.size() + 1 > most_program_locations)
      throw std::length_error("a program has more locations than its model holds");
    state.memory.reset(late_location() + 1, program_.threads());
    for (unsigned i = 0; i < initial.size(); ++i) state.memory.set(i, initial[i]);
    state.record = program_.record();
    for (unsigned i = program_.threads(); i < most_program_threads; ++i)
      state.threads[i].operation = through;
    return state;
  }

  template <class Visit>
  void expand(const State& state, Visit visit) const {
    if (broken(state)) return;
    for (unsigned thread = 0; thread < program_.threads(); ++thread) {
      if (state.memory.can_drain(thread)) {
        State next = state;
        next.memory.drain(thread);
        visit(next, ProgramLabel{.thread = thread, .drains = true});
      }
      if (state.threads[thread].operation == through) continue;
      const auto take = [&](Choice& choice, std::optional<Word> late) {
        State next = state;
        ProgramLabel label{.thread = thread,
                           .operation = state.threads[thread].operation,
                           .late = late.has_value()};
        if (step(next, thread, choice, late, label) && possible(next)) visit(next, label);
      };
      for (unsigned alternative = 0;; ++alternative) {
        Choice choice(alternative);
        take(choice, {});
        if (!choice.has_another()) break;
      }
      if (!loads_may_be_late || state.late.stage != LateLoad::Stage::none) continue;
      for (Word late = 0; late < program_.late_values(); ++late) {
        Choice choice;
        take(choice, late);
      }
    }
  }

  /// The program's own property, or threads that are not through and can never go on.
  bool violated(const State& state) const {
    if (state.late.stage == LateLoad::Stage::pending) return false;
    if (program_.violated(state.record)) return true;
    bool waiting = false;
    bool over = true;
    for (unsigned i = 0; i < most_program_threads; ++i) {
      waiting |= state.threads[i].waits_for != 0;
      over &= state.threads[i].operation == through && !state.memory.can_drain(i);
    }
    if (over) return ends_badly(state);
    if (!waiting) return false;
    bool stuck = true;
    expand(state, [&](const State&, const ProgramLabel&) { stuck = false; });
    return stuck;
  }

 private:
  /// The other models of memory make loads in program order.
  static constexpr bool loads_may_be_late = requires(Memory & memory) {
    memory.see_newest(0u, 0u);
  };
  using ProgramResumption = Resumption<Word, most_program_actions>;

  /// One more action of one thread.
  class Step final : public ModelStep {
   public:
    /// `late`: the step is a load that reads this late; impossible if it is not one.
    Step(const ProgramModel& model, State& state, unsigned thread, Choice& choice,
         std::optional<Word> late, ProgramLabel& label)
        : model_(model),
          state_(state),
          thread_(thread),
          choice_(choice),
          late_(late),
          label_(label),
          resumption_(state.threads[thread].log, false) {}

    Word access(const Access& access) override {
      if (is_plain(access.kind)) return resumption_.look([&] { return perform_plain(access); });
      return resumption_.action([&] {
        const std::memory_order order = model_.weakening_.order(access);
        if (model_.sites_ != nullptr) model_.sites_->add(access);
        label_.access = access;
        label_.order = order;
        return label_.result = late_ ? load_late(access, order) : perform(access, order);
      });
    }
    bool impossible() const { return impossible_; }
    bool finished() const { return resumption_.finished(); }

   private:
    Word perform(const Access& access, std::memory_order order) {
      Memory& memory = state_.memory;
      ProgramThread& self = state_.threads[thread_];
      impossible_ = access.location == state_.late.location && is_bound(thread_);
      switch (access.kind) {
        case AccessKind::load:
          return memory.load(thread_, access.location, order, choice_);
        case AccessKind::store:
          impossible_ |= !memory.can_store(thread_);
          memory.store(thread_, access.location, access.operand, order);
          fulfil(access.location, access.operand);
          return 0;
        case AccessKind::exchange:
          return exchange(access.location, access.operand, order);
        case AccessKind::compare_exchange: {
          const Word seen = memory.compare_exchange(thread_, access.location, access.expected,
                                                    access.operand, order, access.failure, choice_);
          if (seen == access.expected) fulfil(access.location, access.operand);
          return seen;
        }
        case AccessKind::add:
          return exchange(access.location, memory.latest(thread_, access.location) + access.operand,
                          order);
        case AccessKind::wake_up:
        case AccessKind::lock:
          impossible_ = self.waits_for != 0 || memory.latest(thread_, access.location) != 0;
          return memory.exchange(thread_, access.location, 1, order);
        case AccessKind::wait:
          self.waits_for = static_cast<std::uint8_t>(1 + access.operand);
          [[fallthrough]];
        case AccessKind::unlock:
          memory.exchange(thread_, access.location, 0, order);
          return 0;
        case AccessKind::notify_all:
          for (ProgramThread& thread : state_.threads) {
            if (thread.waits_for == 1 + access.operand) thread.waits_for = 0;
          }
          return 0;
        case AccessKind::plain_load:
        case AccessKind::plain_store:
          break;
      }
      return 0;
    }
    Word perform_plain(const Access& access) {
      if (access.kind == AccessKind::plain_store) {
        state_.memory.store(thread_, access.location, access.operand, access.order);
        return 0;
      }
      Choice oldest;
      return state_.memory.load(thread_, access.location, access.order, oldest);
    }
    Word exchange(unsigned location, Word value, std::memory_order order) {
      const Word seen = state_.memory.exchange(thread_, location, value, order);
      fulfil(location, value);
      return seen;
    }

    Word load_late(const Access& access, std::memory_order order) {
      impossible_ = access.kind != AccessKind::load || order != std::memory_order_relaxed;
      state_.late = {.stage = LateLoad::Stage::pending,
                     .thread = static_cast<std::uint8_t>(thread_),
                     .location = static_cast<std::uint8_t>(access.location),
                     .value = *late_};
      state_.memory.store(thread_, model_.late_location(), 1, std::memory_order_relaxed);
      return *late_;
    }
    bool is_bound(unsigned thread) const {
      return state_.late.stage == LateLoad::Stage::pending && state_.late.thread == thread;
    }
    /// The newest message may be what the late load read.
    void fulfil(unsigned location, Word value) {
      LateLoad& late = state_.late;
      if (late.stage != LateLoad::Stage::pending || late.location != location ||
          late.value != value)
        return;
      if constexpr (loads_may_be_late) {
        const unsigned load = model_.late_location();
        if (late.thread == thread_ || state_.memory.has_seen_newest(thread_, load)) return;
        state_.memory.see_newest(late.thread, location);
        late = {.stage = LateLoad::Stage::fulfilled};
        state_.memory.set(load, 0);
      }
    }

    const ProgramModel& model_;
    State& state_;
    const unsigned thread_;
    Choice& choice_;
    const std::optional<Word> late_;
    ProgramLabel& label_;
    ProgramResumption resumption_;
    bool impossible_ = false;
  };

  unsigned late_location() const { return static_cast<unsigned>(program_.locations().size()); }
  /// False when no thread is left that could store what a late load read.
  bool possible(const State& state) const {
    if (state.late.stage != LateLoad::Stage::pending) return true;
    for (unsigned thread = 0; thread < program_.threads(); ++thread) {
      if (thread == state.late.thread || state.threads[thread].operation == through) continue;
      if constexpr (loads_may_be_late) {
        if (!state.memory.has_seen_newest(thread, late_location())) return true;
      }
    }
    return false;
  }
  /// A run that has gone wrong, unless it may turn out not to have happened.
  bool broken(const State& state) const {
    return state.late.stage != LateLoad::Stage::pending && program_.violated(state.record);
  }

  bool step(State& state, unsigned thread, Choice& choice, std::optional<Word> late,
            ProgramLabel& label) const {
    Step step(*this, state, thread, choice, late, label);
    Record record = state.record;
    unsigned next = 0;
    try {
      const ModelStep::Scope scope(step);
      next = program_.run(thread, state.threads[thread].operation, record);
    } catch (const RunsDry&) {
    }
    if (step.impossible()) return false;
    if (!step.finished()) return true;
    ProgramThread& self = state.threads[thread];
    self.operation = static_cast<std::uint8_t>(next);
    self.log.size = 0;
    state.record = record;
    // A store buffer outlives its thread's code.
    if (self.operation == through && !state.memory.can_drain(thread)) state.memory.retire(thread);
    return true;
  }

  bool ends_badly(const State& state) const {
    std::vector<Word> values;
    for (unsigned i = 0; i < program_.locations().size(); ++i)
      values.push_back(state.memory.newest(i));
    FinalStep step(std::move(values));
    const ModelStep::Scope scope(step);
    Record record = state.record;
    program_.finish(record);
    return program_.violated(record);
  }

  const Program& program_;
  const Weakening weakening_;
  OrderSites* const sites_;
};

}  // namespace tricolour::exploration
