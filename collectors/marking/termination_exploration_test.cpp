// Termination and parking, their own source, under a model of release/acquire: every execution of
// one run, and every order stated weakened.
//
// The threads do what the stealing marker's leader and helpers do (lead, finished_or_resumed,
// help), a loop's turn an operation; where those spin, these look once. Work is a number of items
// that any thread may take; a thread that finishes one may put another there and go idle without
// looking.
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "collectors/marking/parking.hpp"
#include "collectors/marking/termination.hpp"
#include "core/exploration/order_search.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour::exploration {
namespace {

enum class Fault : std::uint8_t { none, early, stale_parameters, unseen_marks };

struct RunRecord {
  std::uint8_t unfinished = 0;  ///< items available or in a thread's hands
  std::array<std::uint8_t, most_program_threads>
      to_put{};  ///< that each thread may still put there
  std::array<bool, most_program_threads> has_marked{};
  Fault fault = Fault::none;

  template <class Archive>
  void transfer(Archive& archive) {
    archive(unfinished);
    for (std::uint8_t& items : to_put) archive(items);
    for (bool& marked : has_marked) archive(marked);
    auto number = static_cast<std::uint8_t>(fault);
    archive(number);
    fault = static_cast<Fault>(number);
  }
};

/// Thread 0 leads, the others help.
class TerminationProgram {
 public:
  using Record = RunRecord;
  struct Bounds {
    unsigned threads = 2;
    unsigned items = 1;                                       ///< at first
    std::array<std::uint8_t, most_program_threads> to_put{};  ///< by each thread
    Word late_values = 0;
    bool helpers_stay = true;  ///< false: each tries to join once
    bool wakes = true;         ///< the thread that is the last to go idle
  };

  TerminationProgram(std::string name, Bounds bounds) : name_(std::move(name)), bounds_(bounds) {
    const ModelLocations::Scope scope(locations_);
    shared_ = std::make_unique<Shared>();
  }

  const std::string& name() const { return name_; }
  unsigned threads() const { return bounds_.threads; }
  const std::vector<Word>& locations() const { return locations_.initial(); }
  Record record() const { return {.to_put = bounds_.to_put}; }
  Word late_values() const { return bounds_.late_values; }
  bool violated(const Record& record) const { return record.fault != Fault::none; }
  void finish(Record&) const {}

  unsigned run(unsigned thread, unsigned operation, Record& record) const {
    const auto next = static_cast<Operation>(operation);
    switch (next) {
      case Operation::begin:
        if (thread == 0) return open(record);
        return number(bounds_.helpers_stay ? Operation::sleep : Operation::resume);
      case Operation::take:
        return take();
      case Operation::mark:
        return mark(thread, record);
      default:
        return thread == 0 ? lead(next, record) : help(next, record);
    }
  }

 private:
  enum class Operation : std::uint8_t {
    begin,
    take,
    mark,
    go_idle,
    finish,
    look,
    sleep,
    finish_again,
    resume,
    join,
    read_marks,
    stop
  };

  struct Shared {
    Termination<ModelAtomic> termination;
    Parking<ModelAtomic, ModelMutex, ModelConditionVariable> parking;
    ModelAtomic<std::uint32_t> parameter{0};  ///< of the run; published by `open`
    ModelAtomic<std::uint32_t> available{0};  ///< items
    ModelAtomic<std::uint32_t> stopping{0};
    std::array<ModelAtomic<std::uint32_t>, most_program_threads> marks{};
  };

  static unsigned number(Operation operation) { return static_cast<unsigned>(operation); }
  bool work_in_sight() const { return shared_->available.load(std::memory_order_relaxed) != 0; }

  unsigned open(Record& record) const {
    shared_->parameter.store(1, std::memory_order_relaxed);
    shared_->available.store(bounds_.items, std::memory_order_relaxed);
    shared_->termination.open();
    record.unfinished = static_cast<std::uint8_t>(bounds_.items);
    return number(Operation::take);
  }

  unsigned take() const {
    std::uint32_t seen = shared_->available.load(std::memory_order_relaxed);
    if (seen == 0) return number(Operation::go_idle);
    const bool took = shared_->available.compare_exchange_strong(
        seen, seen - 1, std::memory_order_relaxed, std::memory_order_relaxed);
    return number(took ? Operation::mark : Operation::take);
  }

