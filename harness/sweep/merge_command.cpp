// `tricolour merge`: shards of one sweep, from several machines, into one folder.
//
// Purpose: a folder that report, compare, export and `sweep --resume` take as if one machine had
// made it.
//
// Invariant: a run is in the merged folder whole, as it was recorded, or not at all, and what is
// left out is named; all runs of a block are from one machine, because comparisons are paired by
// block. The folder appears when everything is in it. The sources are only read: a run's files are
// linked where the file system can, since no command changes them once they are there.
#include "harness/sweep/merge_command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <system_error>

#include "core/errors.hpp"
#include "harness/files/folder_lock.hpp"
#include "harness/files/result_folder.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/sweep/experiment.hpp"
#include "harness/sweep/recorded_run.hpp"
#include "harness/sweep/sweep_index.hpp"
#include "harness/text/messages.hpp"
#include "harness/text/names.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

/// A run as one source has it.
struct FoundRun {
  RecordedRun run;
  fs::path source;  ///< the sweep's folder
  fs::path place;   ///< empty: it left no files
};

std::string experiment_text(const fs::path& folder) {
  if (!fs::exists(folder / "experiment.toml") || !fs::exists(folder / "index.json")) {
    throw ConfigurationError(fmt::format(
        "{} is not a sweep's folder: it has no experiment.toml and index.json", folder.string()));
  }
  return read_file(folder / "experiment.toml");
}

/// The files of a run by name, each with its content.
std::map<std::string, std::string> contents_of(const fs::path& place) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(place))
    files[entry.path().filename().string()] = read_file(entry.path());
  return files;
}

bool same_run(const FoundRun& one, const FoundRun& other) {
  if (one.place.empty() || other.place.empty())
    return one.place.empty() && other.place.empty() && one.run.row.status == other.run.row.status;
  return contents_of(one.place) == contents_of(other.place);
}

/// A link to each file, or a copy of it on another file system.
void take_over(const FoundRun& run, const fs::path& place) {
  fs::create_directories(place);
  for (const auto& entry : fs::directory_iterator(run.place)) {
    const fs::path target = place / entry.path().filename();
    std::error_code not_linked;
    fs::create_hard_link(entry.path(), target, not_linked);
    if (not_linked) fs::copy_file(entry.path(), target);
  }
}

class Merge {
 public:
  explicit Merge(const std::vector<fs::path>& folders)
      : text_(experiment_text(folders.front())),
        experiment_(read_experiment(text_, (folders.front() / "experiment.toml").string())) {
    for (const fs::path& folder : folders) {
      if (experiment_text(folder) == text_) continue;
      throw ConfigurationError(fmt::format("{} and {} are of different experiments",
                                           folders.front().string(), folder.string()));
    }
    for (const fs::path& folder : folders)
      locks_.push_back(std::make_unique<FolderLock>(folder, FolderLock::Use::read));
    for (const fs::path& folder : folders) read(folder);
    leave_split_blocks_out();
  }

  void write(const fs::path& wanted) const {
    ResultFolder folder(wanted, false);
    try {
      fs::create_directory(folder.place() / "runs");
      for (const auto& [key, run] : runs_) {
        if (!run.place.empty())
          take_over(run, folder.place() / SweepIndex::run_path(key.first, key.second));
      }
    } catch (const fs::filesystem_error& error) {
      throw OutputError(
          fmt::format("cannot write {}: {}", wanted.string(), error.code().message()));
    }
    write_file(folder.place() / "experiment.toml", text_);
    IndexContents contents{created_, {}, {}, floor_};
    for (const auto& [key, run] : runs_) contents.rows[key] = run.run.row;
    const SweepIndex index(folder.place(), experiment_, std::move(contents));
    folder.complete();
  }

  /// What the runs differ in, what is missing, and how to get it.
  void tell(const fs::path& merged) const {
    tell_differences();
    const std::size_t cells = experiment_.cells.size();
    say("{} of {} runs\n", runs_.size(), cells * experiment_.invocations);
    std::map<unsigned, std::size_t> found;
    for (const auto& [key, run] : runs_) ++found[key.second];
    std::vector<std::string> missing;
    for (unsigned block = 0; block < experiment_.invocations; ++block) {
      if (found[block] != cells)
        missing.push_back(fmt::format("{} of {} in block {}", cells - found[block], cells, block));
    }
    if (missing.empty()) return;
    say("missing: {}; make them here with: tricolour sweep {} --out {} --resume\n",
        fmt::join(missing, ", "), shell_quoted((merged / "experiment.toml").string()),
        shell_quoted(merged.string()));
  }

