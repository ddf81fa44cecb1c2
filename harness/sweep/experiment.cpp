#include "harness/sweep/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <random>
#include <set>

#include "collectors/registry.hpp"
#include "core/errors.hpp"
#include "harness/run/registry.hpp"
#include "harness/sweep/experiment_axes.hpp"
#include "harness/text/names.hpp"
#include "harness/text/toml_reader.hpp"

namespace tricolour {
namespace {

/// A cell under construction.
struct Point {
  RunOptions options;
  std::vector<std::pair<std::string_view, const Choice*>> choices;  ///< by axis
};
struct Exclusion {
  std::vector<std::pair<std::string, std::vector<std::string>>> conditions;
};

/// Of the matrix, before exclusions: more would take days to list, and is a mistake.
constexpr std::size_t most_points = 100'000;

class Reader {
 public:
  Reader(std::string_view text, std::string_view file)
      : file_(file), root_(parse_toml(text, file)) {}

  Experiment read() {
    const TomlTable root(file_, root_, "the file", {"schema", "name", "matrix", "exclude", "run"});
    const std::int64_t schema = root.must("schema").integer(1, 1'000'000);
    if (schema != 1)
      root.must("schema").refuse(
          fmt::format("the file has schema {}; this program reads schema 1", schema));
    experiment_.name = root.must("name").text();
    if (experiment_.name.empty())
      root.must("name").refuse("the name is empty; it takes at least one letter");
    if (const auto run = root.find("run")) read_run(*run);
    read_matrix(root.must("matrix"));
    if (const auto exclude = root.find("exclude")) read_exclusions(*exclude);
    make_cells();
    return std::move(experiment_);
  }

