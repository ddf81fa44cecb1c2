// `tricolour sweep`: every cell of an experiment, once in each block, each run a process of its
// own.
//
// Purpose: interleaved, randomised blocks, so that drift of the machine hits all cells alike; a run
// that crashes, hangs or exhausts its heap is a row with its status, and the rest goes on.
//
// Invariant: what the index lists is done. A run's folder appears complete or not at all, so a run
// whose folder is there and which the index does not list was finished just before the end, and is
// taken as it is. The runs of a block are from one machine: a block that another machine began and
// did not finish is begun again.
#include "harness/sweep/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <system_error>

#include "core/errors.hpp"
#include "harness/files/folder_lock.hpp"
#include "harness/files/result_folder.hpp"
#include "harness/machine/machine.hpp"
#include "harness/process/child_process.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/process/interruption.hpp"
#include "harness/record/bystander.hpp"
#include "harness/run/minheap.hpp"
#include "harness/sweep/ended_run.hpp"
#include "harness/sweep/experiment.hpp"
#include "harness/sweep/recorded_run.hpp"
#include "harness/sweep/sweep_folder.hpp"
#include "harness/sweep/sweep_index.hpp"
#include "harness/sweep/sweep_plan.hpp"
#include "harness/text/messages.hpp"
#include "harness/text/names.hpp"
#include "harness/text/progress.hpp"
#include "harness/text/quantity.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

std::string label(const RunOptions& options) {
  std::string text = fmt::format("{} {} {} {}", options.workload, options.collector,
                                 options.barrier, options.heap);
  const RunOptions standard;
  if (options.mutators != standard.mutators) text += fmt::format(" mutators={}", options.mutators);
  if (options.marker != standard.marker) text += " " + options.marker;
  if (!options.barrier_arm.empty()) text += " arm=" + options.barrier_arm;
  for (const auto& [name, value] : options.parameters) text += fmt::format(" {}={}", name, value);
  return text;
}

class Sweep {
 public:
  Sweep(const Experiment& experiment, const Shard& shard, fs::path folder,
        const SweepCommand& command)
      : experiment_(experiment),
        shard_(shard),
        folder_(std::move(folder)),
        lock_(folder_, FolderLock::Use::write),
        index_(folder_, experiment, contents_of(folder_, shard, command.resume)),
        timeout_s_(command.timeout_s.value_or(experiment.timeout_s)),
        retries_failed_(command.retry_failed),
        quiet_(command.quiet) {
    for (unsigned block = 0; block < experiment.invocations; ++block) {
      if (shard.has(block)) blocks_.push_back(block);
    }
  }

  int run() {
    take_up_recorded_runs();
    try {
      begin_foreign_blocks_again();
      require_memory();
      measure_minimum_heaps();
    } catch (const Interrupted&) {
      return give_up();
    }
    if (!quiet_ && index_.count() == 0) show_cycles(experiment_);
    MachineFloor floor = index_.floor();
    if (index_.count() == 0) index_.set_floor(floor = {measured_floor("before"), std::nullopt});
    const std::uint64_t done_before = index_.count();
    const std::uint64_t planned = blocks_.size() * experiment_.cells.size();
    Progress progress(planned, planned - due(), quiet_);
    for (const unsigned block : blocks_) {
      for (const std::size_t cell : block_order(experiment_, block)) {
        if (interrupted()) return give_up();
        RunOptions options = experiment_.cells[cell];
        options.seed = experiment_.seed + block;
        const std::string hash = cell_hash(options);
        if (!is_due(hash, block)) continue;
        lock_.require_same_place();
        progress.begin(label(options));
        const auto row = run_cell(options, hash, block, progress);
        if (!row) return give_up();
        add(hash, block, *row);
        progress.end(row->status);
      }
    }
    if (index_.count() > done_before || (floor.before && !floor.after)) {
      index_.set_floor({floor.before, measured_floor("after")});
      if (interrupted()) return give_up();
    }
    index_.flush();
    tell_failures();
    if (index_.violated()) return exit_code::violated;
    return index_.failed() > 0 ? exit_code::runs_failed : exit_code::done;
  }

  /// Two lines: what is recorded, and the command that continues with it.
  std::string closing(int code) const {
    std::vector<std::string> statuses;
    for (const auto& [status, count] : index_.statuses())
      statuses.push_back(fmt::format("{} {}", count, status));
    const std::size_t cells = experiment_.cells.size();
    const std::string folder = shell_quoted(folder_.string());
    return fmt::format("{}: {} of {} runs recorded ({}); {} cells, {} blocks\nnext: {}\n",
                       code == exit_code::interrupted ? "interrupted" : "ended", index_.count(),
                       blocks_.size() * cells, joined(statuses, ", "), cells, blocks_.size(),
                       code == exit_code::interrupted ? command_to_go_on()
                       : shard_.is_whole()
                           ? "tricolour report " + folder
                           : fmt::format("tricolour merge {} OTHER_SHARD... --out DIR", folder));
  }

