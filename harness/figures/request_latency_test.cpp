// Forms of request latency: what each must say of pauses, samples, and shifted and scaled times.
#include "harness/figures/request_latency.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <string>

#include "harness/figures/quantile_curve.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

using Rows = std::vector<RequestTableRow>;
using Latencies = std::vector<double>;
struct LongRequest {
  std::size_t request;
  Nanoseconds by;  ///< it is longer
};

constexpr Nanoseconds ms = 1'000'000;

/// A thread's requests in turn.
Rows closed_loop(const std::vector<Nanoseconds>& durations,
                 const std::vector<LongRequest>& pauses = {}) {
  constexpr Nanoseconds gap = 50;
  std::vector<Nanoseconds> lengths = durations;
  for (const LongRequest& pause : pauses) lengths[pause.request] += pause.by;
  Rows rows;
  Nanoseconds at = 0;
  for (const Nanoseconds length : lengths) {
    rows.push_back({0, at, at, at + length});
    at += length + gap;
  }
  return rows;
}
Rows equal_requests(std::size_t count, Nanoseconds duration,
                    const std::vector<LongRequest>& pauses = {}) {
  return closed_loop(std::vector<Nanoseconds>(count, duration), pauses);
}

/// Equal requests, and a pause of `length` in every stretch of `every` ns.
Rows pausing(Nanoseconds length, Nanoseconds every, double seconds = 4.0) {
  constexpr Nanoseconds duration = 20'000;
  const double share = static_cast<double>(length) / static_cast<double>(every);
  const auto count =
      static_cast<std::size_t>(seconds * 1e9 / (static_cast<double>(duration) * (1 + share) + 50));
  const auto step = static_cast<std::size_t>(every / duration);
  std::vector<LongRequest> pauses;
  for (std::size_t at = step / 2; at < count; at += step) pauses.push_back({at, length});
  return equal_requests(count, duration, pauses);
}

Latencies simple(const Rows& rows) {
  Latencies all;
  for (const RequestTableRow& row : rows)
    all.push_back(static_cast<double>(row.end_ns - row.start_ns));
  return all;
}
/// By the name of the form.
std::map<std::string, Latencies> forms(const Rows& rows) {
  const RequestBegins begins(rows);
  return {{"simple", simple(rows)},
          {"metered_100ms", begins.metered(metered_window_ns)},
          {"metered_full", begins.metered(std::nullopt)}};
}
double quantile(const Latencies& values, double p, const Rows& weights = {}) {
  std::vector<WeightedValue> weighted;
  for (std::size_t i = 0; i < values.size(); ++i) {
    weighted.push_back(
        {values[i], weights.empty() ? 1 : static_cast<std::uint64_t>(weights[i].weight)});
  }
  return quantiles(std::move(weighted), std::array{p}).at(0);
}
double greatest(const Latencies& values) { return *std::ranges::max_element(values); }

/// Metered latency of whole rows sorted by begin, as the definition has it.
Latencies by_definition(const Rows& rows, std::optional<Nanoseconds> window) {
  using Real = long double;
  const auto n = static_cast<std::ptrdiff_t>(rows.size());
  const auto begin = [&](std::ptrdiff_t i) {
    return static_cast<Real>(rows[static_cast<std::size_t>(i)].start_ns - rows[0].start_ns);
  };
  std::vector<Real> intervals;
  for (std::ptrdiff_t i = 1; i < n; ++i) intervals.push_back(begin(i) - begin(i - 1));
  std::ranges::sort(intervals);
  const Real median = intervals[static_cast<std::size_t>((n - 2) / 2)];
  const std::ptrdiff_t k =
      window ? std::lrint(static_cast<Real>(*window) / (2 * median)) : std::ptrdiff_t{0};
  Latencies found;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const std::ptrdiff_t low = std::max<std::ptrdiff_t>(i - k, 0), high = std::min(i + k, n - 1);
    Real spread = static_cast<Real>(i) * begin(n - 1) / static_cast<Real>(n);
    if (window && high > low) {
      spread = begin(low) + static_cast<Real>(i - low) * (begin(high) - begin(low)) /
                                static_cast<Real>(high - low);
    } else if (window) {
      spread = begin(i);
    }
    const auto end = static_cast<Real>(rows[static_cast<std::size_t>(i)].end_ns - rows[0].start_ns);
    found.push_back(static_cast<double>(end - std::min(begin(i), spread)));
  }
  return found;
}

