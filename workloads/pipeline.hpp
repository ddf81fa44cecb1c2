// Pipeline: producers and consumers that hand objects over through the heap.
//
// Purpose: references that move between mutators. Between two stages stands a ring of slots; a
// message leaves one mutator's root by a compare-exchange into an empty slot, or by an exchange
// with what is in a full one, and enters another's root by an exchange with null. Meanwhile it is
// in no root, and while a mutator works on it in no slot. One operation is one turn: a message is
// taken from a ring, or made, renewed, and put into the next ring; what that ring had no room for
// is carried on to the stage after it.
//
// A turn at stage 0 produces, at the last one consumes. Mutator i works at the stages that leave
// remainder i when divided by the number of mutators, so with two or more of them every message
// changes hands, and mutators beyond the stages share one. What a stage does not find it produces:
// no turn is idle.
//
// Invariant: every message that was made is consumed once, or is in a ring at the end: each mutator
// counts what it makes and consumes, and adds up a hash of the serials. At each stage the message
// is a new object and the body the old one; both carry serial and check word.
//
// Ownership: rings (globals) are shared and change by exchange and compare-exchange only. An
// account is its mutator's until `end`.
//
// Nominal, with default parameters: 48 bytes of message per stage and 112 of body per message; 2
// reference stores for each allocation.
#pragma once

#include "workloads/intact.hpp"
#include "workloads/random.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

struct Pipeline {
  static WorkloadInfo info() {
    return {
        .name = "pipeline",
        .summary = "producers and consumers hand messages over through rings of slots",
        .source = "bounded buffers (Dijkstra 1965); roots that move between threads (Pirinen 1998)",
        .operation = "one turn: a message taken or made, and passed on",
        .parameters = {{.name = "stages",
                        .value = 4,
                        .unit = "rings",
                        .summary = "from producer to consumer",
                        .least = 1,
                        .most = 64},
                       {.name = "ring",
                        .value = 16'384,
                        .unit = "slots",
                        .summary = "of each ring",
                        .least = 16,
                        .most = 1e7,
                        .small = 1000},
                       {.name = "payload",
                        .value = 96,
                        .unit = "bytes",
                        .summary = "of a message's body",
                        .least = 16,
                        .most = 8000}},
        .shared = true};
  }

  /// All rings full.
  static std::size_t live_bytes(const Parameters& parameters) {
    const std::size_t ring = parameters.count("ring");
    return parameters.count("stages") * (Object::size_for(static_cast<std::uint32_t>(ring), 0) +
                                         ring * (Object::size_for(1, sizeof(Message)) +
                                                 Object::size_for(0, parameters.count("payload"))));
  }

  template <Barrier B>
  static void setup(Mutator<B>& m, WorkloadRun& run) {
    const auto stages = static_cast<std::uint32_t>(run.parameters.count("stages"));
    m.make_globals(first_ring + stages);
    Object* const accounts = m.allocate(0, (run.mutators + 1) * sizeof(Account));
    m.store(m.globals(), accounts_global, accounts);
    Stages<B> filler{m, run, run.mutators};
    filler.fill();
    filler.publish_account();
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    Stages<B> stages{m, run, run.mutator};
    run.begin(m);
    while (run.next_operation()) stages.turn();
    stages.publish_account();
    run.end(m);
    if (run.mutator == 0) stages.check();
  }

 private:
  struct Message {
    std::uint64_t serial;
    std::uint64_t stage;
    std::uint64_t check;
  };
  struct Body {
    std::uint64_t serial;
    std::uint64_t check;
  };
  /// How many messages, and the sum of their hashes: equal only for the same messages.
  struct Tally {
    std::uint64_t count;
    std::uint64_t sum;
    void add(std::uint64_t serial) {
      ++count;
      sum += mix(serial);
    }
    void add(const Tally& other) {
      count += other.count;
      sum += other.sum;
    }
    friend bool operator==(const Tally&, const Tally&) = default;
  };
  struct Account {
    Tally made;
    Tally consumed;
  };
  static constexpr std::uint32_t accounts_global = 0;
  static constexpr std::uint32_t first_ring = 1;

  /// One mutator at its stages. `account`: whose account it keeps; the number of mutators for the
  /// one that fills the rings.
  template <Barrier B>
  class Stages {
   public:
    Stages(Mutator<B>& m, WorkloadRun& run, unsigned account)
        : m_(m),
          random_(run.random()),
          stages_(run.parameters.count("stages")),
          ring_slots_(run.parameters.count("ring")),
          payload_bytes_(run.parameters.count("payload")),
          mutators_(run.mutators),
          account_index_(account),
          serials_(std::uint64_t{account} << 48),
          put_at_(stages_),
          take_at_(stages_) {
      for (std::size_t stage = run.mutator % (stages_ + 1); stage <= stages_; stage += mutators_)
        own_stages_.push_back(stage);
      for (std::size_t ring = 0; ring < stages_; ++ring)
        put_at_[ring] = take_at_[ring] = random_.below(ring_slots_);
    }

