#include "harness/bystander.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <ctime>

#include "harness/ranked.hpp"

namespace tricolour {

void BystanderMeter::sleep(Nanoseconds period) {
  if (seen_.empty()) prctl(PR_SET_TIMERSLACK, 1UL);
  const Nanoseconds due = now_ns() + period;
  const timespec until{.tv_sec = due / 1'000'000'000, .tv_nsec = due % 1'000'000'000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
  const Nanoseconds woke = now_ns();
  seen_.push_back({woke, woke > due ? woke - due : 0});
}

BystanderFigures bystander_figures(const std::vector<BystanderDelay>& seen, Nanoseconds after_ns, Nanoseconds until_ns) {
  std::vector<Nanoseconds> gaps;
  for (const BystanderDelay& one : seen) {
    if (one.t_ns > after_ns && one.t_ns <= until_ns) gaps.push_back(one.gap_ns);
  }
  std::ranges::sort(gaps);
  return {gaps.size(), ranked(gaps, 0.5), ranked(gaps, 0.99), gaps.empty() ? 0 : gaps.back()};
}

Json to_json(const BystanderFigures& figures) {
  return Json::Object{
      {"count", figures.count}, {"p50_ns", figures.p50_ns}, {"p99_ns", figures.p99_ns}, {"max_ns", figures.max_ns}};
}

}  // namespace tricolour