/// As a run keeps rows: the slowest have their own, every k-th of the rest represents k.
Rows sampled(const Rows& rows, std::size_t slowest, std::size_t every) {
  const auto length = [](const RequestTableRow& row) { return row.end_ns - row.start_ns; };
  Rows by_length = rows;
  std::ranges::stable_sort(by_length, std::greater{}, length);
  Rows kept(by_length.begin(), by_length.begin() + static_cast<std::ptrdiff_t>(slowest));
  Rows rest(by_length.begin() + static_cast<std::ptrdiff_t>(slowest), by_length.end());
  std::ranges::sort(rest, {}, &RequestTableRow::start_ns);
  std::size_t left = rest.size();
  for (std::size_t i = every - 1; i < rest.size(); i += every, left -= every) {
    rest[i].weight = static_cast<std::int64_t>(every);
    kept.push_back(rest[i]);
  }
  kept.back().weight += static_cast<std::int64_t>(left);
  std::ranges::sort(kept, {}, &RequestTableRow::start_ns);
  return kept;
}

Rows moved(Rows rows, const std::function<Nanoseconds(Nanoseconds)>& move) {
  for (RequestTableRow& row : rows) {
    for (std::int64_t* const time : {&row.intended_ns, &row.start_ns, &row.end_ns})
      *time = move(*time);
  }
  return rows;
}

}  // namespace

TEST_CASE("metered latency is as defined") {
  std::mt19937_64 random(6);
  for (int round = 0; round < 20; ++round) {
    Rows rows;
    Nanoseconds begin = 1'000'000'000'000'000;
    for (int i = 0; i < 41; ++i) {
      begin += 1 + static_cast<Nanoseconds>(random() % 29);
      rows.push_back({0, begin, begin, begin + 1 + static_cast<Nanoseconds>(random() % 49)});
    }
    const RequestBegins begins(rows);
    for (const auto window : {std::optional<Nanoseconds>(0), std::optional<Nanoseconds>(10),
                              std::optional<Nanoseconds>(100), std::optional<Nanoseconds>()}) {
      const Latencies found = begins.metered(window), wanted = by_definition(rows, window);
      for (std::size_t i = 0; i < rows.size(); ++i)
        CHECK(found[i] == Approx(wanted[i]).margin(1e-6));
    }
  }
}

TEST_CASE("one longer pause among equal requests lowers no quantile") {
  std::mt19937_64 random(8);
  for (int round = 0; round < 4; ++round) {
    const auto duration = 10'000 + static_cast<Nanoseconds>(random() % 50'000);
    const std::size_t at = 100 + random() % 7800;
    std::map<std::string, std::array<double, 4>> previous;
    for (const Nanoseconds length :
         {0 * ms, ms / 10, ms, 10 * ms, 45 * ms, 60 * ms, 120 * ms, 500 * ms}) {
      const auto found = forms(equal_requests(8000, duration, {{at, length}}));
      for (const char* const form : {"simple", "metered_100ms"}) {
        CAPTURE(form, length);
        constexpr double shares[]{0.5, 0.9, 0.99, 0.998};
        for (std::size_t i = 0; i < 4; ++i) {
          const double now = quantile(found.at(form), shares[i]);
          CHECK(now >= previous[form][i] - 1e-6);
          previous[form][i] = now;
        }
        CHECK(greatest(found.at(form)) >= static_cast<double>(length));
      }
    }
  }
}

TEST_CASE("known: metered latency is not monotone in several pauses") {
  // A later pause draws the spread begins of earlier requests to later times.
  const auto one = forms(equal_requests(10'000, 20'000, {{3000, 90 * ms}}));
  const auto two = forms(equal_requests(10'000, 20'000, {{3000, 90 * ms}, {4000, 300 * ms}}));
  for (const char* const form : {"metered_100ms", "metered_full"})
    CHECK(two.at(form)[3010] < one.at(form)[3010] - ms);
  CHECK(two.at("metered_full")[4010] > one.at("metered_full")[4010]);
}

TEST_CASE("stopping for 90 ms looks worse than pausing for a tenth of one") {
  // A window of time got this wrong: it saw no pause longer than half of it.
  const auto worse = forms(pausing(90 * ms, 600 * ms));
  const auto better = forms(pausing(ms / 10, 600 * ms));
  for (const char* const form : {"metered_100ms", "metered_full"}) {
    CAPTURE(form);
    CHECK(quantile(worse.at(form), 0.99) > 20 * ms);
    CHECK(quantile(worse.at(form), 0.99) > 10 * quantile(better.at(form), 0.99));
  }
}

