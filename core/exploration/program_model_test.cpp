// The model of memory by the classic small programs: what each order forbids, and no more.
#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/exploration/order_search.hpp"
#include "core/exploration/sequential_memory.hpp"
#include "core/exploration/store_buffer_memory.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour::exploration {
namespace {

using enum std::memory_order;

/// What each thread's loads read.
struct Readings {
  std::array<std::array<std::uint8_t, 2>, most_program_threads> read{};
  bool reached = false;

  template <class Archive>
  void transfer(Archive& archive) {
    for (auto& thread : read) {
      for (std::uint8_t& value : thread) archive(value);
    }
    archive(reached);
  }
};

/// Two locations, an operation for each thread. "Violated": these were the readings.
class Litmus {
 public:
  using Record = Readings;
  using Atomic = ModelAtomic<std::uint32_t>;
  using Reading = std::array<std::uint8_t, 2>;
  using Thread = std::function<Reading(Atomic& x, Atomic& y)>;

  Litmus(std::vector<Thread> code, std::vector<Reading> readings, Word late_values = 0)
      : code_(std::move(code)), readings_(std::move(readings)), late_values_(late_values) {
    const ModelLocations::Scope scope(locations_);
    x_ = std::make_unique<Atomic>(0);
    y_ = std::make_unique<Atomic>(0);
  }

  unsigned threads() const { return static_cast<unsigned>(code_.size()); }
  const std::vector<Word>& locations() const { return locations_.initial(); }
  Record record() const { return {}; }
  Word late_values() const { return late_values_; }
  unsigned run(unsigned thread, unsigned, Record& record) const {
    record.read[thread] = code_[thread](*x_, *y_);
    return through;
  }
  void finish(Record& record) const {
    record.reached = std::ranges::equal(readings_, std::span(record.read).first(readings_.size()));
  }
  bool violated(const Record& record) const { return record.reached; }

  template <template <class, unsigned, unsigned> class MemoryOf = ReleaseAcquireMemory>
  bool is_possible() const {
    return search_program<MemoryOf>(*this).violated;
  }

 private:
  const std::vector<Thread> code_;
  const std::vector<Reading> readings_;
  const Word late_values_;
  ModelLocations locations_;
  std::unique_ptr<Atomic> x_, y_;
};

using Atomic = Litmus::Atomic;
using Reading = Litmus::Reading;
std::uint8_t get(const Atomic& atomic, std::memory_order order) {
  return static_cast<std::uint8_t>(atomic.load(order));
}

bool message_passing(std::memory_order store, std::memory_order load) {
  return Litmus({[=](Atomic& x, Atomic& y) {
                   return x.store(1, relaxed), y.store(1, store), Reading{};
                 },
                 [=](Atomic& x, Atomic& y) {
                   const std::uint8_t seen = get(y, load);
                   return Reading{seen, get(x, relaxed)};
                 }},
                {{0, 0}, {1, 0}})
      .is_possible();
}

template <template <class, unsigned, unsigned> class MemoryOf = ReleaseAcquireMemory>
bool store_buffering(std::memory_order store, std::memory_order load) {
  return Litmus({[=](Atomic& x, Atomic& y) { return x.store(1, store), Reading{get(y, load)}; },
                 [=](Atomic& x, Atomic& y) { return y.store(1, store), Reading{get(x, load)}; }},
                {{0, 0}, {0, 0}})
      .template is_possible<MemoryOf>();
}

bool load_buffering(std::memory_order load, std::memory_order store) {
  return Litmus({[=](Atomic& x, Atomic& y) {
                   const std::uint8_t seen = get(x, relaxed);
                   return y.store(1, store), Reading{seen};
                 },
                 [=](Atomic& x, Atomic& y) {
                   const std::uint8_t seen = get(y, load);
                   return x.store(1, relaxed), Reading{seen};
                 }},
                {{1, 0}, {1, 0}}, 2)
      .is_possible();
}

/// A seq_cst store of x, then a seq_cst load of y that reads 0. Who sees y's 1, which a third
/// stores relaxed, looks for x's.
bool order_through_a_load(std::memory_order first) {
  return Litmus(
             {[=](Atomic& x, Atomic& y) { return x.store(1, seq_cst), Reading{get(y, seq_cst)}; },
              [=](Atomic&, Atomic& y) { return y.store(1, relaxed), Reading{}; },
              [=](Atomic& x, Atomic& y) {
                const std::uint8_t seen = get(y, first);
                return Reading{seen, get(x, seq_cst)};
              }},
             {{0, 0}, {0, 0}, {1, 0}})
      .is_possible();
}

/// The message passes through a third thread's exchange.
bool through_an_exchange(std::memory_order exchange) {
  return Litmus({[=](Atomic& x, Atomic& y) {
                   return x.store(1, relaxed), y.store(1, release), Reading{};
                 },
                 [=](Atomic&, Atomic& y) {
                   return Reading{static_cast<std::uint8_t>(y.fetch_add(1, exchange))};
                 },
                 [=](Atomic& x, Atomic& y) {
                   const std::uint8_t seen = get(y, acquire);
                   return Reading{seen, get(x, relaxed)};
                 }},
                {{0, 0}, {1, 0}, {2, 0}})
      .is_possible();
}

TEST_CASE("Message passing needs a release and an acquire", "[exploration]") {
  CHECK_FALSE(message_passing(release, acquire));
  CHECK_FALSE(message_passing(seq_cst, seq_cst));
  CHECK(message_passing(relaxed, acquire));
  CHECK(message_passing(release, relaxed));
}

TEST_CASE("Store buffering is forbidden by seq_cst alone, on both sides", "[exploration]") {
  CHECK_FALSE(store_buffering(seq_cst, seq_cst));
  CHECK(store_buffering(release, acquire));
  CHECK(store_buffering(seq_cst, acquire));
  CHECK(store_buffering(release, seq_cst));
}

TEST_CASE("A store buffer holds a store back, even when its thread is through; not if seq_cst",
          "[exploration]") {
  CHECK(store_buffering<StoreBufferMemory>(release, seq_cst));
  CHECK_FALSE(store_buffering<StoreBufferMemory>(seq_cst, relaxed));
  CHECK_FALSE(store_buffering<SequentialMemory>(relaxed, relaxed));
}

TEST_CASE("A relaxed load reads late unless its thread then releases to the one that stores",
          "[exploration]") {
  CHECK(load_buffering(relaxed, relaxed));
  CHECK(load_buffering(acquire, relaxed));
  CHECK(load_buffering(relaxed, release));
  CHECK_FALSE(load_buffering(acquire, release));
}

TEST_CASE(
    "The order of seq_cst goes through what seq_cst loads read, whatever stored it, and through no "
    "other loads",
    "[exploration]") {
  CHECK_FALSE(order_through_a_load(seq_cst));
  CHECK(order_through_a_load(acquire));
  CHECK(order_through_a_load(relaxed));
}

TEST_CASE("An exchange of any order continues a release sequence", "[exploration]") {
  CHECK_FALSE(through_an_exchange(relaxed));
}

}  // namespace
}  // namespace tricolour::exploration