    /// Makes the rings, each full.
    void fill() {
      for (std::size_t at = 0; at < stages_; ++at) {
        Object* const made = m_.allocate(static_cast<std::uint32_t>(ring_slots_), 0);
        m_.store(m_.globals(), first_ring + at, made);
        for (std::size_t i = 0; i < ring_slots_; ++i, m_.poll()) {
          const Root body{m_, make_body()};
          Object* const message = make_message(body, serials_, at);
          m_.store(ring(at), i, message);
        }
      }
    }

    void turn() {
      m_.poll();
      std::size_t stage = own_stages_[random_.below(own_stages_.size())];
      Root message{m_, stage == 0 ? nullptr : take(stage - 1)};
      if (message.get() == nullptr) {
        message = produce();
        stage = 0;
      } else {
        message = renew(message, stage);
      }
      while (message.get() != nullptr) {
        message = put(stage, message);
        if (message.get() != nullptr) message = renew(message, ++stage);
      }
    }

    void publish_account() {
      m_.load(m_.globals(), accounts_global)->template payload<Account>()[account_index_] =
          account_;
    }

    /// After `end`: no mutator moves anything any more, and the accounts are published.
    void check() {
      Tally made{}, gone_or_there{};
      const Account* const accounts =
          m_.load(m_.globals(), accounts_global)->template payload<Account>();
      for (unsigned i = 0; i <= mutators_; ++i) {
        made.add(accounts[i].made);
        gone_or_there.add(accounts[i].consumed);
      }
      for (std::size_t at = 0; at < stages_; ++at) {
        for (std::size_t i = 0; i < ring_slots_; ++i, m_.poll()) {
          Object* const message = m_.load(ring(at), i);
          if (message != nullptr) gone_or_there.add(check_message(message, at).serial);
        }
      }
      WorkloadRun::check(made == gone_or_there, "pipeline: a message was lost, or consumed twice");
    }

   private:
    /// Slots that are looked at before a ring counts as full, or empty.
    static constexpr unsigned most_looks = 8;

    Object* ring(std::size_t at) { return m_.load(m_.globals(), first_ring + at); }
    static std::size_t next(std::size_t& cursor, std::size_t slots) {
      if (++cursor >= slots) cursor = 0;
      return cursor;
    }

    /// Takes a message that waits in ring `from`; null when none is near.
    Object* take(std::size_t from) {
      Object* const slots = ring(from);
      for (unsigned i = 0; i < most_looks; ++i) {
        const std::size_t at = next(take_at_[from], ring_slots_);
        if (m_.load(slots, at) == nullptr) continue;
        Object* const message = m_.exchange(slots, at, nullptr);
        if (message != nullptr) return message;
      }
      return nullptr;
    }
    /// Puts the message into ring `to`. What had to make room for it, or null.
    Object* put(std::size_t to, const Root& message) {
      Object* const slots = ring(to);
      for (unsigned i = 0; i < most_looks; ++i) {
        if (m_.compare_exchange(slots, next(put_at_[to], ring_slots_), nullptr, message))
          return nullptr;
      }
      return m_.exchange(slots, put_at_[to], message);
    }

    Object* produce() {
      const Root body{m_, make_body()};
      return make_message(body, serials_, 0);
    }
    /// The message as `stage` passes it on; null when it was the last one, which consumes it. A
    /// safepoint.
    Object* renew(const Root& message, std::size_t stage) {
      const std::uint64_t serial = check_message(message, stage - 1).serial;
      if (stage == stages_) {
        account_.consumed.add(serial);
        return nullptr;
      }
      const Root body{m_, m_.load(message, 0)};
      return make_message(body, serial, stage);
    }
    Object* make_body() {
      Object* const body = m_.allocate(0, payload_bytes_);
      *body->template payload<Body>() = {++serials_, ~mix(serials_)};
      account_.made.add(serials_);
      return body;
    }
    Object* make_message(const Root& body, std::uint64_t serial, std::size_t stage) {
      Object* const message = m_.allocate(1, sizeof(Message));
      *message->template payload<Message>() = {serial, stage, mix(serial + stage)};
      m_.store(message, 0, body);
      return message;
    }

    const Message& check_message(Object* message, std::size_t stage) {
      check_header(m_, message, 1, sizeof(Message), "pipeline");
      const Message& data = *message->template payload<Message>();
      WorkloadRun::check(data.stage == stage && data.check == mix(data.serial + stage),
                         "pipeline: a message does not hold what was written to it");
      const Object* const body = m_.load(message, 0);
      check_header(m_, body, 0, payload_bytes_, "pipeline");
      const Body& body_data = *body->template payload<Body>();
      WorkloadRun::check(body_data.serial == data.serial && body_data.check == ~mix(data.serial),
                         "pipeline: a message has another's body");
      return data;
    }

    Mutator<B>& m_;
    SplitMix random_;
    const std::size_t stages_;
    const std::size_t ring_slots_;
    const std::size_t payload_bytes_;
    const unsigned mutators_;
    const unsigned account_index_;
    std::uint64_t serials_;
    std::vector<std::size_t> put_at_;
    std::vector<std::size_t> take_at_;
    std::vector<std::size_t> own_stages_;
    Account account_{};
  };
};

}  // namespace tricolour
