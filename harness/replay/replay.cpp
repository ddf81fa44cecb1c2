#include "harness/replay/replay.hpp"

#include <fmt/format.h>

#include "barriers/all.hpp"
#include "collectors/collected_heap.hpp"
#include "core/errors.hpp"
#include "core/mutator/context_of.hpp"
#include "harness/machine/memory_room.hpp"
#include "harness/process/interruption.hpp"

namespace tricolour {
namespace {

CollectedHeapOptions heap_options(const ReplayPlan& plan) {
  CollectedHeapOptions options;
  options.heap = plan.heap;
  options.own_collector = plan.collector;
  options.collection = plan.collection;
  options.verify = true;
  options.unsound = plan.unsound;
  return options;
}

/// Stands before the oracle: what is freed loses its serial, so that a trace which names it later
/// is found out.
class SerialsOfLiving final : public HeapObserver {
 public:
  SerialsOfLiving(HeapObserver& oracle, SerialTable& serials)
      : oracle_(oracle), serials_(serials) {}
  HeapObserver& oracle() { return oracle_; }
  void allocated(Object* object) override { oracle_.allocated(object); }
  void freed(Object* object, std::size_t bytes) override {
    serials_.of(object) = 0;
    oracle_.freed(object, bytes);
  }
  void mutator_started(MutatorContext& mutator) override { oracle_.mutator_started(mutator); }
  void mutator_ended(MutatorContext& mutator) override { oracle_.mutator_ended(mutator); }
  void on_event(const Event& event) override { oracle_.on_event(event); }

 private:
  HeapObserver& oracle_;
  SerialTable& serials_;
};

/// A heap with the plan's collector and an oracle.
struct ReplayedHeap {
  explicit ReplayedHeap(const ReplayPlan& plan)
      : collected(heap_options(plan), *plan.barrier),
        heap(collected.heap()),
        serials(heap),
        living(*heap.observer(), serials) {
    heap.observe(&living);
    if (plan.collector != &scheduled) return;
    schedule = static_cast<ScheduledCollector*>(&collected.collector());
    schedule->follow(plan.schedule, serials);
  }

  /// A collector's thread may still sweep when a trace is refused.
  ~ReplayedHeap() {
    collected.collector().stop();
    heap.observe(&living.oracle());
  }
  ReplayedHeap(const ReplayedHeap&) = delete;
  ReplayedHeap& operator=(const ReplayedHeap&) = delete;

  CollectedHeap collected;
  Heap& heap;
  SerialTable serials;
  SerialsOfLiving living;
  ScheduledCollector* schedule = nullptr;  ///< null when the collector goes by its own pace
};

template <Barrier B>
class Replayer {
 public:
  Replayer(TraceReader& trace, ReplayedHeap& target)
      : trace_(trace), target_(target), m_(target.heap) {
    objects_.reserve(trace.summary().objects + 1);
    objects_.push_back(nullptr);
  }

  /// A recorded program may end with roots, a trace that is refused does.
  ~Replayer() {
    if (!handles_.empty()) context_.roots.pop_to(handles_.front());
  }
  Replayer(const Replayer&) = delete;
  Replayer& operator=(const Replayer&) = delete;

  GraphDigest run() {
    TraceReader::Record record{};
    for (; trace_.next(record); ++records_) {
      if (records_ % records_between_looks == 0 && interrupted()) throw Interrupted();
      try {
        execute(record);
      } catch (const Misuse& error) {
        // A checked build sees references that the recorded program had lost.
        trace_.refuse(error.what());
      }
    }
    if (target_.schedule != nullptr) target_.schedule->finish(context_, records_);
    return digest_graph(target_.heap, context_, target_.serials);
  }

 private:
  void execute(const TraceReader::Record& record) {
    const auto& operands = record.operands;
    switch (record.mutation) {
      case Mutation::allocate:
        return allocate(operands[0], operands[1] * granule_bytes);
      case Mutation::allocate_globals:
        return allocate_globals(operands[0]);
      case Mutation::load:
        m_.load(source(operands), operands[1]);
        return;
      case Mutation::store:
        return m_.store(source(operands), operands[1], object(operands[2]));
      case Mutation::push_root:
        handles_.push_back(context_.push_root(object(operands[0])));
        return;
      case Mutation::pop_roots:
        return pop_roots(operands[0]);
      case Mutation::set_root:
        if (operands[0] >= handles_.size()) trace_.refuse("it sets a root that is not there");
        context_.assign_root(handles_[handles_.size() - 1 - operands[0]], object(operands[1]));
        return;
      case Mutation::begin_region:
        in_region_ = true;
        return;
    }
  }