  unsigned mark(unsigned thread, Record& record) const {
    const bool puts = record.to_put[thread] != 0;
    shared_->marks[thread].store(1, std::memory_order_relaxed);
    if (puts) shared_->available.fetch_add(1, std::memory_order_relaxed);
    record.has_marked[thread] = true;
    record.to_put[thread] = static_cast<std::uint8_t>(record.to_put[thread] - puts);
    record.unfinished = static_cast<std::uint8_t>(record.unfinished - !puts);
    return number(puts ? Operation::go_idle : Operation::take);
  }

  bool try_finish(Record& record) const {
    if (!shared_->termination.try_finish([&] { return !work_in_sight(); })) return false;
    if (record.unfinished != 0) record.fault = Fault::early;
    return true;
  }

  unsigned lead(Operation operation, Record& record) const {
    const auto ready = [&] { return shared_->termination.busy() == 0 || work_in_sight(); };
    switch (operation) {
      case Operation::go_idle:
        shared_->termination.announce_idle();
        return number(Operation::finish);
      case Operation::finish:
        return number(try_finish(record) ? Operation::read_marks : Operation::look);
      case Operation::look:
        return number(ready() ? Operation::finish_again : Operation::sleep);
      case Operation::sleep:
        shared_->parking.sleep_unless(ready);
        return number(Operation::finish);
      case Operation::finish_again:
        return number(try_finish(record) ? Operation::read_marks : Operation::resume);
      case Operation::resume:
        return number(shared_->termination.try_resume() ? Operation::take : Operation::read_marks);
      case Operation::read_marks:
        for (unsigned i = 1; i < bounds_.threads; ++i) {
          const bool seen = shared_->marks[i].load(std::memory_order_relaxed) != 0;
          if (record.has_marked[i] && !seen) record.fault = Fault::unseen_marks;
        }
        return number(Operation::stop);
      default:
        shared_->stopping.store(1, std::memory_order_relaxed);
        shared_->parking.wake();
        return through;
    }
  }

  unsigned help(Operation operation, Record& record) const {
    const auto stopping = [&] { return shared_->stopping.load(std::memory_order_relaxed) != 0; };
    const auto ready = [&] {
      return stopping() || (shared_->termination.is_open() && work_in_sight());
    };
    switch (operation) {
      case Operation::sleep:
        shared_->parking.sleep_unless(ready);
        return number(Operation::look);
      case Operation::look:
        return number(ready() ? Operation::resume : Operation::sleep);
      case Operation::resume:
        if (bounds_.helpers_stay && stopping()) return through;
        if (shared_->termination.try_resume()) return number(Operation::join);
        return bounds_.helpers_stay ? number(Operation::look) : through;
      case Operation::join:
        if (shared_->parameter.load(std::memory_order_relaxed) != 1)
          record.fault = Fault::stale_parameters;
        return number(Operation::take);
      default:
        if (shared_->termination.announce_idle() && bounds_.wakes) shared_->parking.wake();
        return bounds_.helpers_stay ? number(Operation::look) : through;
    }
  }

  const std::string name_;
  const Bounds bounds_;
  ModelLocations locations_;
  std::unique_ptr<Shared> shared_;
};

using Bounds = TerminationProgram::Bounds;

const std::vector<TerminationProgram>& programs() {
  static const auto all = [] {
    std::vector<TerminationProgram> list;
    list.emplace_back("one item", Bounds{.late_values = 3});
    list.emplace_back("left behind", Bounds{.to_put = {0, 1, 0}});
    list.emplace_back("two helpers",
                      Bounds{.threads = 3, .to_put = {0, 1, 0}, .helpers_stay = false});
    return list;
  }();
  return all;
}

TEST_CASE(
    "A run ends, and not early; with any order that termination states weakened it goes wrong",
    "[termination][exploration]") {
  CHECK(order_complaints(programs()) == std::vector<std::string>{});
}

TEST_CASE("A leader that no thread wakes is seen to wait for ever", "[termination][exploration]") {
  CHECK(search_program(TerminationProgram("no wake-up", Bounds{.wakes = false})).violated);
}

}  // namespace
}  // namespace tricolour::exploration
