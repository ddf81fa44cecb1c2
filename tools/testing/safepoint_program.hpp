// The safepoint protocol's own source as a program that is explored: a thread that holds the world,
// and one or two mutators.
//
// A mutator mutates, makes a transition (a poll, or a blocked region), and so on; then it ends. It
// may be born late. The other thread stops the world, or asks for a handshake, again and again. In
// each mutation a mutator writes its roots, and reads what was last changed for it; a thread that
// acts for a mutator reads its roots and changes something. A loop's turn is an operation: a wait
// looks once where the heap spins, and sleeps once.
//
// Ownership: constant while a search runs; what it finds out is in the record.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/exploration/order_search.hpp"
#include "core/mutator/safepoint_protocol.hpp"

namespace tricolour::exploration {

struct ModelParking {
  using Lock = ModelMutex;
  using Held = std::unique_lock<ModelMutex>;
  using Condition = ModelConditionVariable;
};
using State = BasicSafepointState<ModelAtomic, std::uint32_t>;
using SafepointsInModel = SafepointProtocol<State, ModelParking>;

constexpr unsigned most_mutators_here = 2;

enum class Wrong : std::uint8_t { none, both_act, unseen_roots, unseen_change, undone, misuse };

struct SafepointRecord {
  std::array<std::uint8_t, most_mutators_here> wrote{};    ///< to its roots
  std::array<std::uint8_t, most_mutators_here> changed{};  ///< for it
  std::array<bool, most_mutators_here> runs{};             ///< it mutates
  std::array<bool, most_mutators_here> held{};             ///< another thread acts for it
  std::array<bool, most_mutators_here> takes_part{};       ///< in the meeting under way
  std::uint8_t phase = 0;                                  ///< what those born later copy
  Wrong wrong = Wrong::none;

  template <class Archive>
  void transfer(Archive& archive) {
    for (std::uint8_t& value : wrote) archive(value);
    for (std::uint8_t& value : changed) archive(value);
    for (bool& flag : runs) archive(flag);
    for (bool& flag : held) archive(flag);
    for (bool& flag : takes_part) archive(flag);
    archive(phase);
    auto number = static_cast<std::uint8_t>(wrong);
    archive(number);
    wrong = static_cast<Wrong>(number);
  }
};

enum class Transition : std::uint8_t { poll, block };
enum class Meeting : std::uint8_t { stop, handshake };
/// What a thread does otherwise than the protocol has it.
enum class Seeded : std::uint8_t {
  nothing,
  acts_before_arrival,
  poll_before_work,
  poll_left_on,
  claimed_is_resumed,
  claim_released_early,
  blocked_is_not_claimed,
  left_without_exchange,
  reported_before_work,
  arrival_not_told,
  born_unlocked,
};

struct Script {
  std::vector<std::vector<Transition>> mutators;
  std::vector<Meeting> meetings;
  bool second_is_born = false;  ///< else it is there from the start
  Seeded seeded = Seeded::nothing;
};

class SafepointProgram {
 public:
  using Record = SafepointRecord;

  SafepointProgram(std::string name, Script script)
      : name_(std::move(name)), script_(std::move(script)) {
    const ModelLocations::Scope scope(locations_);
    shared_ = std::make_unique<Shared>();
    if (script_.mutators.size() < most_mutators_here || script_.second_is_born) {
      locations_.set(shared_->registered[1].location(), 0);
    }
  }

  const std::string& name() const { return name_; }
  unsigned threads() const { return 1 + static_cast<unsigned>(script_.mutators.size()); }
  const std::vector<Word>& locations() const { return locations_.initial(); }
  Record record() const {
    Record record;
    record.runs[0] = true;
    record.runs[1] = !script_.second_is_born && script_.mutators.size() > 1;
    return record;
  }
  Word late_values() const { return 0; }
  bool violated(const Record& record) const { return record.wrong != Wrong::none; }
  void finish(Record&) const {}

  unsigned run(unsigned thread, unsigned operation, Record& record) const {
    return thread == 0 ? hold_the_world(operation, record) : mutate(thread - 1, operation, record);
  }

 private:
  /// A relaxed word, which only the protocol makes visible.
  class Plain : public ModelAtomic<std::uint32_t> {
   public:
    explicit Plain(std::uint32_t initial = 0)
        : ModelAtomic(initial), location_(ModelLocations::current().initial().size() - 1) {}
    std::uint32_t get() const { return load(std::memory_order_relaxed); }
    void set(std::uint32_t value) { store(value, std::memory_order_relaxed); }
    unsigned location() const { return static_cast<unsigned>(location_); }

   private:
    const std::size_t location_;
  };
  struct Shared {
    SafepointsInModel protocol;
    std::array<State, most_mutators_here> states;
    ModelMutex registry_lock;
    std::array<Plain, most_mutators_here> registered{Plain(1), Plain(1)};
    std::array<Plain, most_mutators_here> roots;
    std::array<Plain, most_mutators_here> changed;
    Plain phase;
  };
  /// Looks once, and sleeps once: the operation is made again where that was not enough.
  struct OneTurn {
    bool over = false;
    template <class Ready>
    bool spin(Ready ready) {
      return over = ready();
    }
    template <class Condition, class Held, class Ready>
    void sleep(Condition& condition, Held& held, Ready ready) {
      if ((over = ready())) return;
      condition.wait(held);
    }
  };

