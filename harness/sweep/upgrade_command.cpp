// `tricolour upgrade`: the runs of a folder, from schema version 2 to this program's.
//
// Purpose: old results are computed anew from their tables, once, and read like new ones after it.
//
// Invariant: a run's folder is replaced whole or left as it was, so that an upgrade that was
// interrupted goes on when it is repeated. A run that cannot be upgraded is named and left.
#include "harness/sweep/upgrade_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "core/errors.hpp"
#include "harness/files/folder_lock.hpp"
#include "harness/files/result_folder.hpp"
#include "harness/process/child_process.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/process/interruption.hpp"
#include "harness/run/run_json.hpp"
#include "harness/run/upgraded_run.hpp"
#include "harness/text/messages.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

constexpr const char* published_records = "runs.json.gz";

struct Upgrades {
  std::size_t upgraded = 0, present = 0, refused = 0;
};

void upgrade_one(const fs::path& place, Upgrades& count) {
  try {
    ++(upgrade_run(place) ? count.upgraded : count.present);
  } catch (const std::exception& error) {
    say("not upgraded: {}: {}\n", place.string(), error.what());
    ++count.refused;
  }
}

/// The folders runs/<cell>/<block>, in order.
std::vector<fs::path> runs_of(const fs::path& sweep) {
  std::vector<fs::path> runs;
  for (const auto& cell : fs::directory_iterator(sweep / "runs")) {
    if (!cell.is_directory()) continue;
    for (const auto& block : fs::directory_iterator(cell)) {
      if (fs::exists(block.path() / "run.json")) runs.push_back(block.path());
    }
  }
  std::ranges::sort(runs);
  return runs;
}

/// What gzip makes of the file; with its complaint when it cannot.
std::string through_gzip(const char* how, const fs::path& file) {
  const std::string command = fmt::format("exec gzip {} <\"$1\"", how);
  ChildResult result = run_child({"/bin/sh", "-c", command, "sh", file.string()}, 0);
  if (result.interrupted) throw Interrupted();
  if (!result.succeeded())
    throw ConfigurationError(fmt::format("{}: gzip {}", file.string(), result.failure()));
  return std::move(result.standard_output);
}

/// Each record of a file that has one after the other: its members are indented, its end is not.
std::vector<std::string_view> records_in(std::string_view text) {
  constexpr std::string_view end = "\n}\n";
  std::vector<std::string_view> records;
  while (!text.empty()) {
    const std::size_t found = text.find(end);
    const std::size_t length = found == std::string_view::npos ? text.size() : found + end.size();
    records.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return records;
}

void replace_archive(const fs::path& file, const std::string& text) {
  const fs::path plain = file.parent_path() / fmt::format(".{}.plain", file.filename().string());
  replace_file(plain, text);
  try {
    replace_file(file, through_gzip("-9nc", plain));
  } catch (...) {
    fs::remove(plain);
    throw;
  }
  fs::remove(plain);
}

/// Rewrites the records of a published folder, which keeps no tables.
void upgrade_published(const fs::path& file, Upgrades& count) {
  const std::string text = through_gzip("-dc", file);
  std::string all;
  for (const std::string_view record : records_in(text)) {
    const std::optional<std::string> rewritten = upgraded_record(record);
    ++(rewritten ? count.upgraded : count.present);
    all += rewritten ? *rewritten : record;
  }
  if (count.upgraded > 0) replace_archive(file, all);
}

void upgrade(const fs::path& folder, Upgrades& count) {
  if (fs::exists(folder / "run.json")) return upgrade_one(folder, count);
  if (fs::is_directory(folder / "runs")) {
    std::optional<FolderLock> lock;
    if (fs::exists(folder / "experiment.toml")) lock.emplace(folder, FolderLock::Use::write);
    for (const fs::path& run : runs_of(folder)) {
      if (interrupted()) throw Interrupted();
      upgrade_one(run, count);
    }
    return;
  }
  if (fs::exists(folder / published_records))
    return upgrade_published(folder / published_records, count);
  throw ConfigurationError(fmt::format("{} is no result folder: it has no run.json, runs or {}",
                                       folder.string(), published_records));
}

}  // namespace

int carry_out(const UpgradeCommand& command) {
  int code = exit_code::done;
  for (const fs::path& folder : command.folders) {
    Upgrades count;
    upgrade(folder, count);
    fmt::print("{}: {} runs rewritten to schema version {}, {} had it, {} left as they were\n",
               folder.string(), count.upgraded, run_schema_version, count.present, count.refused);
    if (count.refused > 0) code = exit_code::internal_error;
  }
  return code;
}

}  // namespace tricolour
