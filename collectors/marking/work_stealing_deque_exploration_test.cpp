// The deque's own source under a model of release/acquire: every execution of small programs, and
// every order that it states weakened.
#include <memory>
#include <string>
#include <vector>

#include "collectors/marking/work_stealing_deque.hpp"
#include "core/exploration/order_search.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour::exploration {
namespace {

using Item = std::uint32_t;
constexpr unsigned most_items = 12;

/// What a thread does next. `count`: items to push, or most to take.
struct DequeOperation {
  enum class Kind : std::uint8_t { push, take, steal } kind;
  unsigned count = 1;
};
constexpr DequeOperation push(unsigned count) { return {DequeOperation::Kind::push, count}; }
constexpr DequeOperation take(unsigned most) { return {DequeOperation::Kind::take, most}; }
constexpr DequeOperation steal() { return {DequeOperation::Kind::steal}; }

enum class Fault : std::uint8_t { none, invented, twice, lost };

struct DequeRecord {
  Item next_item = 1;       ///< the owner's: items below it have been pushed
  std::uint32_t taken = 0;  ///< bit per item
  Fault fault = Fault::none;

  void take(Item item) {
    if (item == 0 || item >= next_item) {
      fault = Fault::invented;
    } else if ((taken >> item & 1) != 0) {
      fault = Fault::twice;
    } else {
      taken |= Item{1} << item;
    }
  }

  template <class Archive>
  void transfer(Archive& archive) {
    auto packed = next_item | static_cast<std::uint32_t>(fault) << 4 | taken << 8;
    archive(packed);
    next_item = packed & 15;
    fault = static_cast<Fault>(packed >> 4 & 3);
    taken = packed >> 8;
  }
};

/// Thread 0 owns a deque, the others steal.
class DequeProgram {
 public:
  using Record = DequeRecord;
  using Deque = WorkStealingDeque<Item, ModelAtomic>;
  using Scripts = std::vector<std::vector<DequeOperation>>;
  struct Bounds {
    unsigned capacity = 2;
    Word late_values = 6;  ///< all indices and items
  };

  DequeProgram(std::string name, Bounds bounds, Scripts scripts)
      : name_(std::move(name)), bounds_(bounds), scripts_(std::move(scripts)) {
    const ModelLocations::Scope scope(locations_);
    deque_ = std::make_unique<Deque>(bounds.capacity);
  }

  const std::string& name() const { return name_; }
  unsigned threads() const { return static_cast<unsigned>(scripts_.size()); }
  const std::vector<Word>& locations() const { return locations_.initial(); }
  Record record() const { return {}; }
  Word late_values() const { return bounds_.late_values; }
  bool violated(const Record& record) const { return record.fault != Fault::none; }

  unsigned run(unsigned thread, unsigned operation, Record& record) const {
    const DequeOperation& next = scripts_[thread][operation];
    std::array<Item, most_items> items{};
    switch (next.kind) {
      case DequeOperation::Kind::push:
        for (unsigned i = 0; i < next.count; ++i) items[i] = record.next_item + i;
        record.next_item += static_cast<Item>(deque_->push(items.data(), next.count));
        break;
      case DequeOperation::Kind::take:
        for (std::size_t n = deque_->take(items.data(), next.count); n > 0; --n)
          record.take(items[n - 1]);
        break;
      case DequeOperation::Kind::steal:
        if (deque_->steal(items[0]) == Deque::Stolen::item) record.take(items[0]);
        break;
    }
    return operation + 1 < scripts_[thread].size() ? operation + 1 : through;
  }

  /// What is left and what was taken is what was pushed.
  void finish(Record& record) const {
    for (Item item = 0; record.fault == Fault::none && deque_->steal(item) == Deque::Stolen::item;)
      record.take(item);
    const std::uint32_t pushed = (Item{1} << record.next_item) - 2;
    if (record.fault == Fault::none && record.taken != pushed) record.fault = Fault::lost;
  }

 private:
  const std::string name_;
  const Bounds bounds_;
  const Scripts scripts_;
  ModelLocations locations_;
  std::unique_ptr<Deque> deque_;
};

/// The small ones first: most counterexamples are there.
const std::vector<DequeProgram>& programs() {
  static const auto all = [] {
    std::vector<DequeProgram> list;
    list.emplace_back("last item", DequeProgram::Bounds{},
                      DequeProgram::Scripts{{push(1), take(1)}, {steal()}});
    list.emplace_back("cells again", DequeProgram::Bounds{},
                      DequeProgram::Scripts{{push(2), push(2), take(1)}, {steal(), steal()}});
    list.emplace_back("two thieves", DequeProgram::Bounds{},
                      DequeProgram::Scripts{{push(2), take(1), take(1)}, {steal()}, {steal()}});
    list.emplace_back(
        "half", DequeProgram::Bounds{.capacity = 4},
        DequeProgram::Scripts{{push(2), push(1), take(2)}, {steal(), steal(), steal()}});
    // Large: no late loads.
    list.emplace_back(
        "push after take", DequeProgram::Bounds{.late_values = 0},
        DequeProgram::Scripts{{push(2), take(1), take(1), push(1), take(1)}, {steal()}, {steal()}});
    list.emplace_back(
        "half, two thieves", DequeProgram::Bounds{.capacity = 4, .late_values = 0},
        DequeProgram::Scripts{{push(3), take(2), take(1)}, {steal(), steal()}, {steal()}});
    return list;
  }();
  return all;
}

TEST_CASE(
    "The deque loses no item and gives none twice; with any order that it states weakened it does",
    "[deque][exploration]") {
  CHECK(order_complaints(programs()) == std::vector<std::string>{});
}

}  // namespace
}  // namespace tricolour::exploration