  static void blame(Record& record, Wrong wrong) {
    if (record.wrong == Wrong::none) record.wrong = wrong;
  }
  bool is(Seeded seeded) const { return script_.seeded == seeded; }

  // --- a mutator --------------------------------------------------------------------------------

  enum MutatorOperation : unsigned {
    mutation,
    transition,
    work,
    reports,
    stands,
    leaves,
    waits,
    late_work,
    operations_of_mutator
  };
  static constexpr unsigned birth = 240, farewell = 241;

  unsigned mutate(unsigned m, unsigned operation, Record& record) const {
    if (operation == 0 && m == 1 && script_.second_is_born && !record.runs[1] &&
        record.wrote[1] == 0)
      return be_born(m, record);
    if (operation == farewell) return leave_for_good(m);
    const unsigned turn = operation / operations_of_mutator;
    const unsigned turns = static_cast<unsigned>(script_.mutators[m].size());
    State& self = shared_->states[m];
    SafepointsInModel& protocol = shared_->protocol;
    const auto at = [&](unsigned what) { return turn * operations_of_mutator + what; };
    const auto go_on = [&] {
      record.runs[m] = true;
      return (turn + 1) * operations_of_mutator + mutation;
    };
    switch (operation % operations_of_mutator) {
      case mutation: {
        const std::uint32_t seen = shared_->changed[m].get();
        shared_->roots[m].set(turn + 1);
        if (record.held[m]) blame(record, Wrong::both_act);
        if (seen != record.changed[m]) blame(record, Wrong::unseen_change);
        record.wrote[m] = static_cast<std::uint8_t>(turn + 1);
        record.runs[m] = false;
        return at(transition);
      }
      case transition:
        if (turn == turns) {
          block_self(self);
          return farewell;
        }
        if (script_.mutators[m][turn] == Transition::block) {
          block_self(self);
          return at(leaves);
        }
        if (!self.poll.load(std::memory_order_relaxed)) return go_on();
        if (protocol.asked(self) != 0) return at(is(Seeded::reported_before_work) ? reports : work);
        if (!protocol.report_stopped(self)) return go_on();
        return at(stands);
      case work:
        act_for(m, self.handshake.load(std::memory_order_relaxed), record);
        return at(reports);
      case reports:
        protocol.report_handshake(self);
        return is(Seeded::reported_before_work) ? at(late_work) : go_on();
      case late_work:
        act_for(m, 1, record);
        return go_on();
      case stands: {
        OneTurn turn_of_wait;
        protocol.await_resumption(self, turn_of_wait);
        return turn_of_wait.over ? go_on() : at(stands);
      }
      case leaves:
        if (is(Seeded::left_without_exchange)) {
          self.status.store(MutatorStatus::running, std::memory_order_release);
          return go_on();
        }
        switch (protocol.try_leave_blocked(self)) {
          case MutatorStatus::blocked:
            return go_on();
          case MutatorStatus::claimed:
            return at(waits);
          default:
            blame(record, Wrong::misuse);
            return through;
        }
      default: {
        OneTurn turn_of_wait;
        protocol.await_release(self, turn_of_wait);
        return at(turn_of_wait.over ? leaves : waits);
      }
    }
  }

  void block_self(State& self) const {
    if (!is(Seeded::arrival_not_told)) return shared_->protocol.enter_blocked(self);
    self.status.store(MutatorStatus::blocked, std::memory_order_release);
  }
  unsigned be_born(unsigned m, Record& record) const {
    if (!is(Seeded::born_unlocked)) shared_->registry_lock.lock();
    const std::uint32_t phase = shared_->phase.get();
    shared_->changed[m].set(phase);
    shared_->registered[m].set(1);
    if (!is(Seeded::born_unlocked)) shared_->registry_lock.unlock();
    if (phase != record.phase) blame(record, Wrong::unseen_change);
    record.changed[m] = static_cast<std::uint8_t>(phase);
    record.runs[m] = true;
    return mutation;
  }
  /// Blocked, as the heap's mutators are while they wait for that lock.
  unsigned leave_for_good(unsigned m) const {
    shared_->registry_lock.lock();
    shared_->registered[m].set(0);
    shared_->registry_lock.unlock();
    return through;
  }

  /// What a stop or a handshake is for: done by the mutator itself, or for it.
  void act_for(unsigned m, std::uint32_t what, Record& record) const {
    const std::uint32_t seen = shared_->roots[m].get();
    shared_->changed[m].set(what);
    if (seen != record.wrote[m]) blame(record, Wrong::unseen_roots);
    if (record.runs[m]) blame(record, Wrong::both_act);
    record.changed[m] = static_cast<std::uint8_t>(what);
  }

