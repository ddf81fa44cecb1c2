// The model of a few threads that run operations of one object over atomics of the model: every schedule, and every value that a load may read.
//
// A program has
//   Record                                       its plain values: what each thread knows between operations, and what has happened; `transfer`
//   unsigned threads() const                     at most most_program_threads
//   const std::vector<Word>& locations() const   what the locations hold at first
//   Record record() const                        at first
//   unsigned run(thread, operation, record) const  runs one operation of the thread, and says which one comes next, or `through`
//   bool violated(record) const
//   void finish(record) const                    looks at what is left when every thread is through; on one thread, without choices
//
// Invariant: a thread between operations is the number of its next one; inside, that and its log (resumption.hpp). The record changes only at the end of
// an operation, together with its last action, so an operation may use of it only what is its own thread's.
//
// Ownership: constant while a search runs; one thread.
#pragma once

#include <limits>
#include <optional>

#include "core/exploration/archive.hpp"
#include "core/exploration/choice.hpp"
#include "core/exploration/model_atomic.hpp"
#include "core/exploration/order_sites.hpp"
#include "core/exploration/resumption.hpp"

namespace tricolour::exploration {

inline constexpr unsigned most_program_locations = 8;
inline constexpr unsigned most_program_threads = 3;
inline constexpr unsigned most_program_actions = 24;
inline constexpr std::uint8_t through = std::numeric_limits<std::uint8_t>::max();

/// What a step of a program was: for counterexamples.
struct ProgramLabel {
  unsigned thread = 0;
  unsigned operation = 0;
  std::optional<Access> access;  ///< none: a store buffer drained, or an operation without actions
  std::memory_order order{};     ///< with which it was performed
  Word result = 0;
};

struct ProgramThread {
  std::uint8_t operation = 0;
  bool waiting = false;  ///< on the condition variable
  ActionLog<Word, most_program_actions> log{};

  template <class Archive>
  void transfer(Archive& archive) {
    archive(operation);
    archive(waiting);
    log.transfer(archive);
  }
};

template <class Program, template <class, unsigned, unsigned> class MemoryModel>
class ProgramModel {
 public:
  using Memory = MemoryModel<Word, most_program_locations, most_program_threads>;
  using Record = typename Program::Record;

  struct State {
    Memory memory{};
    std::array<ProgramThread, most_program_threads> threads{};
    Record record{};

    template <class Archive>
    void transfer(Archive& archive) {
      memory.transfer(archive);
      for (ProgramThread& thread : threads) thread.transfer(archive);
      record.transfer(archive);
    }
  };

  /// `sites`, if any, is told of every access that is performed.
  explicit ProgramModel(const Program& program, const Weakening& weakening = {}, OrderSites* sites = nullptr)
      : program_(program), weakening_(weakening), sites_(sites) {}

  State initial() const {
    State state;
    const std::vector<Word>& initial = program_.locations();
    if (initial.size() > most_program_locations) throw std::length_error("a program has more locations than its model holds");
    state.memory.reset(static_cast<unsigned>(initial.size()), program_.threads());
    for (unsigned i = 0; i < initial.size(); ++i) state.memory.set(i, initial[i]);
    state.record = program_.record();
    for (unsigned i = program_.threads(); i < most_program_threads; ++i) state.threads[i].operation = through;
    return state;
  }

  template <class Visit>
  void expand(const State& state, Visit visit) const {
    if (program_.violated(state.record)) return;
    for (unsigned thread = 0; thread < program_.threads(); ++thread) {
      if (state.threads[thread].operation == through) continue;
      for (unsigned alternative = 0;; ++alternative) {
        State next = state;
        Choice choice(alternative);
        ProgramLabel label{.thread = thread, .operation = state.threads[thread].operation};
        if (step(next, thread, choice, label)) visit(next, label);
        if (!choice.has_another()) break;
      }
    }
    for (unsigned thread = 0; thread < program_.threads(); ++thread) {
      if (!state.memory.can_drain(thread)) continue;
      State next = state;
      next.memory.drain(thread);
      visit(next, ProgramLabel{.thread = thread});
    }
  }

