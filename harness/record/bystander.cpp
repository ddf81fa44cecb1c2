#include "harness/record/bystander.hpp"

#include <sys/prctl.h>

#include <ctime>
#include <utility>

#include "harness/process/interruption.hpp"

namespace tricolour {

BystanderDelay BystanderMeter::sleep(Nanoseconds period) {
  if (!std::exchange(has_slept_, true)) prctl(PR_SET_TIMERSLACK, 1UL);
  const Nanoseconds due = now_ns() + period;
  const timespec until{.tv_sec = due / 1'000'000'000, .tv_nsec = due % 1'000'000'000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
  const Nanoseconds woke = now_ns();
  return {woke, woke > due ? woke - due : 0};
}

BystanderFigures bystander_figures(const Histogram& gaps) {
  const auto quantile = [&](double p) { return static_cast<Nanoseconds>(gaps.quantile(p)); };
  return {gaps.count(), quantile(0.5), quantile(0.99), static_cast<Nanoseconds>(gaps.max())};
}

BystanderFigures bystander_figures(const std::vector<BystanderDelay>& seen, Nanoseconds after_ns,
                                   Nanoseconds until_ns) {
  Histogram gaps;
  for (const BystanderDelay& one : seen) {
    if (one.t_ns > after_ns && one.t_ns <= until_ns)
      gaps.record(static_cast<std::uint64_t>(one.gap_ns));
  }
  return bystander_figures(gaps);
}

Json to_json(const BystanderFigures& figures) {
  return Json::Object{{"count", figures.count},
                      {"p50_ns", figures.p50_ns},
                      {"p99_ns", figures.p99_ns},
                      {"max_ns", figures.max_ns}};
}

std::optional<BystanderFigures> bystander_figures_of(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  return BystanderFigures{static_cast<std::uint64_t>(json["count"].integer_or(0)),
                          json["p50_ns"].integer_or(0), json["p99_ns"].integer_or(0),
                          json["max_ns"].integer_or(0)};
}

std::vector<BystanderDelay> attend(Nanoseconds length_ns) {
  BystanderMeter meter;
  std::vector<BystanderDelay> seen;
  for (const Nanoseconds until = now_ns() + length_ns; now_ns() < until && !interrupted();)
    seen.push_back(meter.sleep());
  return seen;
}

Json to_json(const MachineFloor& floor) {
  const auto one = [](const auto& figures) { return figures ? to_json(*figures) : Json(nullptr); };
  return Json::Object{{"before", one(floor.before)}, {"after", one(floor.after)}};
}

MachineFloor machine_floor_of(const Json& json) {
  return {bystander_figures_of(json["before"]), bystander_figures_of(json["after"])};
}

void keep_greater(MachineFloor& floor, const MachineFloor& other) {
  const auto keep = [](auto& kept, const auto& one) {
    if (one && (!kept || one->max_ns > kept->max_ns)) kept = one;
  };
  keep(floor.before, other.before);
  keep(floor.after, other.after);
}

}  // namespace tricolour