 private:
  /// Not made yet, or failed and to be made anew.
  bool is_due(const std::string& hash, unsigned block) const {
    const RunRow* const row = index_.find(hash, block);
    return row == nullptr || (retries_failed_ && can_retry(*row));
  }
  /// A violated invariant is a finding.
  static bool can_retry(const RunRow& row) {
    return row.failed() && row.exit_code != exit_code::violated && row.attempts < most_attempts;
  }
  std::uint64_t due() const {
    std::uint64_t count = 0;
    for (const unsigned block : blocks_) {
      for (const RunOptions& options : experiment_.cells)
        count += is_due(cell_hash(options), block) ? 1 : 0;
    }
    return count;
  }
  bool is_complete(unsigned block) const {
    return std::ranges::none_of(experiment_.cells, [&](const RunOptions& options) {
      return is_due(cell_hash(options), block);
    });
  }

  void add(const std::string& hash, unsigned block, RunRow row) {
    const RunRow* const before = index_.find(hash, block);
    const bool same =
        before != nullptr && before->status == row.status && before->exit_code == row.exit_code;
    if (same) row.attempts = before->attempts + 1;
    index_.add(hash, block, std::move(row));
  }

  /// Heaps that no run on this machine can have are refused before the first one is tried.
  void require_memory() const {
    if (due() == 0) return;
    const std::size_t memory = read_machine().memory_bytes;
    for (const RunOptions& options : experiment_.cells) {
      const HeapSize size = parse_heap_size(options.heap);
      const auto* const bytes = std::get_if<std::size_t>(&size);
      if (bytes == nullptr || memory == 0 || *bytes <= memory) continue;
      throw ConfigurationError(fmt::format("heap: '{}' is more than this machine's memory, {}",
                                           options.heap, show_bytes(static_cast<double>(memory))));
    }
  }

  void tell_failures() const {
    if (quiet_ || index_.failed() == 0) return;
    std::uint64_t again = 0;
    for (const unsigned block : blocks_) {
      for (const RunOptions& options : experiment_.cells) {
        const RunRow* const row = index_.find(cell_hash(options), block);
        if (row == nullptr || !row->failed()) continue;
        again += can_retry(*row) ? 1 : 0;
        if (row->attempts >= most_attempts)
          say("given up after {} runs that ended with {}: {}, block {}\n", row->attempts,
              row->status, label(options), block);
      }
    }
    if (again > 0)
      say("{} runs failed and can be repeated with: {}{}\n", again, command_to_go_on(),
          retries_failed_ ? "" : " --retry-failed");
  }
  std::string command_to_go_on() const {
    return fmt::format("tricolour sweep {} --out {} --resume{}",
                       shell_quoted((folder_ / "experiment.toml").string()),
                       shell_quoted(folder_.string()),
                       shard_.is_whole() ? "" : " --shard " + shard_.text()) +
           (retries_failed_ ? " --retry-failed" : "");
  }

  /// What was recorded after the index was last written.
  void take_up_recorded_runs() {
    for (const unsigned block : blocks_) {
      for (const RunOptions& options : experiment_.cells) {
        const std::string hash = cell_hash(options);
        if (index_.find(hash, block) != nullptr) continue;
        const auto run = recorded(folder_ / SweepIndex::run_path(hash, block));
        if (run) add(hash, block, run->row);
      }
    }
  }

  void begin_foreign_blocks_again() {
    const MachineName here = this_machine();
    for (const unsigned block : blocks_) {
      if (is_complete(block)) continue;
      for (const RunOptions& options : experiment_.cells) {
        const auto run = recorded(folder_ / SweepIndex::run_path(cell_hash(options), block));
        if (!run || !run->machine.known() || same_machine(run->machine, here)) continue;
        if (!quiet_)
          say("block {} was begun on {}; it is repeated on {}\n", block, run->machine.host,
              here.host);
        forget(block);
        break;
      }
    }
  }

  /// First the rows, then the folders: killed in between, the block is still one that another
  /// machine began.
  void forget(unsigned block) {
    index_.forget(block);
    for (const RunOptions& options : experiment_.cells) {
      const fs::path place = folder_ / SweepIndex::run_path(cell_hash(options), block);
      std::error_code error;
      fs::remove_all(place, error);
      if (error)
        throw OutputError(fmt::format("cannot remove {}: {}", place.string(), error.message()));
    }
  }