  /// The program's own property, or threads that are not through and can never go on.
  bool violated(const State& state) const {
    if (program_.violated(state.record)) return true;
    bool waiting = false;
    bool over = true;
    for (const ProgramThread& thread : state.threads) {
      waiting |= thread.waiting;
      over &= thread.operation == through;
    }
    if (over) return ends_badly(state);
    if (!waiting) return false;
    bool stuck = true;
    expand(state, [&](const State&, const ProgramLabel&) { stuck = false; });
    return stuck;
  }

 private:
  using ProgramResumption = Resumption<Word, most_program_actions>;

  /// One more action of one thread.
  class Step final : public ModelStep {
   public:
    Step(const ProgramModel& model, State& state, unsigned thread, Choice& choice, ProgramLabel& label)
        : model_(model), state_(state), thread_(thread), choice_(choice), label_(label), resumption_(state.threads[thread].log, false) {}

    Word access(const Access& access) override {
      return resumption_.action([&] {
        const std::memory_order order = model_.weakening_.order(access);
        if (model_.sites_ != nullptr) model_.sites_->add(access);
        label_.access = access;
        label_.order = order;
        return label_.result = perform(access, order);
      });
    }
    bool impossible() const { return impossible_; }
    bool finished() const { return resumption_.finished(); }

   private:
    Word perform(const Access& access, std::memory_order order) {
      Memory& memory = state_.memory;
      ProgramThread& self = state_.threads[thread_];
      switch (access.kind) {
        case AccessKind::load: return memory.load(thread_, access.location, order, choice_);
        case AccessKind::store: return store(access.location, access.operand, order);
        case AccessKind::exchange: return memory.exchange(thread_, access.location, access.operand, order);
        case AccessKind::compare_exchange:
          return memory.compare_exchange(thread_, access.location, access.expected, access.operand, order, access.failure, choice_);
        case AccessKind::add: return memory.exchange(thread_, access.location, memory.latest(thread_, access.location) + access.operand, order);
        case AccessKind::wake_up:
        case AccessKind::lock:
          impossible_ = self.waiting || memory.latest(thread_, access.location) != 0;
          return memory.exchange(thread_, access.location, 1, order);
        case AccessKind::wait: self.waiting = true; [[fallthrough]];
        case AccessKind::unlock: memory.exchange(thread_, access.location, 0, order); return 0;
        case AccessKind::notify_all:
          for (ProgramThread& thread : state_.threads) thread.waiting = false;
          return 0;
      }
      return 0;
    }
    Word store(unsigned location, Word value, std::memory_order order) {
      if (state_.memory.can_store(thread_)) {
        state_.memory.store(thread_, location, value, order);
      } else {
        impossible_ = true;
      }
      return 0;
    }

    const ProgramModel& model_;
    State& state_;
    const unsigned thread_;
    Choice& choice_;
    ProgramLabel& label_;
    ProgramResumption resumption_;
    bool impossible_ = false;
  };

  /// On what is left in the end.
  class FinalStep final : public ModelStep {
   public:
    explicit FinalStep(std::vector<Word> values) : values_(std::move(values)) {}
    Word access(const Access& access) override {
      Word& value = values_[access.location];
      switch (access.kind) {
        case AccessKind::store:
        case AccessKind::exchange: return std::exchange(value, access.operand);
        case AccessKind::compare_exchange: return value == access.expected ? std::exchange(value, access.operand) : value;
        case AccessKind::add: return std::exchange(value, value + access.operand);
        default: return value;
      }
    }

   private:
    std::vector<Word> values_;
  };

  bool step(State& state, unsigned thread, Choice& choice, ProgramLabel& label) const {
    Step step(*this, state, thread, choice, label);
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
    if (self.operation == through) state.memory.retire(thread);
    return true;
  }

  bool ends_badly(const State& state) const {
    std::vector<Word> values;
    for (unsigned i = 0; i < program_.locations().size(); ++i) values.push_back(state.memory.newest(i));
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