 private:
  void read_run(const TomlValue& value) {
    const TomlTable run = value.table(
        "[run]", {"invocations", "seconds", "operations", "warmup_s", "seed", "request_rows",
                  "timeout_s", "verify", "pin", "set", "order", "baseline"});
    if (const auto one = run.find("invocations"))
      experiment_.invocations = static_cast<unsigned>(one->integer(1, 100'000));
    if (const auto one = run.find("seed")) {
      experiment_.seed = standard_.seed =
          static_cast<std::uint64_t>(one->integer(0, std::numeric_limits<std::int64_t>::max()));
    }
    if (const auto one = run.find("request_rows")) {
      standard_.request_rows =
          static_cast<std::uint64_t>(one->integer(0, std::numeric_limits<std::int64_t>::max()));
    }
    if (const auto one = run.find("timeout_s"))
      experiment_.timeout_s = one->number(least_timeout_s, most_timeout_s);
    read_duration(run, standard_);
    if (const auto one = run.find("warmup_s")) standard_.warmup_s = one->number(0, 1e6);
    if (const auto one = run.find("verify")) standard_.verify = one->flag();
    if (const auto one = run.find("pin")) standard_.pin = one->flag();
    if (const auto one = run.find("set")) {
      for (const auto& [name, setting] : one->named_texts("set")) {
        const std::string wanted = setting.as_text();
        TunedOptions ignored;
        setting.checked([&] { apply_setting(name, wanted, ignored); });
        standard_.settings.emplace_back(name, wanted);
      }
    }
    if (const auto one = run.find("order")) {
      experiment_.order = static_cast<CellOrder>(one->choice({"randomised-blocks", "as-written"}));
    }
    if (const auto one = run.find("baseline")) read_baseline(*one);
  }

  void read_baseline(const TomlValue& value) {
    const TomlTable baseline = value.table("baseline", keys_of(plain_axes()));
    for (const std::string_view key : {"collector", "barrier"}) baseline.must(key);
    baseline_.clear();
    for (const Coordinate* const axis : plain_axes()) {
      if (const auto one = baseline.find(axis->name))
        baseline_.push_back({std::string(axis->name), {choice_of(*axis, *one)}});
    }
    baseline_line_ = value.line();
  }

  static std::vector<std::string_view> keys_of(const std::vector<const Coordinate*>& axes) {
    std::vector<std::string_view> keys;
    for (const Coordinate* const one : axes) keys.push_back(one->name);
    return keys;
  }

  static void read_duration(const TomlTable& table, RunOptions& options) {
    const auto seconds = table.find("seconds");
    const auto operations = table.find("operations");
    if (seconds && operations) operations->refuse("seconds and operations contradict each other");
    if (seconds) {
      options.seconds = seconds->number(1e-3, 1e6);
      options.operations.reset();
    }
    if (operations) {
      options.operations = static_cast<std::uint64_t>(
          operations->integer(1, std::numeric_limits<std::int64_t>::max()));
      options.seconds.reset();
    }
  }

  void read_matrix(const TomlValue& value) {
    std::vector<std::string_view> known = keys_of(plain_axes());
    known.insert(known.end(), {"workload", "unsound_pairs"});
    const TomlTable matrix = value.table("[matrix]", known);
    matrix_line_ = value.line();
    for (const std::string_view key : {"collector", "barrier", "workload"}) matrix.must(key);
    if (const auto one = matrix.find("unsound_pairs"))
      skips_unsound_ = one->choice({"refuse", "skip"}) == 1;
    for (const Coordinate* const axis : plain_axes())
      add_axis(matrix, axis->name, [axis](const TomlValue& one) { return choice_of(*axis, one); });
    add_axis(matrix, "workload", [this](const TomlValue& one) { return workload_choice(one); });
  }

  template <class Make>
  void add_axis(const TomlTable& matrix, std::string_view key, Make make) {
    const auto value = matrix.find(key);
    if (!value) return;
    Axis axis{std::string(key), {}};
    std::set<std::string> hashes;
    for (const TomlValue& one : value->one_or_many()) {
      Choice choice = make(one);
      choice.line = one.line();
      RunOptions chosen = standard_;
      choice.apply(chosen);
      if (!hashes.insert(cell_hash(chosen)).second)
        one.refuse(
            fmt::format("{} '{}' is listed twice; each value may appear once", key, choice.name));
      axis.choices.push_back(std::move(choice));
    }
    if (axis.choices.empty()) value->refuse(fmt::format("{} has no value", key));
    axes_.push_back(std::move(axis));
  }

  Choice workload_choice(const TomlValue& value) {
    RunOptions wanted = standard_;
    if (value.is_text()) {
      wanted.workload = value.text();
      value.checked([&] { find_workload(wanted.workload); });
    } else {
      if (!value.is_table()) value.expected("a name, or a table with one");
      const TomlTable table = value.table("a workload", {"name", "seconds", "operations", "param"});
      const TomlValue called = table.must("name");
      wanted.workload = called.text();
      called.checked([&] { find_workload(wanted.workload); });
      read_duration(table, wanted);
      if (const auto param = table.find("param")) {
        for (const auto& [name, one] : param->named_texts("param")) {
          wanted.parameters.emplace_back(name, one.as_text());
          one.checked([&] { check_parameters(wanted.workload, {wanted.parameters.back()}); });
        }
      }
    }
    return {wanted.workload, [wanted](RunOptions& options) {
              options.workload = wanted.workload;
              options.parameters = wanted.parameters;
              options.seconds = wanted.seconds;
              options.operations = wanted.operations;
            }};
  }

  void read_exclusions(const TomlValue& value) {
    for (const TomlValue& one : value.elements("[[exclude]]")) {
      std::vector<std::string_view> known;
      for (const Axis& axis : axes_) known.push_back(axis.key);
      const TomlTable table = one.table("[[exclude]]", known);
      Exclusion exclusion;
      for (const Axis& axis : axes_) {
        const auto condition = table.find(axis.key);
        if (!condition) continue;
        std::vector<std::string> names;
        for (const TomlValue& name : condition->one_or_many()) {
          names.push_back(name.as_text());
          const bool exists = std::ranges::any_of(axis.choices, [&](const Choice& choice) {
            return same_name(choice.name, names.back());
          });
          if (!exists)
            name.refuse(fmt::format("{} '{}' is excluded, but is not in the matrix", axis.key,
                                    names.back()));
        }
        exclusion.conditions.emplace_back(axis.key, std::move(names));
      }
      if (exclusion.conditions.empty())
        one.refuse(
            "the exclusion has no condition and would exclude everything; it takes a matrix key");
      exclusions_.push_back(std::move(exclusion));
    }
  }

  bool excluded(const Point& point) const {
    const auto matches = [&](const auto& condition) {
      const auto chosen = std::ranges::find(point.choices, condition.first,
                                            &decltype(Point::choices)::value_type::first);
      return std::ranges::any_of(condition.second, [&](const std::string& name) {
        return same_name(name, chosen->second->name);
      });
    };
    return std::ranges::any_of(exclusions_, [&](const Exclusion& one) {
      return std::ranges::all_of(one.conditions, matches);
    });
  }

  std::vector<Point> multiply_out() const {
    std::size_t count = 1;
    for (const Axis& axis : axes_) count = std::min(count, most_points + 1) * axis.choices.size();
    if (count > most_points)
      throw FileError(file_, matrix_line_,
                      fmt::format("the matrix has more than {} cells", most_points));
    std::vector<Point> points{{standard_, {}}};
    for (const Axis& axis : axes_) {
      std::vector<Point> next;
      for (const Point& point : points) {
        for (const Choice& choice : axis.choices) {
          next.push_back(point);
          choice.apply(next.back().options);
          next.back().choices.emplace_back(axis.key, &choice);
        }
      }
      points = std::move(next);
    }
    return points;
  }

  /// Nothing also where the pair cannot be judged, because something else of the run is refused.
  static std::optional<std::string> unsound_reason(const RunOptions& options) {
    try {
      const BarrierTraits& barrier = find_barrier(options.barrier);
      const CollectorInfo& collector = *find_collector(options.collector);
      const AllocationColour colour = named_colour(options.allocate, collector, barrier);
      std::string reason = unsound_because(collector, barrier, colour, options.roots == "ragged");
      return reason.empty() ? std::nullopt : std::optional(std::move(reason));
    } catch (const ConfigurationError&) {
      return std::nullopt;
    }
  }

  /// Of the one value without which the run could be planned: a heap that is too small, a sweep
  /// that needs another collector. Else of the barrier.
  unsigned blamed_line(const Point& point) const {
    RunOptions standard;
    unsigned line = matrix_line_;
    for (const auto& [axis, choice] : point.choices) {
      if (axis == "barrier") line = choice->line;
      if (axis == "barrier" || axis == "collector" || axis == "workload") continue;
      RunOptions without = point.options;
      find_coordinate(axis)->copy(standard, without);
      if (!refused_because(without)) return choice->line;
    }
    return line;
  }

  static std::optional<std::string> refused_because(const RunOptions& options) {
    try {
      plan_run(options);
    } catch (const ConfigurationError& error) {
      return error.what();
    }
    return std::nullopt;
  }

  /// Says what leaves the cell out: of an unsound pair that is a key of the matrix.
  [[noreturn]] void refuse(const Point& point, const std::string& reason,
                           const std::optional<std::string>& unsound) const {
    const RunOptions& options = point.options;
    throw FileError(
        file_, blamed_line(point),
        fmt::format("{} under {}, {}: {}; {}", options.workload, options.collector, options.barrier,
                    unsound.value_or(reason),
                    unsound ? "unsound_pairs = \"skip\" in [matrix] leaves such pairs out"
                            : "an [[exclude]] leaves a cell out"));
  }

  void add_cell(const RunOptions& options) {
    if (hashes_.insert(cell_hash(options)).second) experiment_.cells.push_back(options);
  }

  void make_cells() {
    std::vector<RunOptions> baselines;
    std::size_t left_out = 0, unsound = 0;
    for (const Point& point : multiply_out()) {
      const RunOptions& options = point.options;
      if (excluded(point)) {
        ++left_out;
        continue;
      }
      const auto unsound_because_of = unsound_reason(options);
      if (skips_unsound_ && unsound_because_of) {
        ++unsound;
        continue;
      }
      if (const auto reason = refused_because(options)) refuse(point, *reason, unsound_because_of);
      add_cell(options);
      baselines.push_back(baseline_of(options));
    }
    if (experiment_.cells.empty()) {
      throw FileError(file_, matrix_line_,
                      fmt::format("no cell is left: {} excluded, {} of pairs that lose objects",
                                  left_out, unsound));
    }
    for (const RunOptions& baseline : baselines) {
      if (const auto reason = refused_because(baseline)) {
        throw FileError(file_, baseline_line_ != 0 ? baseline_line_ : matrix_line_,
                        "the baseline cannot run: " + *reason);
      }
      add_cell(baseline);
    }
    name_baseline(baselines.front());
  }

  /// As the parameters of cells spell it.
  void name_baseline(const RunOptions& baseline) {
    const NamedTexts spelled = cell_parameters(baseline);
    for (const Axis& pinned : baseline_) {
      experiment_.baseline.push_back(
          *std::ranges::find(spelled, pinned.key, &NamedTexts::value_type::first));
    }
  }

  RunOptions baseline_of(const RunOptions& options) const {
    RunOptions baseline = options;
    baseline.barrier_arm.clear();
    for (const Axis& pinned : baseline_) pinned.choices.front().apply(baseline);
    const CollectorInfo& collector = named_collector(baseline.collector);
    if (!sweep_refused_because(collector, named_sweep(baseline.sweep)).empty())
      baseline.sweep = RunOptions{}.sweep;
    return baseline;
  }

  const std::string file_;
  const Toml root_;
  Experiment experiment_;
  RunOptions standard_;
  std::vector<Axis> axes_;
  /// One choice each.
  std::vector<Axis> baseline_{pinned(*find_coordinate("collector"), standard_.collector),
                              pinned(*find_coordinate("barrier"), standard_.barrier)};
  std::vector<Exclusion> exclusions_;
  std::set<std::string> hashes_;
  bool skips_unsound_ = false;
  unsigned matrix_line_ = 0;
  unsigned baseline_line_ = 0;
};

}  // namespace

Experiment read_experiment(std::string_view text, std::string_view file) {
  return Reader(text, file).read();
}

std::vector<std::size_t> block_order(const Experiment& experiment, unsigned block) {
  std::vector<std::size_t> order(experiment.cells.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (experiment.order == CellOrder::as_written) return order;
  std::mt19937_64 random(experiment.seed * 0x9e3779b97f4a7c15u + block);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  return order;
}

}  // namespace tricolour
