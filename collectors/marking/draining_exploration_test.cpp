// When is nothing left? The counts of published packets and of assists under way, their own source,
// under models of memory.
//
// Thread 0 asks as the marker does (Assists::drained, GreySet::empty), the others assist as
// Assists::assist does with the packets of a GreySet: a stack, of whose packets only the number
// matters, and an open packet under a lock. The item that an assist takes may have a successor,
// which it publishes or pours.
#include <array>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "collectors/marking/assist_count.hpp"
#include "core/cycle/packet_count.hpp"
#include "core/exploration/order_search.hpp"
#include "core/exploration/sequential_memory.hpp"
#include "core/exploration/store_buffer_memory.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour::exploration {
namespace {

struct DrainingRecord {
  std::uint8_t unfinished = 1;  ///< items in the set or in the hands of an assist: only falls
  std::array<std::uint8_t, most_program_threads> held{};
  std::uint8_t successors = 0;  ///< still to come
  bool early = false;

  template <class Archive>
  void transfer(Archive& archive) {
    archive(unfinished);
    for (std::uint8_t& items : held) archive(items);
    archive(successors);
    archive(early);
  }
};

class DrainingProgram {
 public:
  using Record = DrainingRecord;
  struct Bounds {
    unsigned assisting = 1;  ///< threads
    std::uint8_t successors = 1;
    bool publishes = true;  ///< false: pours
    bool begins_open = false;
  };

  DrainingProgram(std::string name, Bounds bounds) : name_(std::move(name)), bounds_(bounds) {
    const ModelLocations::Scope scope(locations_);
    shared_ = std::make_unique<Shared>();
    open_location_ = locations_.add(bounds.begins_open ? 1 : 0);
  }

  const std::string& name() const { return name_; }
  unsigned threads() const { return bounds_.assisting + 1; }
  const std::vector<Word>& locations() const { return locations_.initial(); }
  Record record() const { return {.successors = bounds_.successors}; }
  Word late_values() const { return 0; }
  bool violated(const Record& record) const { return record.early; }
  void finish(Record&) const {}

  unsigned run(unsigned thread, unsigned operation, Record& record) const {
    return thread == 0 ? ask(operation, record) : assist(thread, operation, record);
  }

 private:
  struct Shared {
    AssistCount<ModelAtomic> assists;
    PacketCount<ModelAtomic> published;
    ModelAtomic<std::uint32_t> stack{0};
    ModelMutex open_lock;
  };
  enum Step : unsigned { begin, take, put, leave, steps };
  static constexpr unsigned looks = 2;

  /// As GreySet::empty.
  bool empty() const {
    if (shared_->published.any()) return false;
    const std::scoped_lock lock(shared_->open_lock);
    return open().load() == 0 && shared_->published.none();
  }
  ModelPlain open() const { return ModelPlain(open_location_); }

  unsigned ask(unsigned operation, Record& record) const {
    if (operation == 0 && !bounds_.begins_open) {
      publish();
      return 1;
    }
    if (shared_->assists.none_while([this] { return empty(); })) {
      record.early = record.unfinished != 0;
      return through;
    }
    return operation < looks ? operation + 1 : through;
  }

  /// As GreySet::publish. The stack's own exchanges are Boost's: release and acquire at least.
  void publish() const {
    shared_->published.announce();
    shared_->stack.fetch_add(1, std::memory_order_acq_rel);
  }
  /// As GreySet::take_published.
  bool take_packet() const {
    std::uint32_t seen = shared_->stack.load(std::memory_order_acquire);
    if (seen != 0 && shared_->stack.compare_exchange_strong(
                         seen, seen - 1, std::memory_order_acq_rel, std::memory_order_acquire)) {
      shared_->published.withdraw();
      return true;
    }
    const std::scoped_lock lock(shared_->open_lock);
    if (open().load() == 0) return false;
    open().store(0);
    return true;
  }

  unsigned assist(unsigned thread, unsigned operation, Record& record) const {
    const unsigned round = operation / steps * steps;
    switch (operation % steps) {
      case begin:
        shared_->assists.enter();
        break;
      case take:
        record.held[thread] = take_packet() ? 1 : 0;
        if (record.held[thread] == 0) return round + leave;
        break;
      case put:
        if (record.successors == 0) return round + leave;
        give_successor();
        --record.successors;
        record.held[thread] = 0;
        break;
      case leave:
        shared_->assists.leave();
        record.unfinished =
            static_cast<std::uint8_t>(record.unfinished - std::exchange(record.held[thread], 0));
        if (round != 0) return through;
        break;
    }
    return operation + 1;
  }
  void give_successor() const {
    if (bounds_.publishes) return publish();
    const std::scoped_lock lock(shared_->open_lock);
    open().store(1);
  }

  const std::string name_;
  const Bounds bounds_;
  ModelLocations locations_;
  std::unique_ptr<Shared> shared_;
  unsigned open_location_ = 0;
};

using Bounds = DrainingProgram::Bounds;

const std::vector<DrainingProgram>& programs() {
  static const auto all = [] {
    std::vector<DrainingProgram> list;
    list.emplace_back("no successor", Bounds{.successors = 0});
    list.emplace_back("published", Bounds{});
    list.emplace_back("poured", Bounds{.publishes = false});
    list.emplace_back("from the open packet", Bounds{.begins_open = true});
    list.emplace_back("open to open", Bounds{.publishes = false, .begins_open = true});
    return list;
  }();
  return all;
}
/// Large under release/acquire: no order needs it.
const std::vector<DrainingProgram>& deeper_programs() {
  static const auto all = [] {
    std::vector<DrainingProgram> list;
    list.emplace_back("two assist", Bounds{.assisting = 2});
    return list;
  }();
  return all;
}

template <template <class, unsigned, unsigned> class MemoryOf>
void check_nothing_early(const std::vector<DrainingProgram>& programs) {
  for (const DrainingProgram& program : programs) {
    const Coverage coverage = search_program<MemoryOf>(program);
    INFO(program.name() << "\n" << steps_of<MemoryOf>(program, {}, coverage));
    CHECK_FALSE(coverage.violated);
    CHECK((coverage.exhausted || searches_are_cut_short));
    std::printf("%-4s %-24s %9llu states\n", MemoryOf<Word, 1, 1>::name, program.name().c_str(),
                static_cast<unsigned long long>(coverage.states));
  }
}

}  // namespace

TEST_CASE("a marker is not told early that nothing is left: sc, tso", "[marking][exploration]") {
  check_nothing_early<SequentialMemory>(programs());
  check_nothing_early<SequentialMemory>(deeper_programs());
  check_nothing_early<StoreBufferMemory>(programs());
  check_nothing_early<StoreBufferMemory>(deeper_programs());
}

TEST_CASE("a marker is not told early that nothing is left: ra; with any order weakened it is",
          "[marking][exploration]") {
  check_nothing_early<ReleaseAcquireMemory>(programs());
  CHECK(order_complaints(programs()) == std::vector<std::string>{});
}

TEST_CASE("a marker is not told early that nothing is left, deeper", "[.][deep]") {
  check_nothing_early<ReleaseAcquireMemory>(deeper_programs());
}

}  // namespace tricolour::exploration