TEST_CASE("a weighted sample has the percentiles of all requests") {
  for (const std::size_t threads : {1u, 3u}) {
    std::mt19937_64 random(threads);
    std::gamma_distribution<double> length(6, 3000);
    Rows whole, sample;
    for (std::size_t thread = 0; thread < threads; ++thread) {
      std::vector<Nanoseconds> durations;
      for (std::size_t i = 0; i < 120'000 / threads; ++i)
        durations.push_back(std::llround(length(random)));
      std::vector<LongRequest> pauses;
      for (std::size_t at = 5000; at < durations.size(); at += 20'000)
        pauses.push_back({at, 40 * ms});
      const Rows rows = closed_loop(durations, pauses), kept = sampled(rows, 600, 16);
      whole.insert(whole.end(), rows.begin(), rows.end());
      sample.insert(sample.end(), kept.begin(), kept.end());
    }
    CHECK(sample.size() < whole.size() / 8);
    const auto everything = forms(whole), some = forms(sample);
    for (const auto& [form, all] : everything) {
      CAPTURE(threads, form);
      CHECK(greatest(some.at(form)) == Approx(greatest(all)).epsilon(0.02));
      for (const double p : {0.9, 0.95, 0.99}) {  // below them metered latency is steep
        const double found = quantile(some.at(form), p, sample);
        CHECK(found >= 0.9 * quantile(all, p - 0.005));
        CHECK(found <= 1.1 * quantile(all, p + 0.005));
      }
    }
  }
}

TEST_CASE("latencies have the order of the rows, whatever it is") {
  const Rows rows = pausing(30 * ms, 200 * ms, 0.5);
  std::vector<std::size_t> turn(rows.size());
  std::iota(turn.begin(), turn.end(), std::size_t{0});
  std::ranges::shuffle(turn, std::mt19937_64(1));
  Rows turned;
  for (const std::size_t place : turn) turned.push_back(rows[place]);
  const auto found = forms(rows);
  for (const auto& [form, values] : forms(turned)) {
    bool same = true;
    for (std::size_t i = 0; i < turn.size(); ++i) same &= values[i] == found.at(form)[turn[i]];
    CHECK(same);
  }
}

TEST_CASE("a shift changes nothing and loses no nanosecond, and latency scales with time") {
  const Rows rows = pausing(30 * ms, 200 * ms, 0.5);
  const auto found = forms(rows);
  CHECK(forms(moved(rows, [](auto t) { return t + (Nanoseconds{1} << 61); })) == found);
  const auto scaled = forms(moved(rows, [](auto t) { return 8 * t; }));
  for (const char* const form : {"simple", "metered_full"}) {
    for (std::size_t i = 0; i < rows.size(); i += 17)
      CHECK(scaled.at(form)[i] == Approx(8 * found.at(form)[i]));
  }
}

TEST_CASE("a single request has one latency, no request has none") {
  for (const std::int64_t weight : {1, 5}) {
    Rows rows{{0, 7, 7, 19, weight}};
    meter(rows);
    CHECK(rows[0].metered_100ms_ns == 12);
    CHECK(rows[0].metered_full_ns == 12);
  }
  CHECK(RequestBegins({}).metered(std::nullopt).empty());
  CHECK_FALSE(latency_forms({}));
}

TEST_CASE("requests that begin together do not hide a pause") {
  // Of two threads in step every second interval is 0, and a window must not become all or nothing.
  const Rows one = pausing(50 * ms, 500 * ms, 2);
  Rows both = one;
  for (RequestTableRow row : one) {
    row.thread = 1;
    both.push_back(row);
  }
  const Latencies alone = RequestBegins(one).metered(metered_window_ns);
  const Latencies together = RequestBegins(both).metered(metered_window_ns);
  for (const double p : {0.5, 0.9, 0.99})
    CHECK(quantile(together, p) == Approx(quantile(alone, p)).epsilon(0.02));
  CHECK(RequestBegins(Rows(30, {0, 5, 5, 9})).metered(metered_window_ns) == Latencies(30, 4));
}

TEST_CASE("intended latency appears only with a schedule") {
  const Rows rows{{0, 0, 0, 2}, {0, 5, 9, 10}};
  const LatencyForms forms = latency_forms(rows).value();
  CHECK(forms.intended.value().max_ns == 5);
  CHECK(forms.simple.max_ns == 2);
  CHECK_FALSE(latency_forms(pausing(30 * ms, 200 * ms, 0.5))->intended);
}

TEST_CASE("no form is below the request's own length") {
  const Rows rows = pausing(30 * ms, 200 * ms, 0.5);
  const Latencies own = simple(rows);
  for (const auto& [form, values] : forms(rows)) {
    CAPTURE(form);
    CHECK(std::ranges::equal(own, values, [](double a, double b) { return b >= a - 1e-6; }));
  }
}

TEST_CASE("each form has its longest and its curve by nines") {
  Rows rows = pausing(30 * ms, 200 * ms, 2);
  meter(rows);
  const LatencyForms forms = latency_forms(rows).value();
  const Latencies metered = RequestBegins(rows).metered(metered_window_ns);
  CHECK(forms.metered_100ms.max_ns == std::llrint(greatest(metered)));
  CHECK(forms.metered_100ms.curve_ns.at(2 * steps_per_nine) ==
        Approx(quantile(metered, 0.99)).margin(0.5));
  CHECK(forms.simple.max_ns == 30 * ms + 20'000);
}

}  // namespace tricolour
