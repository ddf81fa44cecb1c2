// stop_the_world: begin, mark and terminate in one pause, when memory is exhausted. The control for
// everything else: sound under every barrier, and needs none.
#include "collectors/cycle/stopped_collection.hpp"
#include "collectors/registry.hpp"

namespace tricolour {
namespace {

class StopTheWorld final : public Collector {
 public:
  explicit StopTheWorld(const CollectorParts& parts)
      : cycle_(parts), stopped_(cycle_, parts.heap) {}

  void stop() override { cycle_.check_last_sweep(); }

  void on_refill(MutatorContext&, std::size_t) override { cycle_.rethrow_failure(); }

  bool on_exhausted(MutatorContext& mutator, std::size_t, unsigned& attempts) override {
    cycle_.rethrow_failure();
    if (!stopped_.worth_trying(attempts)) return false;
    attempts += stopped_.make_room(mutator, cycle_.completed());
    return true;
  }

  void collect(MutatorContext& mutator) override {
    cycle_.rethrow_failure();
    stopped_.run(mutator, {PauseKind::full, Cause::explicit_request}, cycle_.completed());
  }

  CollectorStatistics statistics() const override { return cycle_.statistics(); }

 private:
  Cycle cycle_;
  StoppedCollection stopped_;
};

}  // namespace

constinit const CollectorInfo stop_the_world{
    .name = "stop_the_world",
    .summary = "begin, mark and terminate in one pause when memory runs out",
    .cycle = {.marking = Marking::in_pauses},
    .has_background_thread = false,
    .make = [](const CollectorParts& parts) -> std::unique_ptr<Collector> {
      return std::make_unique<StopTheWorld>(parts);
    },
    .reference = true,
};

}  // namespace tricolour
