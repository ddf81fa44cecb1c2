#include "harness/figures/figures.hpp"

#include <algorithm>
#include <ranges>
#include <unordered_map>

namespace tricolour {
namespace {

/// The event, if it is of that kind.
template <class Kind>
const Kind* as(const RecordedEvent& recorded) {
  return std::get_if<Kind>(&recorded.event);
}
template <class Spanned>
bool touches(const Spanned& event, Interval region) {
  return end_of(event) > region.begin && begin_of(event) < region.end;
}
template <class Spanned>
Nanoseconds clipped(const Spanned& event, Interval region) {
  return std::min(event.end_ns, region.end) - std::max(event.begin_ns, region.begin);
}
/// CPU time of an event that straddles an edge counts in proportion.
template <class Spanned>
Nanoseconds clipped_cpu(const Spanned& event, Interval region) {
  const Nanoseconds length = event.end_ns - event.begin_ns;
  if (length <= 0) return event.cpu_ns;
  return static_cast<Nanoseconds>(static_cast<double>(event.cpu_ns) *
                                  static_cast<double>(clipped(event, region)) /
                                  static_cast<double>(length));
}

/// CPU time by role. A pause's own share is what its thread did beside the phases it ran in it;
/// what ran on a mutator's thread is not the mutator's. Assists say what surely was CPU time
/// (activity_clock.hpp). Lazy sweeps are timed by the wall alone.
CpuFigures cpu_figures(const Pass& pass, const std::vector<RecordedEvent>& events, Interval region,
                       const std::vector<MutatorAccount>& mutators) {
  CpuFigures cpu;
  Nanoseconds at_work = 0, assisting = 0, sweeping = 0;  // by the wall: not stopped, not waiting
  for (const MutatorAccount& account : mutators) {
    const auto spent_in = [&](Activity activity) {
      return account.time_by_activity[static_cast<std::size_t>(activity)];
    };
    cpu.mutator += account.cpu_ns;
    assisting += spent_in(Activity::assisting);
    sweeping += spent_in(Activity::lazy_sweeping);
    for (const Activity one :
         {Activity::running, Activity::allocation_slow_path, Activity::lazy_sweeping,
          Activity::handshake, Activity::assisting, Activity::search, Activity::large_object_search,
          Activity::page_fault}) {
      at_work += spent_in(one);
    }
  }
  Nanoseconds own_stops = 0;
  for (const RecordedEvent& recorded : events) {
    if (!touches(recorded.event, region)) continue;
    const auto* const pause = as<PauseEvent>(recorded);
    if (pause != nullptr && recorded.on_mutator_thread) own_stops += clipped_cpu(*pause, region);
    const auto* const interval = as<MutatorInterval>(recorded);
    if (interval != nullptr && interval->activity == Activity::assisting)
      cpu.assist += clipped_cpu(*interval, region);
  }
  cpu.sweep = certain_cpu(sweeping, at_work, cpu.mutator - own_stops);
  cpu.assist_is_least = cpu.assist < assisting;
  cpu.sweep_is_least = cpu.sweep < sweeping;
  cpu.mutator -= cpu.assist + cpu.sweep;
  // Backwards, so that a pause is met before what ran in it.
  std::unordered_map<std::uint32_t, const PauseEvent*> pause_of;
  for (const RecordedEvent& recorded : std::views::reverse(events)) {
    const auto* const pause = as<PauseEvent>(recorded);
    if (pause != nullptr) pause_of[recorded.emitter] = pause;
    if (!touches(recorded.event, region)) continue;
    if (pause != nullptr) {
      const Nanoseconds spent = clipped_cpu(*pause, region);
      cpu.pause += spent;
      if (recorded.on_mutator_thread) cpu.mutator -= spent;
    }
    const auto* const work = as<PhaseInterval>(recorded);
    if (work == nullptr || (work->phase != Activity::marking && work->phase != Activity::sweeping))
      continue;
    const Nanoseconds spent = clipped_cpu(*work, region);
    (work->phase == Activity::marking ? cpu.mark : cpu.sweep) += spent;
    const auto around = pause_of.find(recorded.emitter);
    const bool in_pause = around != pause_of.end() && around->second->begin_ns <= work->begin_ns;
    if (in_pause) cpu.pause -= spent;
    if (!in_pause && recorded.on_mutator_thread) cpu.mutator -= spent;
  }
  for (Nanoseconds* const part : {&cpu.mutator, &cpu.mark, &cpu.sweep, &cpu.pause, &cpu.assist})
    *part = std::max<Nanoseconds>(*part, 0);
  cpu.other = std::max<Nanoseconds>(
      0, pass.process_cpu_ns() - cpu.mutator - cpu.mark - cpu.sweep - cpu.pause - cpu.assist);
  return cpu;
}

RunDelayFigures run_delay_figures(const Pass& pass) {
  RunDelayFigures figures;
  figures.available = true;
  for (unsigned i = 0; i < pass.mutators(); ++i) {
    figures.total_ns += pass.account(i).taken.run_delay_ns;
    figures.steal_ns += pass.account(i).taken.steal_ns;
    if (pass.taken_time(i).available()) continue;
    figures.available = false;
    figures.why = pass.taken_time(i).why();
  }
  return figures;
}

}  // namespace

Nanoseconds certain_cpu(Nanoseconds part, Nanoseconds whole, Nanoseconds cpu) {
  return std::clamp<Nanoseconds>(part - (whole - cpu), 0, part);
}

Nanoseconds RunFigures::marking_ns() const {
  return while_marking.mutator_time_ns / static_cast<Nanoseconds>(mutators.size());
}

std::optional<double> RunFigures::marking_allocation_per_s() const {
  if (while_marking.mutator_time_ns == 0) return std::nullopt;
  return static_cast<double>(while_marking.allocated_bytes) * 1e9 *
         static_cast<double>(mutators.size()) / static_cast<double>(while_marking.mutator_time_ns);
}

RunFigures compute_figures(const Pass& pass, const std::vector<RecordedEvent>& events,
                           std::span<const RequestTableRow> requests,
                           const BystanderFigures& bystander) {
  const Interval region{pass.begin_ns(), pass.end_ns()};
  RunFigures figures;
  if (!events.empty())
    static_cast<EventFigures&>(figures) = event_figures(events, requests, region, pass.mutators());
  figures.region = region;
  for (unsigned i = 0; i < pass.mutators(); ++i) {
    const MutatorAccount& account = pass.account(i);
    figures.operations += account.operations;
    figures.allocated_bytes += account.allocated_bytes;
    figures.allocated_objects += account.allocated_objects;
    figures.while_marking += account.while_marking;
    figures.mutators.push_back(account);
  }
  if constexpr (instrumented_built) {
    figures.barriers = pass.ended_barriers();
    for (const MutatorAccount& account : figures.mutators) *figures.barriers += account.barriers;
  }
  figures.cycles = pass.cycles();
  figures.handshakes = pass.handshakes();
  figures.bystander = bystander;
  figures.requests = request_figures(pass, events);
  figures.run_delay = run_delay_figures(pass);
  figures.cpu_ns = cpu_figures(pass, events, figures.region, figures.mutators);
  for (const RecordedEvent& recorded : events) {
    if (!touches(recorded.event, figures.region)) continue;
    if (const auto* const pause = as<PauseEvent>(recorded)) {
      figures.peak_bytes = std::max({figures.peak_bytes, pause->used_before, pause->used_after});
      figures.fallbacks += pause->kind == PauseKind::fallback;
    }
    if (const auto* const trigger = as<TriggerEvent>(recorded))
      figures.peak_bytes = std::max(figures.peak_bytes, trigger->used);
  }
  return figures;
}

}  // namespace tricolour