 private:
  using Key = RunRows::key_type;

  void read(const fs::path& folder) {
    const IndexContents contents = read_index(folder);
    created_ = created_.empty() ? contents.created : std::min(created_, contents.created);
    keep_greater(floor_, contents.floor);
    std::set<std::string> cells;
    for (const RunOptions& options : experiment_.cells) cells.insert(cell_hash(options));
    for (const auto& [key, row] : contents.rows) {
      if (cells.contains(key.first) && key.second < experiment_.invocations) continue;
      throw ConfigurationError(fmt::format(
          "{} lists cell {}, block {}, which this program does not find in its experiment.toml",
          folder.string(), key.first, key.second));
    }
    for (const std::string& cell : cells) {
      for (unsigned block = 0; block < experiment_.invocations; ++block)
        read_one(folder, contents.rows, {cell, block});
    }
  }

  void read_one(const fs::path& folder, const RunRows& rows, const Key& key) {
    const fs::path place = folder / SweepIndex::run_path(key.first, key.second);
    const auto row = rows.find(key);
    const bool has_files = fs::exists(place);
    if (row == rows.end() && !has_files) return;
    if (!has_files && row->second.status != verdict::ok.status)
      return keep(key, {{key.first, key.second, row->second, {}, "", 0}, folder, {}});
    try {
      keep(key, {read_whole_run(place, key.first, key.second), folder, place});
    } catch (const DamagedRun& damage) {
      say("skipped {}: {}\n", place.string(), damage.what());
    }
  }

  void keep(const Key& key, FoundRun found) {
    const auto [before, is_new] = runs_.try_emplace(key, found);
    if (is_new || same_run(before->second, found)) return;
    throw ConfigurationError(fmt::format("{} and {} hold different runs of cell {}, block {}",
                                         before->second.source.string(), found.source.string(),
                                         key.first, key.second));
  }

  void tell_differences() const {
    std::set<std::string> commits;
    std::map<std::string, std::set<std::int64_t>> heaps;
    for (const auto& [key, found] : runs_) {
      if (!found.run.commit.empty()) commits.insert(found.run.commit);
      if (found.run.heap_bytes != 0) heaps[key.first].insert(found.run.heap_bytes);
    }
    if (commits.size() > 1) say("the runs are of several commits: {}\n", fmt::join(commits, ", "));
    for (const auto& [cell, sizes] : heaps) {
      if (sizes.size() > 1)
        say("cell {} ran in heaps of {} bytes: a multiple is measured on each machine\n", cell,
            fmt::join(sizes, " and "));
    }
  }

  void leave_split_blocks_out() {
    std::map<unsigned, std::vector<MachineName>> machines;
    for (const auto& [key, found] : runs_) {
      const MachineName& made_on = found.run.machine;
      std::vector<MachineName>& seen = machines[key.second];
      const bool is_new = std::ranges::none_of(
          seen, [&](const MachineName& one) { return same_machine(one, made_on); });
      if (made_on.known() && is_new) seen.push_back(made_on);
    }
    for (const auto& [block, several] : machines) {
      if (several.size() < 2) continue;
      std::vector<std::string> names;
      for (const MachineName& one : several) names.push_back(one.host);
      say("left out block {}: its runs are from {}; the runs of a block must be from one machine\n",
          block, fmt::join(names, " and "));
      std::erase_if(runs_, [split = block](const auto& run) { return run.first.second == split; });
    }
  }

  const std::string text_;
  const Experiment experiment_;
  std::vector<std::unique_ptr<FolderLock>> locks_;
  std::string created_;
  MachineFloor floor_;
  std::map<Key, FoundRun> runs_;
};

}  // namespace

int carry_out(const MergeCommand& command) {
  if (fs::exists(fs::symlink_status(command.out))) {
    throw ConfigurationError(
        fmt::format("{} exists; --out takes a new folder", command.out.string()));
  }
  const Merge merge(command.folders);
  merge.write(command.out);
  merge.tell(command.out);
  fmt::print("{}\n", command.out.string());
  return exit_code::done;
}

}  // namespace tricolour
