// The deque's own source under three models of memory: every schedule of small programs, and every order that it states weakened.
#include <iostream>

#include "collectors/marking/work_stealing_deque.hpp"
#include "core/exploration/order_search.hpp"
#include "tools/catch.hpp"

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

/// Thread 0 owns a deque of two cells, the others steal.
template <class Deque>
class DequeProgram {
 public:
  using Record = DequeRecord;
  using Script = std::vector<DequeOperation>;

  DequeProgram(std::string name, std::vector<Script> scripts) : name_(std::move(name)), scripts_(std::move(scripts)) {
    const ModelLocations::Scope scope(locations_);
    deque_ = std::make_unique<Deque>(2);
  }

  const std::string& name() const { return name_; }
  unsigned threads() const { return static_cast<unsigned>(scripts_.size()); }
  const std::vector<Word>& locations() const { return locations_.initial(); }
  Record record() const { return {}; }
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
        for (std::size_t n = deque_->take(items.data(), next.count); n > 0; --n) record.take(items[n - 1]);
        break;
      case DequeOperation::Kind::steal:
        if (deque_->steal(items[0]) == Deque::Stolen::item) record.take(items[0]);
        break;
    }
    return operation + 1 < scripts_[thread].size() ? operation + 1 : through;
  }

  /// What is left and what was taken is what was pushed.
  void finish(Record& record) const {
    for (Item item = 0; record.fault == Fault::none && deque_->steal(item) == Deque::Stolen::item;) record.take(item);
    const std::uint32_t pushed = (Item{1} << record.next_item) - 2;
    if (record.fault == Fault::none && record.taken != pushed) record.fault = Fault::lost;
  }

 private:
  const std::string name_;
  const std::vector<Script> scripts_;
  ModelLocations locations_;
  std::unique_ptr<Deque> deque_;
};

template <class Deque>
std::vector<DequeProgram<Deque>> programs() {
  std::vector<DequeProgram<Deque>> list;
  list.emplace_back("last item", std::vector<std::vector<DequeOperation>>{{push(1), take(1)}, {steal()}});
  list.emplace_back("two thieves", std::vector<std::vector<DequeOperation>>{{push(2), take(1), take(1)}, {steal()}, {steal()}});
  list.emplace_back("cells again", std::vector<std::vector<DequeOperation>>{{push(2), push(2), take(1)}, {steal(), steal(), steal()}});
  list.emplace_back("push after take", std::vector<std::vector<DequeOperation>>{{push(2), take(1), take(1), push(1), take(1)}, {steal()}, {steal()}});
  return list;
}

TEST_CASE("sizes", "[explorer]") {
  for (const auto& program : programs<WorkStealingDeque<Item, ModelAtomic>>()) {
    for (int i = 0; i < 3; ++i) {
      auto begin = std::chrono::steady_clock::now();
      Coverage c = i == 0 ? search_program<SequentialMemory>(program) : i == 1 ? search_program<StoreBufferMemory>(program) : search_program<ReleaseAcquireMemory>(program);
      std::cout << program.name() << ' ' << i << ' ' << c.states << " states, depth " << c.depth << " violated " << c.violated << ' ' << std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() << " s\n";
      if (c.violated && i == 2) std::cout << steps_of<ReleaseAcquireMemory>(program, {}, c);
    }
  }
}
TEST_CASE("table", "[explorer]") {
  const auto list = programs<WorkStealingDeque<Item, ModelAtomic>>();
  OrderSites sites;
  for (const auto& program : list) search_program<SequentialMemory>(program, {}, &sites);
  for (auto& r : weaken_each(list, sites))
    std::cout << r.site.function << ' ' << r.site.line << ' ' << access_name(r.site.kind) << ' ' << r.site.location << ' ' << order_name(r.site.order) << " -> " << order_name(r.order) << ": " << (r.program.empty() ? "none" : r.program) << ' ' << r.steps << '\n';
}

}  // namespace
}  // namespace tricolour::exploration
