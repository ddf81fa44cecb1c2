#include "harness/figures/request_latency.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/figures/quantile_curve.hpp"

namespace tricolour {
namespace {

/// The median; of an even number the mean of the two in the middle.
double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 != 0) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

template <class LatencyOf>
LatencyFigures figures_of(std::span<const RequestTableRow> rows, LatencyOf latency_of) {
  LatencyFigures figures;
  std::vector<WeightedValue> values;
  for (const RequestTableRow& row : rows) {
    const std::int64_t latency = latency_of(row);
    figures.max_ns = std::max(figures.max_ns, latency);
    values.push_back({static_cast<double>(latency), static_cast<std::uint64_t>(row.weight)});
  }
  figures.curve_ns = quantile_curve(std::move(values));
  return figures;
}

}  // namespace

RequestBegins::RequestBegins(std::span<const RequestTableRow> rows) : order_(rows.size()) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::ranges::stable_sort(order_, {}, [&](std::size_t row) { return rows[row].intended_ns; });
  for (const std::size_t place : order_) {
    const RequestTableRow& row = rows[place];
    const std::int64_t first = rows[order_.front()].intended_ns;
    const auto weight = static_cast<std::uint64_t>(row.weight);
    begin_.push_back(static_cast<double>(row.intended_ns - first));
    end_.push_back(static_cast<double>(row.end_ns - first));
    weight_.push_back(weight);
    requests_ += weight;
    ordinal_.push_back(static_cast<double>(requests_) - static_cast<double>(weight + 1) / 2);
    greatest_weight_ = std::max(greatest_weight_, weight);
  }
}

std::vector<double> RequestBegins::metered(std::optional<Nanoseconds> window) const {
  const std::vector<double> spread = this->spread(window);
  std::vector<double> found(order_.size());
  for (std::size_t i = 0; i < order_.size(); ++i)
    found[order_[i]] = end_[i] - std::min(begin_[i], spread[i]);
  return found;
}

std::vector<double> RequestBegins::spread(std::optional<Nanoseconds> window) const {
  if (begin_.size() < 2) return begin_;
  std::vector<double> found;
  if (!window) {
    const double interval = begin_.back() / static_cast<double>(requests_);
    for (const double ordinal : ordinal_) found.push_back(ordinal * interval);
    return found;
  }
  const double half = half_window(*window);
  for (std::size_t i = 0; i < begin_.size(); ++i) {
    const double low = std::max(ordinal_[i] - half, ordinal_.front());
    const double high = std::min(ordinal_[i] + half, ordinal_.back());
    const double from = begin_at(low);
    const double share = high > low ? (ordinal_[i] - low) / (high - low) : 0;
    found.push_back(high > low ? from + share * (begin_at(high) - from) : begin_[i]);
  }
  return found;
}

double RequestBegins::half_window(Nanoseconds window) const {
  const double interval = median_interval();
  return interval > 0 ? std::nearbyint(static_cast<double>(window) / (2 * interval))
                      : static_cast<double>(requests_);
}

double RequestBegins::median_interval() const {
  // Ordinals say little of fewer requests of a sample.
  constexpr std::uint64_t sampled_step = 8;
  if (greatest_weight_ > 1) {
    const std::uint64_t stretches = requests_ / (sampled_step * greatest_weight_);
    if (stretches > 1) return median_interval_of_stretches(stretches);
  }
  return median_interval_of_rows();
}

/// In a sample the ordinals of single rows say too little, so intervals are averages over some.
double RequestBegins::median_interval_of_stretches(std::uint64_t stretches) const {
  const double step = (ordinal_.back() - ordinal_.front()) / static_cast<double>(stretches);
  std::vector<double> lengths;
  double from = begin_.front();
  for (std::uint64_t i = 1; i <= stretches; ++i) {
    const double to = begin_at(ordinal_.front() + step * static_cast<double>(i));
    lengths.push_back(to - from);
    from = to;
  }
  return median(std::move(lengths)) / step;
}

/// Requests that begin together share the interval that follows.
double RequestBegins::median_interval_of_rows() const {
  std::vector<WeightedValue> intervals;
  std::uint64_t together = 0;
  for (std::size_t i = 0; i + 1 < begin_.size(); ++i) {
    together += weight_[i];
    if (begin_[i + 1] == begin_[i]) continue;
    intervals.push_back({(begin_[i + 1] - begin_[i]) / static_cast<double>(together), together});
    together = 0;
  }
  std::ranges::sort(intervals, {}, &WeightedValue::value);
  std::uint64_t whole = 0, reached = 0;
  for (const WeightedValue& one : intervals) whole += one.weight;
  for (const WeightedValue& one : intervals) {
    reached += one.weight;
    if (2 * reached >= whole) return one.value;
  }
  return 0;
}

double RequestBegins::begin_at(double ordinal) const {
  const auto next =
      static_cast<std::size_t>(std::ranges::upper_bound(ordinal_, ordinal) - ordinal_.begin());
  if (next == 0) return begin_.front();
  if (next == ordinal_.size()) return begin_.back();
  const double share = (ordinal - ordinal_[next - 1]) / (ordinal_[next] - ordinal_[next - 1]);
  return begin_[next - 1] + share * (begin_[next] - begin_[next - 1]);
}

void meter(std::span<RequestTableRow> rows) {
  const RequestBegins begins(rows);
  const std::vector<double> window = begins.metered(metered_window_ns);
  const std::vector<double> whole = begins.metered(std::nullopt);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].metered_100ms_ns = std::llrint(window[i]);
    rows[i].metered_full_ns = std::llrint(whole[i]);
  }
}

std::optional<LatencyForms> latency_forms(std::span<const RequestTableRow> rows) {
  if (rows.empty()) return std::nullopt;
  using Row = RequestTableRow;
  LatencyForms forms;
  forms.simple = figures_of(rows, [](const Row& row) { return row.end_ns - row.start_ns; });
  if (std::ranges::any_of(rows, [](const Row& row) { return row.intended_ns != row.start_ns; }))
    forms.intended = figures_of(rows, [](const Row& row) { return row.end_ns - row.intended_ns; });
  forms.metered_100ms = figures_of(rows, [](const Row& row) { return row.metered_100ms_ns; });
  forms.metered_full = figures_of(rows, [](const Row& row) { return row.metered_full_ns; });
  return forms;
}

}  // namespace tricolour
