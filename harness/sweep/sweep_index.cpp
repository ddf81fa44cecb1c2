#include "harness/sweep/sweep_index.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/errors.hpp"
#include "core/observe/clock.hpp"
#include "harness/files/result_folder.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/run/registry.hpp"
#include "harness/sweep/experiment_axes.hpp"
#include "harness/text/json.hpp"
#include "harness/text/names.hpp"

namespace tricolour {
namespace {

constexpr Nanoseconds least_between_writes_ns = 1'000'000'000;
/// Writing takes at most one part in so many of the time.
constexpr Nanoseconds write_every_of_its_time = 50;

/// The parameters of a cell, nested as in run.json, numbers as numbers.
Json cell_to_json(const RunOptions& options) {
  Json::Object flat;
  Json::Object param;
  Json::Object set;
  for (const auto& [name, value] : cell_parameters(options)) {
    if (name.starts_with("param.")) {
      param.emplace_back(name.substr(6), value);
    } else if (name.starts_with("set.")) {
      set.emplace_back(name.substr(4), value);
    } else if (const Coordinate* const one = find_coordinate(name);
               one != nullptr && one->is_count()) {
      flat.emplace_back(name, std::stoul(value));
    } else {
      flat.emplace_back(name, value);
    }
  }
  if (!param.empty()) flat.emplace_back("param", std::move(param));
  if (!set.empty()) flat.emplace_back("set", std::move(set));
  return flat;
}

/// In the order of the list: by its place a name looks the same in all reports.
template <class All>
Json all_names(const All& all) {
  const std::vector<std::string> names = names_of(all, [](const auto&) { return true; });
  return Json::Array(names.begin(), names.end());
}

}  // namespace

IndexContents read_index(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "index.json";
  Json index;
  try {
    index = parse_json(read_file(path));
  } catch (const std::invalid_argument& error) {
    throw ConfigurationError(fmt::format("{} is damaged: {}", path.string(), error.what()));
  }
  if (index["schema_version"].integer_or(0) != 1) {
    throw ConfigurationError(fmt::format("{} has another schema than version 1", path.string()));
  }
  IndexContents contents{
      index["created_utc"].text_or(""), {}, {}, machine_floor_of(index["machine_floor"])};
  if (const Json& shard = index["shard"]; !shard.is_null()) {
    contents.shard = {static_cast<unsigned>(shard["number"].integer_or(0)),
                      static_cast<unsigned>(shard["count"].integer_or(0))};
    if (contents.shard.number < 1 || contents.shard.number > contents.shard.count) {
      throw ConfigurationError(
          fmt::format("{} is damaged: there is no shard {}", path.string(), contents.shard.text()));
    }
  }
  for (const Json& cell : index["cells"].elements()) {
    for (const Json& run : cell["runs"].elements()) {
      const auto block = static_cast<unsigned>(run["block"].integer_or(0));
      contents.rows[{cell["cell"].text_or(""), block}] = {
          run["status"].text_or("error"), static_cast<int>(run["exit_code"].integer_or(1)),
          static_cast<unsigned>(run["attempts"].integer_or(1))};
    }
  }
  return contents;
}

SweepIndex::SweepIndex(std::filesystem::path folder, const Experiment& experiment,
                       IndexContents contents)
    : folder_(std::move(folder)), experiment_(experiment), contents_(std::move(contents)) {
  write();
}

SweepIndex::~SweepIndex() {
  try {
    flush();
  } catch (const OutputError&) {  // the runs' folders say the same
  }
}

void SweepIndex::flush() {
  if (changed_) write();
}

std::filesystem::path SweepIndex::run_path(const std::string& cell, unsigned block) {
  return std::filesystem::path("runs") / cell / fmt::to_string(block);
}

void SweepIndex::write() {
  const Nanoseconds began = now_ns();
  Json::Array cells;
  for (const RunOptions& options : experiment_.cells) {
    const std::string cell = cell_hash(options);
    Json::Array runs;
    for (unsigned block = 0; block < experiment_.invocations; ++block) {
      const auto row = contents_.rows.find({cell, block});
      if (row == contents_.rows.end()) continue;
      Json::Object run{{"block", block},
                       {"path", run_path(cell, block).string()},
                       {"status", row->second.status},
                       {"exit_code", row->second.exit_code}};
      if (row->second.attempts > 1) run.emplace_back("attempts", row->second.attempts);
      runs.emplace_back(std::move(run));
    }
    cells.push_back(Json::Object{
        {"cell", cell}, {"parameters", cell_to_json(options)}, {"runs", std::move(runs)}});
  }
  Json::Object index{
      {"schema_version", 1},
      {"name", experiment_.name},
      {"created_utc", contents_.created},
      {"baseline", Json::Object(experiment_.baseline.begin(), experiment_.baseline.end())},
      {"invocations", experiment_.invocations},
  };
  if (const Shard& shard = contents_.shard; !shard.is_whole()) {
    index.emplace_back("shard", Json::Object{{"number", shard.number}, {"count", shard.count}});
  }
  index.emplace_back("lists", Json::Object{{"collectors", all_names(collectors())},
                                           {"barriers", all_names(barriers())}});
  index.emplace_back("machine_floor", to_json(contents_.floor));
  index.emplace_back("cells", std::move(cells));
  replace_file(folder_ / "index.json", to_text(index, 1) + "\n");
  changed_ = false;
  const Nanoseconds ended = now_ns();
  write_again_at_ns_ =
      ended + std::max(least_between_writes_ns, write_every_of_its_time * (ended - began));
}

const RunRow* SweepIndex::find(const std::string& cell, unsigned block) const {
  const auto row = contents_.rows.find({cell, block});
  return row == contents_.rows.end() ? nullptr : &row->second;
}

void SweepIndex::add(const std::string& cell, unsigned block, RunRow row) {
  contents_.rows[{cell, block}] = std::move(row);
  changed_ = true;
  if (now_ns() >= write_again_at_ns_) write();
}

void SweepIndex::set_floor(const MachineFloor& floor) {
  contents_.floor = floor;
  write();
}

void SweepIndex::forget(unsigned block) {
  std::erase_if(contents_.rows, [block](const auto& row) { return row.first.second == block; });
  write();
}

std::map<std::string, std::uint64_t> SweepIndex::statuses() const {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& [place, row] : contents_.rows) ++counts[row.status];
  return counts;
}

bool SweepIndex::violated() const {
  for (const auto& [place, row] : contents_.rows) {
    if (row.exit_code == exit_code::violated) return true;
  }
  return false;
}

std::uint64_t SweepIndex::failed() const {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(contents_.rows, [](const auto& row) { return row.second.failed(); }));
}

}  // namespace tricolour
