#include "harness/figures/request_figures.hpp"

#include <algorithm>

namespace tricolour {
namespace {

Waits waits_of(const Pass& pass, const std::vector<RecordedEvent>& events, unsigned mutator) {
  return {named_waits(events, mutator), pass.taken_time(mutator).windows(),
          pass.request_log(mutator).open_loop()};
}

void add(CauseTimes& total, const CauseTimes& times) {
  for (std::size_t i = 0; i < total.size(); ++i) total[i] += times[i];
}

Nanoseconds longest_unexplained(const RequestLog& log, const Waits& waits) {
  Nanoseconds longest = 0;
  for (const auto* const rows : {&log.slowest(), &log.longest_gaps()}) {
    for (const RequestRow& row : *rows) {
      if (row.gap_ns() <= longest) continue;
      longest = std::max(longest, row.gap_ns() - sum(waits.within({row.free_ns, row.end_ns})));
    }
  }
  return longest;
}

void add_slow(RequestFigures& figures, unsigned mutator, const RequestLog& log,
              const Waits& waits) {
  for (const RequestRow& row : log.slowest()) {
    if (row.latency_ns() < RequestLog::slow_ns) continue;
    figures.slow.push_back(
        {mutator, row.intended_ns, row.latency_ns(), waits.within({row.intended_ns, row.end_ns})});
    ++figures.slow_count;
    figures.slow_total_ns += row.latency_ns();
    add(figures.slow_causes, figures.slow.back().causes);
  }
}

void keep_slowest(std::vector<SlowRequest>& slow) {
  std::ranges::sort(slow, [](const SlowRequest& one, const SlowRequest& other) {
    if (one.duration_ns != other.duration_ns) return one.duration_ns > other.duration_ns;
    return one.start_ns < other.start_ns;
  });
  slow.resize(std::min(slow.size(), RequestFigures::most_slow));
}

void add_percentiles(RequestFigures& figures, const Histogram& all) {
  constexpr std::uint64_t least_for_9999 = 100'000, least_for_99999 = 1'000'000;
  figures.count = all.count();
  figures.p50_ns = all.quantile(0.5);
  figures.p90_ns = all.quantile(0.9);
  figures.p99_ns = all.quantile(0.99);
  figures.p999_ns = all.quantile(0.999);
  if (all.count() >= least_for_9999) figures.p9999_ns = all.quantile(0.9999);
  if (all.count() >= least_for_99999) figures.p99999_ns = all.quantile(0.99999);
  figures.max_ns = all.max();
}

}  // namespace

std::vector<RequestTableRow> request_table(const Pass& pass) {
  std::vector<RequestTableRow> rows;
  for (unsigned i = 0; i < pass.mutators(); ++i) {
    const auto kept = pass.request_log(i).rows(pass.account(i).operations, pass.request_stride());
    for (const auto& [row, weight] : kept) {
      rows.push_back({.thread = i,
                      .intended_ns = row.intended_ns,
                      .start_ns = row.start_ns,
                      .end_ns = row.end_ns,
                      .weight = static_cast<std::int64_t>(weight)});
    }
  }
  meter(rows);
  return rows;
}

std::optional<RequestFigures> request_figures(const Pass& pass,
                                              const std::vector<RecordedEvent>& events) {
  RequestFigures figures;
  Histogram all;
  bool delay_known = true;
  for (unsigned i = 0; i < pass.mutators(); ++i)
    all.add(pass.request_log(i).latencies(pass.account(i).operations));
  if (all.count() == 0) return std::nullopt;
  for (unsigned i = 0; i < pass.mutators(); ++i) {
    const RequestLog& log = pass.request_log(i);
    const Waits waits = waits_of(pass, events, i);
    add_slow(figures, i, log, waits);
    figures.longest_unexplained_ns =
        std::max(figures.longest_unexplained_ns, longest_unexplained(log, waits));
    figures.from_intended |= log.open_loop();
    figures.unserved += log.unserved();
    delay_known &= pass.taken_time(i).available();
  }
  keep_slowest(figures.slow);
  add_percentiles(figures, all);
  figures.row_every = pass.request_stride();
  if (figures.slow_count > 0 && delay_known) {
    figures.explained_share =
        static_cast<double>(sum(figures.slow_causes)) / static_cast<double>(figures.slow_total_ns);
  }
  return figures;
}

}  // namespace tricolour
