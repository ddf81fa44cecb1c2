#include "harness/sweep/sweep_folder.hpp"

#include <fmt/format.h>

#include <system_error>

#include "core/errors.hpp"
#include "harness/files/result_folder.hpp"
#include "harness/machine/machine.hpp"

namespace tricolour {

namespace fs = std::filesystem;

namespace {

void begin_in(const fs::path& folder, const std::string& text) {
  make_folder(folder / "runs");
  write_file(folder / "experiment.toml", text);
}

}  // namespace

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directory(folder, error);
  if (error) refuse_output(folder, error.value());
}

fs::path default_folder(const Experiment& experiment, const Shard& shard) {
  std::string name;
  for (const char c : experiment.name)
    name += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '-';
  std::string time = utc_now();
  std::erase(time, ':');
  if (!shard.is_whole()) time += fmt::format("-shard-{}-of-{}", shard.number, shard.count);
  return fs::path("results") / "local" / (name + "-" + time);
}

void prepare_folder(const fs::path& folder, const std::string& text, bool resumes) {
  const fs::path copy = folder / "experiment.toml";
  if (resumes) {
    if (!fs::exists(copy))
      throw ConfigurationError(
          fmt::format("{} is not a sweep's folder: it has no experiment.toml", folder.string()));
    if (read_file(copy) != text) {
      throw ConfigurationError(
          fmt::format("the experiment file has changed since {} was begun; resume with {}",
                      folder.string(), copy.string()));
    }
    return;
  }
  if (fs::exists(folder) && (!fs::is_directory(folder) || !fs::is_empty(folder))) {
    throw ConfigurationError(
        fmt::format("{} exists; --resume continues its sweep, and another --out begins a new one",
                    folder.string()));
  }
  if (fs::exists(folder)) return begin_in(folder, text);
  ResultFolder begun(folder, false);
  begin_in(begun.place(), text);
  begun.complete();
}

IndexContents contents_of(const fs::path& folder, const Shard& shard, bool resumes) {
  if (!resumes || !fs::exists(folder / "index.json")) return {utc_now(), shard, {}, {}};
  IndexContents contents = read_index(folder);
  if (contents.shard != shard) {
    const auto words = [](const Shard& one) {
      return one.is_whole() ? std::string("the whole sweep") : "shard " + one.text();
    };
    throw ConfigurationError(
        fmt::format("{} holds {}, not {}", folder.string(), words(contents.shard), words(shard)));
  }
  return contents;
}

}  // namespace tricolour
