#include "harness/histogram.hpp"

#include <random>

#include "harness/request_log.hpp"
#include "tools/catch.hpp"
#include "workloads/workload.hpp"

namespace tricolour {
namespace {

std::uint64_t exact_quantile(std::vector<std::uint64_t> values, double p) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

/// Tells a log of requests as a workload does.
class ToldRequests final : public RunControl {
 public:
  explicit ToldRequests(RequestLog& log) : log_(log), run_(parameters_, *this, 0, 1, 0) {}
  void tell(Nanoseconds intended, Nanoseconds start, Nanoseconds end) {
    run_.next_operation();
    run_.record_request(intended, start, end);
  }
  void arrive_at_begin(unsigned) override {}
  void arrive_at_end(unsigned, std::uint64_t) override {}
  std::uint64_t operation_limit(unsigned) const override { return no_operation_limit; }
  RequestSink* requests(unsigned) override { return &log_; }

 private:
  RequestLog& log_;
  Parameters parameters_;
  WorkloadRun run_;
};

}  // namespace

TEST_CASE("a quantile is never below the exact one, and at most a sixty-fourth above") {
  std::mt19937_64 random(7);
  Histogram histogram;
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(random() >> (random() % 64));
    histogram.record(values.back());
  }
  for (const double p : {0.0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const std::uint64_t exact = exact_quantile(values, p);
    CHECK(histogram.quantile(p) >= exact);
    CHECK(histogram.quantile(p) - exact <= exact / 64);
  }
  CHECK(histogram.count() == values.size());
  CHECK(histogram.max() == exact_quantile(values, 1));
}

TEST_CASE("small values are exact, and histograms add up") {
  Histogram one;
  Histogram other;
  for (std::uint64_t value = 0; value < 100; ++value) (value % 2 == 0 ? one : other).record(value);
  one.add(other);
  CHECK(one.count() == 100);
  CHECK(one.quantile(0.5) == 49);
  CHECK(one.quantile(1) == 99);
  CHECK(Histogram{}.quantile(0.5) == 0);
  Histogram extreme;
  extreme.record(~std::uint64_t{0});
  CHECK(extreme.quantile(0.5) == ~std::uint64_t{0});
}

TEST_CASE("a request log gives back what it was told") {
  struct Row {
    Nanoseconds intended, start, end;
    bool operator==(const Row&) const = default;
  };
  std::mt19937_64 random(3);
  RequestLog log(1 << 20);
  ToldRequests requests(log);
  std::vector<Row> told;
  Nanoseconds clock = 5'000'000'000;
  for (int i = 0; i < 100'000; ++i) {
    const auto gap = static_cast<Nanoseconds>(i % 100 == 0 ? 6'000'000'000 : random() % 2000);
    const auto length = static_cast<Nanoseconds>(i % 777 == 0 ? 5'000'000'000 : random() % 5000);
    const Nanoseconds start = clock + gap;
    const Nanoseconds intended = i % 10 == 0 ? start - 100 : start;
    clock = start + length;
    told.push_back({intended, start, clock});
    requests.tell(intended, start, clock);
  }
  std::vector<Row> given;
  log.for_each(1, [&](Nanoseconds intended, Nanoseconds start, Nanoseconds end) { given.push_back({intended, start, end}); });
  CHECK(given == told);
  CHECK(log.latencies(told.size()).count() == told.size());

  RequestLog without_rows(0);
  ToldRequests(without_rows).tell(1, 2, 3);
  CHECK(without_rows.latencies(1).max() == 2);
  CHECK(RequestLog(0).latencies(5).count() == 0);
  without_rows.for_each(1, [](Nanoseconds, Nanoseconds, Nanoseconds) { FAIL_CHECK("a row was kept"); });
}

TEST_CASE("a request log keeps a systematic sample of a long run") {
  for (const std::uint64_t requests : {1U, 99U, 100U, 101U, 1000U, 12'345U}) {
    RequestLog log(requests % 2 == 0 ? 100 : 99);
    ToldRequests told(log);
    for (std::uint64_t i = 0; i < requests; ++i) {
      const auto start = static_cast<Nanoseconds>(10 * i);
      told.tell(start, start, start + 5);
    }
    std::uint64_t rows = 0;
    bool right = true;
    log.for_each(log.stride(), [&](Nanoseconds intended, Nanoseconds start, Nanoseconds end) {
      right = right && intended == start && end == start + 5 && start == static_cast<Nanoseconds>(10 * log.stride() * rows);
      ++rows;
    });
    CHECK(right);
    CHECK(rows == (requests + log.stride() - 1) / log.stride());
    CHECK(rows <= 100);
    CHECK((requests < 100 || rows >= 49));
  }
}

TEST_CASE("a request log keeps few of many short requests, and all of a burst among long ones") {
  const auto kept = [](std::uint64_t requests, auto end_of) {
    RequestLog log(1 << 20);
    ToldRequests told(log);
    for (std::uint64_t i = 0; i < requests; ++i) told.tell(end_of(i) - 50, end_of(i) - 50, end_of(i));
    std::uint64_t rows = 0;
    log.for_each(log.stride(), [&](Nanoseconds, Nanoseconds, Nanoseconds) { ++rows; });
    return rows;
  };
  const std::uint64_t rows_in_a_second = kept(10'000'000, [](std::uint64_t i) { return static_cast<Nanoseconds>(100 * i + 50); });
  CHECK(rows_in_a_second <= 1'000'000'000 / 32'000 + 256 * 9);
  CHECK(rows_in_a_second >= 1'000'000'000 / 64'000 / 2);
  const auto burst_after_5000 = [](std::uint64_t i) { return static_cast<Nanoseconds>(i < 5000 ? 100'000 * i : 500'000'000 + 100 * i); };
  CHECK(kept(10'000, burst_after_5000) == 10'000);
}

TEST_CASE("of many short requests a sample stands for all, and every long one counts") {
  std::mt19937_64 random(7);
  RequestLog log(0);
  ToldRequests told(log);
  Histogram all;
  constexpr std::uint64_t requests = 3'000'000;
  Nanoseconds clock = 0;
  for (std::uint64_t i = 0; i < requests; ++i) {
    const auto length = static_cast<Nanoseconds>(i % 30'000 == 29'999 ? 5000 + i / 1000 : 100 + random() % 400);
    told.tell(clock, clock, clock + length);
    all.record(static_cast<std::uint64_t>(length));
    clock += length;
  }
  const Histogram given = log.latencies(requests);
  CHECK(given.count() == requests);
  CHECK(given.max() == all.max());
  for (const double quantile : {0.9999, 0.99999}) CHECK(given.quantile(quantile) == all.quantile(quantile));
  for (const double quantile : {0.1, 0.5, 0.9, 0.99}) {
    const auto exact = static_cast<double>(all.quantile(quantile));
    CHECK(std::abs(static_cast<double>(given.quantile(quantile)) - exact) < 0.02 * exact);
  }
}

}  // namespace tricolour