  // --- the thread that holds the world ----------------------------------------------------------

  enum HolderOperation : unsigned { asks, arrives, acts, tells, lets_go, ends, kinds_of_holder };

  unsigned hold_the_world(unsigned operation, Record& record) const {
    const unsigned meeting = operation / (kinds_of_holder * most_mutators_here);
    if (meeting == script_.meetings.size()) return through;
    const unsigned rest = operation % (kinds_of_holder * most_mutators_here);
    const unsigned m = rest % most_mutators_here;
    const auto at = [&](HolderOperation what, unsigned mutator) {
      return (meeting * kinds_of_holder + what) * most_mutators_here + mutator;
    };
    const bool stops = script_.meetings[meeting] == Meeting::stop;
    const std::uint32_t number = meeting + 1;
    switch (rest / most_mutators_here) {
      case asks:
        ask(stops, number, record);
        return at(arrives, 0);
      case arrives:
        if (!record.takes_part[m]) return after_arrival(at, stops, m);
        if (!is(Seeded::acts_before_arrival) && !await(stops, m)) return at(arrives, m);
        return arrived(at, stops, m, record);
      case acts: {
        const bool last = m + 1 == most_mutators_here;
        if (stops && last) shared_->phase.set(number);
        if (record.takes_part[m]) act_for(m, number, record);
        if (!stops) {
          record.held[m] = false;
          return at(tells, m);
        }
        if (!last) return at(acts, m + 1);
        record.phase = static_cast<std::uint8_t>(number);
        record.held = {};
        return at(ends, 0);
      }
      case tells:
        shared_->protocol.report_handshake(shared_->states[m]);
        return is(Seeded::claim_released_early) ? after_arrival(at, stops, m) : at(lets_go, m);
      case lets_go:
        shared_->protocol.release_claim(shared_->states[m]);
        return is(Seeded::claim_released_early) ? at(acts, m) : after_arrival(at, stops, m);
      default:
        end_meeting(stops, record);
        return (meeting + 1) * kinds_of_holder * most_mutators_here;
    }
  }

  void ask(bool stops, std::uint32_t number, Record& record) const {
    shared_->registry_lock.lock();
    for (unsigned m = 0; m < most_mutators_here; ++m) {
      record.takes_part[m] = shared_->registered[m].get() != 0;
      if (!record.takes_part[m]) continue;
      State& state = shared_->states[m];
      if (stops) {
        shared_->protocol.request_stop(state);
      } else if (is(Seeded::poll_before_work)) {
        state.poll.store(true, std::memory_order_release);
        state.handshake.store(number, std::memory_order_release);
      } else {
        shared_->protocol.request_handshake(state, number);
      }
    }
  }
  /// False: not yet.
  bool await(bool stops, unsigned m) const {
    State& state = shared_->states[m];
    if (is(Seeded::blocked_is_not_claimed) &&
        SafepointsInModel::status_of(state) == MutatorStatus::blocked)
      return true;
    OneTurn turn;
    if (stops) {
      shared_->protocol.await_stopped(state, turn);
    } else {
      shared_->protocol.await_handshake(state, turn);
    }
    return turn.over;
  }
  template <class At>
  unsigned arrived(At at, bool stops, unsigned m, Record& record) const {
    if (stops) {
      record.held[m] = true;
      return after_arrival(at, stops, m);
    }
    State& state = shared_->states[m];
    if (SafepointsInModel::status_of(state) == MutatorStatus::claimed &&
        !shared_->protocol.handshake_done(state)) {
      record.held[m] = true;
      return at(is(Seeded::claim_released_early) ? lets_go : acts, m);
    }
    const std::uint32_t seen = shared_->changed[m].get();
    if (seen != record.changed[m]) blame(record, Wrong::undone);
    return SafepointsInModel::status_of(state) == MutatorStatus::claimed
               ? at(lets_go, m)
               : after_arrival(at, stops, m);
  }
  template <class At>
  unsigned after_arrival(At at, bool stops, unsigned m) const {
    if (m + 1 < most_mutators_here) return at(arrives, m + 1);
    return stops ? at(acts, 0) : at(ends, 0);
  }
  void end_meeting(bool stops, Record& record) const {
    if (stops) {
      shared_->protocol.resume([&](auto act) {
        for (unsigned m = 0; m < most_mutators_here; ++m) {
          if (!record.takes_part[m]) continue;
          State& state = shared_->states[m];
          if (is(Seeded::claimed_is_resumed)) {
            state.poll.store(false, std::memory_order_relaxed);
            state.status.store(MutatorStatus::running, std::memory_order_release);
          } else if (is(Seeded::poll_left_on)) {
            act(state);
            state.poll.store(true, std::memory_order_relaxed);
          } else {
            act(state);
          }
        }
      });
    }
    shared_->registry_lock.unlock();
  }

  const std::string name_;
  const Script script_;
  ModelLocations locations_;
  std::unique_ptr<Shared> shared_;
};

}  // namespace tricolour::exploration
