#include "harness/run/run_json.hpp"

#include "core/seams/injected_waits.hpp"
#include "core/seams/schedule_coverage.hpp"
#include "core/seams/window_names.hpp"
#include "harness/figures/figures_json.hpp"
#include "harness/machine/provenance.hpp"

namespace tricolour {
namespace {

Json parameters(const RunOptions& options, const RunPlan& plan) {
  Json::Object all{
      {"collector", plan.collector->name},
      {"barrier", plan.barrier->name},
      {"marker", plan.tuned.collector.marker},
      {"workload", plan.instance->info().name},
      {"heap", options.heap},
      {"heap_bytes", plan.tuned.heap.bytes},
      {"mutators", plan.mutators},
      {"mark_threads", plan.tuned.collector.marking.stopped_threads},
      {"concurrent_mark_threads", plan.tuned.collector.marking.concurrent_threads},
      {"sweep", to_string(plan.tuned.collector.sweep)},
      {"allocate", to_string(plan.tuned.collector.allocation)},
      {"roots", plan.tuned.collector.ragged_roots ? "ragged" : "stopped"},
      {"seed", plan.seed},
      {"verify", plan.verify},
      {"unsound", options.unsound},
      {"pin", plan.pin},
      {"warmup_s", plan.warmup_s},
  };
  if (plan.seconds) all.emplace_back("seconds", *plan.seconds);
  if (plan.operations) all.emplace_back("operations_per_mutator", *plan.operations);
  if (!options.barrier_arm.empty()) all.emplace_back("barrier_arm", options.barrier_arm);
  Json::Object values;
  for (const ParameterInfo& info : plan.instance->info().parameters) {
    const double value = plan.parameters.number(info.name);
    if (info.words.empty()) {
      values.emplace_back(info.name, number(value));
    } else {
      values.emplace_back(info.name, info.words[static_cast<std::size_t>(value)]);
    }
  }
  all.emplace_back("param", std::move(values));
  Json::Object tuned;
  for (const Setting& setting : settings())
    tuned.emplace_back(setting.name, number(setting.get(plan.tuned)));
  all.emplace_back("set", std::move(tuned));
  return all;
}

Json mutator_times(const RunFigures& figures, bool recorded) {
  Json::Array rows;
  if (!recorded) return rows;
  for (std::size_t i = 0; i < figures.mutators.size(); ++i) {
    Json::Object row{{"mutator", i}};
    for (std::size_t activity = 0; activity < mutator_activities; ++activity) {
      row.emplace_back(to_string(static_cast<Activity>(activity)),
                       figures.mutators[i].time_by_activity[activity]);
    }
    rows.emplace_back(std::move(row));
  }
  return rows;
}

/// Those that took any time.
Json causes(const CauseTimes& times) {
  Json::Object all;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times[i] > 0) all.emplace_back(std::string(to_string(static_cast<WaitCause>(i))), times[i]);
  }
  return all;
}

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

/// Of a run with a schedule's seed: how often each pair met (core/seams/schedule_coverage.hpp).
[[maybe_unused]] Json window_pairs() {
  Json::Array rows;
  for (const ScheduleCoverage::Pair& pair : ScheduleCoverage::pairs()) {
    rows.emplace_back(Json::Object{{"window", to_string(pair.window)},
                                   {"in", to_string(pair.in)},
                                   {"meanwhile", to_string(pair.meanwhile)},
                                   {"times", pair.times}});
  }
  return rows;
}

Json requests(const std::optional<RequestFigures>& figures,
              const std::optional<LatencyForms>& latency) {
  if (!figures) return nullptr;
  Json::Array slow;
  for (const SlowRequest& one : figures->slow) {
    slow.emplace_back(Json::Object{{"thread", one.thread},
                                   {"start_ns", one.start_ns},
                                   {"duration_ns", one.duration_ns},
                                   {"causes", causes(one.causes)}});
  }
  Json::Object all{{"count", figures->count},
                   {"p50_ns", figures->p50_ns},
                   {"p90_ns", figures->p90_ns},
                   {"p99_ns", figures->p99_ns},
                   {"p999_ns", figures->p999_ns},
                   {"p9999_ns", or_null(figures->p9999_ns)},
                   {"p99999_ns", or_null(figures->p99999_ns)},
                   {"max_ns", figures->max_ns},
                   {"from", figures->from_intended ? "intended" : "start"},
                   {"slow", std::move(slow)},
                   {"slow_count", figures->slow_count},
                   {"slow_total_ns", figures->slow_total_ns},
                   {"slow_causes", causes(figures->slow_causes)},
                   {"explained_share", or_null(figures->explained_share)},
                   {"row_every", figures->row_every}};
  if (figures->from_intended) all.emplace_back("unserved", figures->unserved);
  all.emplace_back("latencies", to_json(latency));
  return all;
}

Json run_delay(const RunDelayFigures& figures) {
  return Json::Object{{"available", figures.available},
                      {"why", figures.why},
                      {"total_ns", figures.available ? Json(figures.total_ns) : Json()},
                      {"steal_ns", figures.available ? Json(figures.steal_ns) : Json()}};
}

Json barrier_counts(const BarrierCounts& counts) {
  return Json::Object{{"executed", counts.executed},
                      {"slow_path", counts.slow_path},
                      {"enqueued", counts.enqueued},
                      {"redundant", counts.redundant}};
}

Json while_marking(const RunFigures& figures) {
  return Json::Object{{"time_ns", figures.marking_ns()},
                      {"allocated_bytes", figures.while_marking.allocated_bytes},
                      {"allocated_bytes_per_s", or_null(figures.marking_allocation_per_s())}};
}

