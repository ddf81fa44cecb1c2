#include "harness/record/request_log.hpp"

#include <functional>
#include <random>

#include "tools/testing/catch.hpp"
#include "workloads/workload.hpp"

namespace tricolour {
namespace {

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

TEST_CASE("the longest request of a run has a row, also where all are short and rows are thinned") {
  const int longest = GENERATE(0, 1, 700, 1999);
  RequestLog log(1 << 20);
  ToldRequests requests(log);
  constexpr int count = 2000;
  Nanoseconds clock = 1'000'000;
  for (int i = 0; i < count; ++i) {
    const Nanoseconds start = clock + 100;
    clock = start + (i == longest ? 1700 : 900 + i % 7);
    requests.tell(start, start, clock);
  }
  REQUIRE(log.stride() > 1);
  Nanoseconds longest_row = 0;
  std::uint64_t weights = 0;
  for (const auto& [row, weight] : log.rows(count, 2 * log.stride())) {
    longest_row = std::max(longest_row, row.latency_ns());
    weights += weight;
  }
  CHECK(longest_row == static_cast<Nanoseconds>(log.latencies(count).max()));
  CHECK(weights == count);
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
  bool each_for_itself = true;
  for (const auto& [row, weight] : log.rows(told.size(), 1)) {
    given.push_back({row.intended_ns, row.start_ns, row.end_ns});
    each_for_itself = each_for_itself && weight == 1;
  }
  CHECK(given == told);
  CHECK(each_for_itself);
  CHECK(log.latencies(told.size()).count() == told.size());

  RequestLog without_rows(0);
  ToldRequests(without_rows).tell(1, 2, 3);
  CHECK(without_rows.latencies(1).max() == 2);
  CHECK(RequestLog(0).latencies(5).count() == 0);
  CHECK(without_rows.rows(1, 1).empty());
}

TEST_CASE("a request log keeps a systematic sample of a long run") {
  for (const std::uint64_t requests : {1U, 99U, 100U, 101U, 1000U, 12'345U}) {
    RequestLog log(requests % 2 == 0 ? 100 : 99);
    ToldRequests told(log);
    for (std::uint64_t i = 0; i < requests; ++i) {
      const auto start = static_cast<Nanoseconds>(10 * i);
      told.tell(start, start, start + 5);
    }
    std::uint64_t rows = 0, whole = 0;
    bool right = true;
    for (const auto& [row, weight] : log.rows(requests, log.stride())) {
      right = right && row.intended_ns == row.start_ns && row.end_ns == row.start_ns + 5 &&
              row.start_ns == static_cast<Nanoseconds>(10 * log.stride() * rows);
      ++rows;
      whole += weight;
    }
    CHECK(right);
    CHECK(whole == requests);
    CHECK(rows == (requests + log.stride() - 1) / log.stride());
    CHECK(rows <= 100);
    CHECK((requests < 100 || rows >= 49));
  }
}

TEST_CASE("a request log keeps few of many short requests, and all of a burst among long ones") {
  const auto kept = [](std::uint64_t requests, auto end_of) {
    RequestLog log(1 << 20);
    ToldRequests told(log);
    for (std::uint64_t i = 0; i < requests; ++i)
      told.tell(end_of(i) - 50, end_of(i) - 50, end_of(i));
    return log.rows(requests, log.stride()).size();
  };
  const std::uint64_t rows_in_a_second =
      kept(10'000'000, [](std::uint64_t i) { return static_cast<Nanoseconds>(100 * i + 50); });
  CHECK(rows_in_a_second <= 1'000'000'000 / 32'000 + 256 * 9);
  CHECK(rows_in_a_second >= 1'000'000'000 / 64'000 / 2);
  const auto burst_after_5000 = [](std::uint64_t i) {
    return static_cast<Nanoseconds>(i < 5000 ? 100'000 * i : 500'000'000 + 100 * i);
  };
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
    const auto length =
        static_cast<Nanoseconds>(i % 30'000 == 29'999 ? 5000 + i / 1000 : 100 + random() % 400);
    told.tell(clock, clock, clock + length);
    all.record(static_cast<std::uint64_t>(length));
    clock += length;
  }
  const Histogram given = log.latencies(requests);
  CHECK(given.count() == requests);
  CHECK(given.max() == all.max());
  for (const double quantile : {0.9999, 0.99999})
    CHECK(given.quantile(quantile) == all.quantile(quantile));
  for (const double quantile : {0.1, 0.5, 0.9, 0.99}) {
    const auto exact = static_cast<double>(all.quantile(quantile));
    CHECK(std::abs(static_cast<double>(given.quantile(quantile)) - exact) < 0.02 * exact);
  }
}

TEST_CASE("a request that is just long stands for itself alone") {
  RequestLog log(0);
  ToldRequests told(log);
  constexpr std::uint64_t requests = 100'000;
  Nanoseconds clock = 0;
  for (std::uint64_t i = 0; i < requests; ++i) {
    const Nanoseconds length = i % 1000 == 999 ? RequestSink::long_ns : 100;
    told.tell(clock, clock, clock + length);
    clock += length;
  }
  const Histogram given = log.latencies(requests);
  CHECK(given.quantile(0.9985) < 200);
  CHECK(given.quantile(0.9995) >= static_cast<std::uint64_t>(RequestSink::long_ns));
}

TEST_CASE(
    "the slowest requests have rows of their own, and the weights of the others add up to the "
    "rest") {
  std::mt19937_64 random(11);
  RequestLog log(1000);
  ToldRequests told(log);
  std::vector<std::uint64_t> lengths;
  Nanoseconds clock = 0;
  constexpr std::uint64_t requests = 200'000;
  for (std::uint64_t i = 0; i < requests; ++i) {
    const bool slow =
        random() % 5 == 0;  // 40 000, of which 20 000 are more than the list keeps twice over
    const auto length =
        static_cast<Nanoseconds>(slow ? 4096 + random() % 900'000 : 100 + random() % 3000);
    told.tell(clock, clock, clock + length);
    lengths.push_back(static_cast<std::uint64_t>(length));
    clock += length;
  }
  std::uint64_t whole = 0, own = 0, longest = 0;
  Nanoseconds last_start = -1;
  bool in_order = true;
  std::vector<std::uint64_t> own_lengths;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> weighted;
  for (const auto& [row, weight] : log.rows(requests, log.stride())) {
    in_order = in_order && row.start_ns > last_start;
    last_start = row.start_ns;
    whole += weight;
    own += weight == 1;
    const auto length = static_cast<std::uint64_t>(row.latency_ns());
    longest = std::max(longest, length);
    if (weight == 1) own_lengths.push_back(length);
    weighted.emplace_back(length, weight);
  }
  std::ranges::sort(lengths, std::greater{});
  std::ranges::sort(own_lengths, std::greater{});
  CHECK(in_order);
  CHECK(whole == requests);
  CHECK(longest == lengths.front());
  REQUIRE(own >= RequestLog::least_slowest);
  CHECK(own < 3 * RequestLog::least_slowest);
  CHECK(std::equal(lengths.begin(), lengths.begin() + RequestLog::least_slowest,
                   own_lengths.begin()));
  std::ranges::sort(weighted);
  std::uint64_t median = 0;
  for (std::uint64_t below = 0; const auto& [length, weight] : weighted) {
    if ((below += weight) >= requests / 2) {
      median = length;
      break;
    }
  }
  CHECK(std::abs(static_cast<double>(median) - static_cast<double>(lengths[requests / 2])) <
        0.15 * static_cast<double>(lengths[requests / 2]));
}

TEST_CASE("every request of a millisecond or more has a row, however many there are") {
  RequestLog log(100);
  ToldRequests told(log);
  constexpr Nanoseconds ms = RequestLog::slow_ns;
  constexpr std::uint64_t requests = 60'000;
  for (std::uint64_t i = 0; i < requests; ++i) {
    const auto start = static_cast<Nanoseconds>(i) * 2 * ms;
    told.tell(start, start, start + (i % 2 == 0 ? ms : ms - 1));
  }
  std::uint64_t whole = 0, slow = 0;
  for (const auto& [row, weight] : log.rows(requests, log.stride())) {
    whole += weight;
    if (row.latency_ns() >= ms && weight == 1) ++slow;
  }
  CHECK(slow == requests / 2);
  CHECK(whole == requests);
}

TEST_CASE("where each k-th request is slow, the others are still represented by one of theirs") {
  RequestLog log(100);
  ToldRequests told(log);
  constexpr std::uint64_t requests = 4096;
  for (std::uint64_t i = 0; i < requests; ++i) {
    const auto start = static_cast<Nanoseconds>(i) * 1'000'000;
    told.tell(start, start, start + (i % 2 == 0 ? 500'000 : i < 200 ? 300 : 700));
  }
  std::uint64_t whole = 0;
  std::uint64_t shorts = 0;
  for (const auto& [row, weight] : log.rows(requests, log.stride())) {
    whole += weight;
    if (row.latency_ns() <= 700) shorts += weight;
  }
  CHECK(log.stride() > 1);
  CHECK(whole == requests);
  CHECK(shorts == requests / 2);
  CHECK(log.latencies(requests).quantile(0.4) >= 700);
}

TEST_CASE("in an open loop the time behind other requests is no gap of the mutator's own") {
  RequestLog log(100);
  ToldRequests told(log);
  CHECK_FALSE(log.open_loop());
  told.tell(0, 5, 10);
  told.tell(100, 20'000'000, 20'000'400);  // waited 20 ms
  told.tell(200, 20'000'500, 20'000'900);  // waited behind it
  CHECK(log.open_loop());
  std::vector<Nanoseconds> gaps;
  for (const RequestRow& row : log.longest_gaps()) gaps.push_back(row.gap_ns());
  CHECK(gaps == std::vector<Nanoseconds>{20'000'300, 500});
}

}  // namespace tricolour
