#include "harness/figures/figures.hpp"

#include <algorithm>
#include <cmath>
#include <ranges>
#include <unordered_map>

#include "harness/record/ranked.hpp"

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
/// The oracle's are none.
const PauseEvent* as_collector_pause(const RecordedEvent& recorded) {
  const auto* const pause = as<PauseEvent>(recorded);
  return pause != nullptr && pause->kind != PauseKind::verify ? pause : nullptr;
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

PauseFigures pause_figures(const std::vector<RecordedEvent>& events, Interval region) {
  PauseFigures figures;
  std::vector<Nanoseconds> lengths;
  for (const RecordedEvent& recorded : events) {
    const PauseEvent* const pause = as_collector_pause(recorded);
    if (pause == nullptr) continue;
    if (pause->end_ns <= region.begin || pause_begin(*pause) >= region.end) continue;
    lengths.push_back(pause->end_ns - pause_begin(*pause));
    figures.total_ns += lengths.back();
    figures.max_time_to_safepoint_ns =
        std::max(figures.max_time_to_safepoint_ns, pause->stopped_ns - pause->begin_ns);
  }
  std::ranges::sort(lengths);
  figures.count = lengths.size();
  figures.p50_ns = ranked(lengths, 0.5);
  figures.p99_ns = ranked(lengths, 0.99);
  figures.max_ns = lengths.empty() ? 0 : lengths.back();
  return figures;
}

Tally tally(const std::vector<RecordedEvent>& events, Interval region, Activity activity) {
  Tally found;
  for (const RecordedEvent& recorded : events) {
    const auto* const interval = as<MutatorInterval>(recorded);
    if (interval == nullptr || interval->activity != activity || !touches(*interval, region))
      continue;
    ++found.count;
    found.total_ns += clipped(*interval, region);
  }
  return found;
}

std::vector<std::pair<std::string, double>> least_mmu(const std::vector<RecordedEvent>& events,
                                                      Interval region, unsigned mutators) {
  std::vector<std::vector<Interval>> lost(mutators);
  for (const RecordedEvent& recorded : events) {
    if (const PauseEvent* const pause = as_collector_pause(recorded)) {
      for (unsigned i = 0; i < mutators; ++i) {
        if (stops(*pause, i)) lost[i].push_back({pause_begin(*pause), pause->end_ns});
      }
    }
    const auto* const interval = as<MutatorInterval>(recorded);
    if (interval != nullptr && is_lost(interval->activity) && interval->mutator < mutators)
      lost[interval->mutator].push_back({interval->begin_ns, interval->end_ns});
  }
  std::vector<LostTime> times;
  for (auto& one : lost) times.emplace_back(std::move(one), region);
  constexpr std::pair<const char*, Nanoseconds> windows[]{
      {"1ms", 1'000'000}, {"10ms", 10'000'000}, {"100ms", 100'000'000}, {"1s", 1'000'000'000}};
  std::vector<std::pair<std::string, double>> least;
  for (const auto& [name, window] : windows) {
    if (window > region.end - region.begin) continue;
    double value = 1;
    for (const LostTime& one : times) value = std::min(value, *one.mmu(window));
    least.emplace_back(name, value);
  }
  return least;
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

bool stops(const PauseEvent& pause, unsigned mutator) {
  return pause.mutator == every_mutator || pause.mutator == mutator;
}

Nanoseconds pause_begin(const PauseEvent& pause) {
  return pause.mutator == every_mutator ? pause.begin_ns : pause.stopped_ns;
}

RunFigures compute_figures(const Pass& pass, const std::vector<RecordedEvent>& events,
                           const BystanderFigures& bystander) {
  RunFigures figures;
  figures.region = {pass.begin_ns(), pass.end_ns()};
  for (unsigned i = 0; i < pass.mutators(); ++i) {
    const MutatorAccount& account = pass.account(i);
    figures.operations += account.operations;
    figures.allocated_bytes += account.allocated_bytes;
    figures.allocated_objects += account.allocated_objects;
    figures.mutators.push_back(account);
  }
  if constexpr (instrumented_built) {
    figures.barriers = pass.ended_barriers();
    for (const MutatorAccount& account : figures.mutators) *figures.barriers += account.barriers;
  }
  figures.cycles = pass.cycles();
  figures.pauses = pause_figures(events, figures.region);
  figures.stalls = tally(events, figures.region, Activity::stalled);
  figures.assists = tally(events, figures.region, Activity::assisting);
  figures.bystander = bystander;
  figures.requests = request_figures(pass, events);
  figures.run_delay = run_delay_figures(pass);
  if (!events.empty()) figures.mmu = least_mmu(events, figures.region, pass.mutators());
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