  Object* object(std::uint64_t distance) const {
    if (distance >= objects_.size()) trace_.refuse("it names an object that is not there yet");
    if (distance == 0) return nullptr;
    const std::uint64_t serial = objects_.size() - distance;
    Object* const found = objects_[serial];
    // What is not reachable any more is never named again by a recorded program.
    if (target_.serials.of(found) != serial)
      trace_.refuse("it names an object that has been freed");
    return found;
  }
  Object* source(const auto& operands) const {
    Object* const found = object(operands[0]);
    if (found == nullptr || operands[1] >= found->slot_count())
      trace_.refuse("it names a field that is not there");
    return found;
  }

  void safepoint() {
    if (in_region_ && target_.schedule != nullptr)
      target_.schedule->advance(context_, region_bytes_, records_);
  }
  void allocate(std::uint64_t slots, std::uint64_t bytes) {
    safepoint();
    if (bytes > target_.heap.bytes())
      trace_.refuse(fmt::format("it allocates an object of {} bytes, and the heap has {}", bytes,
                                target_.heap.bytes()));
    keep(m_.allocate(static_cast<std::uint32_t>(slots),
                     bytes - sizeof(Object) - slots * sizeof(Slot)));
  }
  void allocate_globals(std::uint64_t slots) {
    safepoint();
    keep(m_.make_globals(static_cast<std::uint32_t>(slots)));
  }
  void keep(Object* made) {
    target_.serials.of(made) = objects_.size();
    objects_.push_back(made);
    if (in_region_) region_bytes_ += made->bytes();
  }
  void pop_roots(std::uint64_t left) {
    if (left >= handles_.size()) trace_.refuse("it pops roots that are not there");
    context_.roots.pop_to(handles_[left]);
    handles_.resize(left);
  }

  static constexpr std::uint64_t records_between_looks = 1 << 16;

  TraceReader& trace_;
  ReplayedHeap& target_;
  Mutator<B> m_;
  MutatorContext& context_ = context_of(m_);
  /// By serial. Where one that has been freed points does not matter.
  std::vector<Object*> objects_;
  std::vector<Object**> handles_;
  std::uint64_t records_ = 0;
  std::uint64_t region_bytes_ = 0;
  bool in_region_ = false;
};

template <Barrier B>
GraphDigest replay_under(TraceReader& trace, ReplayedHeap& target) {
  return Replayer<B>(trace, target).run();
}

template <class... Barriers>
GraphDigest replay_under_named(TypeList<Barriers...>, std::string_view name, TraceReader& trace,
                               ReplayedHeap& target) {
  std::optional<GraphDigest> end;
  (void)((Barriers::traits.name == name && (end = replay_under<Barriers>(trace, target), true)) ||
         ...);
  return end.value();
}

}  // namespace

ReplayOutcome replay(TraceReader& trace, const ReplayPlan& plan) {
  const MemoryNeed need{.heap = CollectedHeap::footprint(heap_options(plan), *plan.barrier),
                        .beside = SerialTable::bytes_for(plan.heap.bytes) +
                                  (trace.summary().objects + 1) * sizeof(Object*)};
  if (const std::string lack = lack_of_room(need, memory_room(read_machine())); !lack.empty())
    throw ConfigurationError(lack);
  ReplayedHeap target(plan);
  ReplayOutcome outcome;
  trace.rewind();
  const Nanoseconds began = now_ns();
  outcome.end = replay_under_named(AllBarriers{}, plan.barrier->name, trace, target);
  outcome.wall_ns = now_ns() - began;
  target.collected.stop();
  outcome.collector = target.collected.collector().statistics();
  outcome.checks = target.collected.oracle()->records();
  if (target.schedule != nullptr) outcome.cycles = target.schedule->cycles();
  if (outcome.end.checksum != trace.summary().graph) {
    throw InvariantViolated("the replay ended with another graph than the recorded run");
  }
  return outcome;
}

}  // namespace tricolour