void add_figures(Json::Object& run, const RunFigures& figures, bool recorded) {
  const CpuFigures& cpu = figures.cpu_ns;
  run.insert(run.end(),
             {
                 {"start_ns", figures.region.begin},
                 {"end_ns", figures.region.end},
                 {"wall_ns", figures.wall_ns()},
                 {"operations", figures.operations},
                 {"operations_per_s", figures.operations_per_s()},
                 {"allocated_bytes", figures.allocated_bytes},
                 {"allocated_objects", figures.allocated_objects},
                 {"while_marking", while_marking(figures)},
                 {"cycles", figures.cycles},
                 {"fallbacks", figures.fallbacks},
                 {"handshakes", Json::Object{{"count", figures.handshakes.count},
                                             {"answers_total_ns", figures.handshakes.total_ns},
                                             {"answer_max_ns", figures.handshakes.max_ns}}},
                 {"bystander", to_json(figures.bystander)},
                 {"requests", requests(figures.requests, figures.latency)},
                 {"longest_unexplained_ns",
                  figures.requests ? Json(figures.requests->longest_unexplained_ns) : Json()},
                 {"run_delay", run_delay(figures.run_delay)},
                 {"cpu_ns", Json::Object{{"mutator", cpu.mutator},
                                         {"mark", cpu.mark},
                                         {"sweep", cpu.sweep},
                                         {"pause", cpu.pause},
                                         {"assist", cpu.assist},
                                         {"other", cpu.other}}},
                 {"mutator_time_ns", mutator_times(figures, recorded)},
             });
  for (auto& member : event_members(figures)) run.push_back(std::move(member));
  if (figures.barriers) run.emplace_back("barrier_counts", barrier_counts(*figures.barriers));
}

/// Of the measured region; null where there is no such number, and why.
Json performance_counters(const std::vector<Count>& counts) {
  Json::Object all;
  Json::Object unavailable;
  for (const Count& one : counts) {
    const std::string name(to_string(one.counter));
    all.emplace_back(name, one.value ? Json(*one.value) : Json());
    if (!one.value) unavailable.emplace_back(name, one.unavailable);
  }
  all.emplace_back("unavailable", std::move(unavailable));
  return all;
}

/// In the whole process, in the order in which they ended.
Json injected_waits() {
  Json::Array all;
  for (const InjectedWait& one : InjectedWaits::done()) {
    all.emplace_back(Json::Object{
        {"place", to_string(one.place)}, {"begin_ns", one.begin_ns}, {"end_ns", one.end_ns}});
  }
  return all;
}

/// Counts over the whole process, warm-up included.
Json whole_process(const CollectorStatistics& statistics) {
  Json::Object counters{{"cycles", statistics.cycles},
                        {"concurrent_cycles", statistics.concurrent_cycles},
                        {"fallbacks", statistics.fallbacks},
                        {"resumptions", statistics.resumptions},
                        {"mark_cpu_ns", statistics.mark_cpu_ns},
                        {"sweep_cpu_ns", statistics.sweep_cpu_ns},
                        {"collector_cpu_ns", statistics.collector_cpu_ns}};
  for (const Marker::Counter& one : statistics.marking) counters.emplace_back(one.name, one.value);
  return counters;
}

}  // namespace

Json run_to_json(const RunOptions& options, const RunPlan& plan, const Outcome& outcome,
                 std::uint64_t block) {
  Json::Object run{{"schema_version", run_schema_version},
                   {"cell", cell_hash(options)},
                   {"block", block},
                   {"status", outcome.verdict.status},
                   {"exit_code", outcome.verdict.exit_code}};
  if (!outcome.error.empty()) run.emplace_back("error", outcome.error);
  run.emplace_back("command", to_command(options));
  run.emplace_back("parameters", parameters(options, plan));
  if (outcome.figures) {
    add_figures(run, *outcome.figures, !outcome.tables.events.empty());
    run.emplace_back("counters", performance_counters(outcome.pass->counts()));
  }
  if (const auto& injected = outcome.injected) {
    run.emplace_back("injected_ns", Json::Object{{"pause", injected->pause},
                                                 {"test", injected->test},
                                                 {"shade", injected->shade}});
  }
  if (plan.tuned.heap.injected.any_wait()) run.emplace_back("injected_waits", injected_waits());
  const HeapFigures& heap = outcome.heap;
  run.emplace_back("heap", Json::Object{{"size", heap.size},
                                        {"live", heap.live},
                                        {"peak", heap.peak},
                                        {"metadata", heap.metadata},
                                        {"side_table", heap.side_table},
                                        {"grey_set_reserve", heap.grey_set_reserve},
                                        {"peak_resident", heap.peak_resident}});
  const VerifyStatistics& verify = outcome.verify;
  run.emplace_back(
      "verify",
      Json::Object{{"cycles_checked", verify.cycles_checked},
                   {"objects_checked", verify.objects_checked},
                   {"colours_checked", verify.colours_checked},
                   {"sweeps_checked", verify.sweeps_checked},
                   {"objects_checked_after_sweeps", verify.objects_checked_after_sweeps},
                   {"metadata_checked", verify.metadata_checked},
                   {"allocations_checked", verify.allocations_checked},
                   {"frees_checked", verify.frees_checked},
                   {"lost_objects", verify.lost_objects},
                   {"floating_bytes", verify.floating_black_bytes + verify.floating_retained_bytes},
                   {"floating_black_bytes", verify.floating_black_bytes},
                   {"floating_retained_bytes", verify.floating_retained_bytes}});
  if constexpr (faults_built) run.emplace_back("window_pairs", window_pairs());
  run.emplace_back("whole_process", whole_process(outcome.collector));
  run.emplace_back("page_touching_ns", outcome.page_touching_ns);
  run.emplace_back("provenance", provenance());
  return run;
}

}  // namespace tricolour