  /// Once per workload, parameters and mutators; before the first run, so that none is disturbed.
  void measure_minimum_heaps() {
    if (due() == 0) return;
    for (const RunOptions& options : experiment_.cells) {
      if (!plan_run(options).multiple) continue;
      const std::string key = heap_key(options);
      if (!minimum_heaps_.contains(key)) minimum_heaps_[key] = minimum_heap_of(options, quiet_);
    }
  }
  static std::string heap_key(const RunOptions& options) {
    std::string key = options.workload + "\n" + fmt::to_string(options.mutators);
    for (const auto& [name, value] : options.parameters) key += "\n" + name + "=" + value;
    return key;
  }

  /// With nothing of the sweep running; nothing when we were interrupted. A sweep of few
  /// invocations is a look at the figures, and does not wait long for its floor.
  std::optional<BystanderFigures> measured_floor(std::string_view when) const {
    const Nanoseconds length_ns =
        experiment_.invocations < invocations_with_long_floor ? 200'000'000 : 2'000'000'000;
    const Nanoseconds began = now_ns();
    const std::vector<BystanderDelay> seen = attend(length_ns);
    if (interrupted()) return std::nullopt;
    const BystanderFigures floor = bystander_figures(seen, began, now_ns());
    if (!quiet_) {
      say("the machine's own floor {} the runs: bystander delay p50 {}, p99 {}, longest {}\n", when,
          show_duration(static_cast<double>(floor.p50_ns)),
          show_duration(static_cast<double>(floor.p99_ns)),
          show_duration(static_cast<double>(floor.max_ns)));
    }
    return floor;
  }
  static constexpr unsigned invocations_with_long_floor = 5;

  int give_up() {
    index_.flush();
    return exit_code::interrupted;
  }

  /// Nothing when we were interrupted.
  std::optional<RunRow> run_cell(const RunOptions& options, const std::string& hash, unsigned block,
                                 Progress& progress) {
    const fs::path place = folder_ / SweepIndex::run_path(hash, block);
    remove_remains(place);
    make_folder(place.parent_path());
    std::vector<std::string> words{own_path(), "run"};
    for (std::string& word : to_arguments(options)) words.push_back(std::move(word));
    words.insert(words.end(),
                 {"--out", place.string(), "--quiet", "--block", fmt::to_string(block)});
    if (const auto minimum = minimum_heaps_.find(heap_key(options));
        minimum != minimum_heaps_.end()) {
      words.insert(words.end(), {"--min-heap", fmt::to_string(minimum->second)});
    }
    const ChildResult result = run_child(
        words, timeout_s_, [](void* context) { static_cast<Progress*>(context)->tick(); },
        &progress);
    if (result.interrupted) return std::nullopt;
    lock_.require_same_place();
    if (const auto run = recorded(place)) return run->row;
    remove_remains(place);
    RunRow row = judge(result);
    keep_record(place, options, hash, block, row, result);
    return row;
  }

  static std::optional<RecordedRun> recorded(const fs::path& place) {
    try {
      return read_run(place);
    } catch (const DamagedRun&) {
      return std::nullopt;
    }
  }

  const Experiment& experiment_;
  const Shard shard_;
  std::vector<unsigned> blocks_;  ///< the shard's
  const fs::path folder_;
  const FolderLock lock_;
  SweepIndex index_;
  const double timeout_s_;
  const bool retries_failed_;
  const bool quiet_;
  std::map<std::string, std::size_t> minimum_heaps_;
};

}  // namespace

int carry_out(const SweepCommand& command) {
  if (command.resume && command.out.empty())
    throw ConfigurationError("--resume needs the folder of the sweep: --out DIR");
  if (command.retry_failed && !command.resume)
    throw ConfigurationError(
        "--retry-failed repeats runs of a folder; it needs --resume --out DIR");
  std::string text;
  try {
    text = read_file(command.experiment);
  } catch (const OutputError& error) {
    throw ConfigurationError(error.what());
  }
  const Experiment experiment = read_experiment(text, command.experiment.string());
  const Shard shard = command.shard ? parse_shard(*command.shard, experiment.invocations) : Shard{};
  if (command.dry_run) {
    show_plan(experiment, shard, command.timeout_s.value_or(experiment.timeout_s));
    return exit_code::done;
  }
  const fs::path folder = command.out.empty() ? default_folder(experiment, shard) : command.out;
  prepare_folder(folder, text, command.resume);
  Sweep sweep(experiment, shard, fs::absolute(folder), command);
  const int code = sweep.run();
  if (!command.quiet) say("{}", sweep.closing(code));
  fmt::print("{}\n", folder.string());
  return code;
}

}  // namespace tricolour
