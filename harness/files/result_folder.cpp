#include "harness/files/result_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <set>
#include <sstream>
#include <system_error>

#include "core/errors.hpp"

namespace tricolour {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

namespace fs = std::filesystem;

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.insert(entry.path().filename().string());
  names.erase(ResultFolder::marker);
  return names;
}

/// Why a folder is not one that may be replaced; empty: it may.
std::string foreign_content(const fs::path& folder) {
  if (!fs::exists(folder / ResultFolder::marker))
    return fmt::format("has no file {}", ResultFolder::marker);
  std::istringstream lines(read_file(folder / ResultFolder::marker));
  std::set<std::string> written;
  for (std::string name; std::getline(lines, name);) written.insert(name);
  for (const std::string& name : names_in(folder)) {
    if (!written.contains(name)) return fmt::format("holds {}, which is not this program's", name);
  }
  return {};
}

/// The status of what is at `path`, which may be replaced as far as its existence goes; nothing
/// where nothing is.
std::optional<fs::file_status> existing(const fs::path& path, bool replace) {
  const fs::file_status status = fs::symlink_status(path);
  if (!fs::exists(status)) return std::nullopt;
  if (!replace)
    throw ConfigurationError(fmt::format("{} exists; --force replaces it", path.string()));
  return status;
}

void refuse_foreign_folder(const fs::path& path, bool replace) {
  const auto status = existing(path, replace);
  if (!status) return;
  if (!fs::is_directory(*status))
    throw ConfigurationError(
        fmt::format("{} is not a folder, and --force replaces result folders only", path.string()));
  if (const std::string why = foreign_content(path); !why.empty()) {
    throw ConfigurationError(fmt::format(
        "{} is not a result folder of this program: it {}; --force replaces result folders only",
        path.string(), why));
  }
}

/// Closes it, too.
void write_all(const fs::path& path, int opened, std::string_view text) {
  int failed = write_fully(opened, text);
  if (::close(opened) != 0 && failed == 0) failed = errno;
  if (failed != 0) refuse_output(path, failed);
}

}  // namespace

int write_fully(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

void refuse_output(const std::filesystem::path& path, int error) {
  throw OutputError(fmt::format("cannot write {}: {}", path.string(), reason(error)));
}

int open_beside(const fs::path& path, fs::path& name) {
  for (unsigned number = 0;; ++number) {
    name = path.parent_path() /
           fmt::format(".{}.partial-{}-{}", path.filename().string(), ::getpid(), number);
    const int opened = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (opened >= 0) return opened;
    if (errno != EEXIST) refuse_output(path, errno);
  }
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  const int opened = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (opened < 0) refuse_output(path, errno);
  write_all(path, opened, text);
}

void replace_file(const std::filesystem::path& path, std::string_view text) {
  fs::path temporary;
  const int opened = open_beside(path, temporary);
  try {
    write_all(path, opened, text);
    if (::rename(temporary.c_str(), path.c_str()) != 0) refuse_output(path, errno);
  } catch (const OutputError&) {
    ::unlink(temporary.c_str());
    throw;
  }
}

std::string read_file(const std::filesystem::path& path) {
  constexpr std::size_t most_bytes = std::size_t{1} << 30;
  const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  int failed = opened < 0 ? errno : 0;
  std::string text;
  for (std::size_t filled = 0; failed == 0;) {
    constexpr std::size_t piece = 1 << 16;
    if (text.size() < filled + piece) text.resize(std::max(filled + piece, 2 * text.size()));
    const ssize_t got = ::read(opened, text.data() + filled, text.size() - filled);
    if (got > 0) filled += static_cast<std::size_t>(got);
    if (filled > most_bytes) failed = EFBIG;
    if (got < 0 && errno != EINTR) failed = errno;
    if (got != 0) continue;
    text.resize(filled);
    break;
  }
  if (opened >= 0) ::close(opened);
  if (failed != 0)
    throw OutputError(fmt::format("cannot read {}: {}", path.string(), reason(failed)));
  return text;
}

void check_place(const std::filesystem::path& file, bool replace) {
  const auto status = existing(file, replace);
  if (status && !fs::is_regular_file(*status)) {
    throw ConfigurationError(
        fmt::format("{} is not a regular file, and is not replaced by one", file.string()));
  }
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  if (::access(folder.c_str(), W_OK | X_OK) != 0) refuse_output(file, errno);
}

ResultFolder::ResultFolder(std::filesystem::path wanted, bool replace, Parents parents)
    : wanted_(std::move(wanted)), replace_(replace) {
  if (!wanted_.has_filename()) wanted_ = wanted_.parent_path();
  refuse_foreign_folder(wanted_, replace_);
  partial_ = wanted_.parent_path() /
             fmt::format(".{}.partial-{}", wanted_.filename().string(), ::getpid());
  std::error_code error;
  if (parents == Parents::are_made && wanted_.has_parent_path())
    std::filesystem::create_directories(wanted_.parent_path(), error);
  if (!error) std::filesystem::create_directory(partial_, error);
  if (error)
    throw OutputError(fmt::format("cannot write {}: {}", wanted_.string(), error.message()));
}

ResultFolder::~ResultFolder() {
  std::error_code ignored;
  if (!completed_) std::filesystem::remove_all(partial_, ignored);
}

void ResultFolder::complete() {
  std::string names;
  for (const std::string& name : names_in(partial_)) names += name + "\n";
  write_file(partial_ / marker, names);
  const unsigned exclusive = replace_ ? 0 : RENAME_NOREPLACE;
  const std::filesystem::path old = partial_.string() + ".old";
  std::error_code error;
  refuse_foreign_folder(wanted_, replace_);  // it may have come while the run was under way
  if (replace_ && std::filesystem::exists(wanted_)) {
    std::filesystem::rename(wanted_, old, error);
    if (error)
      throw OutputError(fmt::format("cannot replace {}: {}", wanted_.string(), error.message()));
  }
  if (::renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, wanted_.c_str(), exclusive) != 0) {
    const int reason_code = errno;
    std::filesystem::rename(old, wanted_, error);
    refuse_output(wanted_, reason_code);
  }
  completed_ = true;
  std::filesystem::remove_all(old, error);
}

}  // namespace tricolour
