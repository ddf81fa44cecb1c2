#include "harness/result_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "core/errors.hpp"

namespace tricolour {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

void refuse_existing(const std::filesystem::path& path, bool replace) {
  if (std::filesystem::exists(std::filesystem::symlink_status(path)) && !replace) {
    throw ConfigurationError(fmt::format("{} exists; --force replaces it", path.string()));
  }
}

void write_all(const std::filesystem::path& path, int flags, std::string_view text) {
  const int opened = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666);
  if (opened < 0) refuse_output(path, errno);
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

void write_file(const std::filesystem::path& path, std::string_view text) { write_all(path, O_EXCL, text); }

void replace_file(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path temporary = path.string() + ".new";
  try {
    write_all(temporary, O_TRUNC, text);
  } catch (const OutputError&) {
    ::unlink(temporary.c_str());
    throw;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) refuse_output(path, errno);
}

std::string read_file(const std::filesystem::path& path) {
  const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  int failed = opened < 0 ? errno : 0;
  std::string text;
  for (std::size_t filled = 0; failed == 0;) {
    constexpr std::size_t piece = 1 << 16;
    if (text.size() < filled + piece) text.resize(std::max(filled + piece, 2 * text.size()));
    const ssize_t got = ::read(opened, text.data() + filled, text.size() - filled);
    if (got > 0) filled += static_cast<std::size_t>(got);
    if (got < 0 && errno != EINTR) failed = errno;
    if (got != 0) continue;
    text.resize(filled);
    break;
  }
  if (opened >= 0) ::close(opened);
  if (failed != 0) throw OutputError(fmt::format("cannot read {}: {}", path.string(), reason(failed)));
  return text;
}

void check_place(const std::filesystem::path& file, bool replace) {
  refuse_existing(file, replace);
  if (std::filesystem::is_directory(file)) refuse_output(file, EISDIR);
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  if (::access(folder.c_str(), W_OK | X_OK) != 0) refuse_output(file, errno);
}

ResultFolder::ResultFolder(std::filesystem::path wanted, bool replace) : wanted_(std::move(wanted)), replace_(replace) {
  if (!wanted_.has_filename()) wanted_ = wanted_.parent_path();
  refuse_existing(wanted_, replace_);
  partial_ = wanted_.parent_path() / fmt::format(".{}.partial-{}", wanted_.filename().string(), ::getpid());
  std::error_code error;
  if (wanted_.has_parent_path()) std::filesystem::create_directories(wanted_.parent_path(), error);
  if (!error) std::filesystem::create_directory(partial_, error);
  if (error) throw OutputError(fmt::format("cannot write {}: {}", wanted_.string(), error.message()));
}

ResultFolder::~ResultFolder() {
  std::error_code ignored;
  if (!completed_) std::filesystem::remove_all(partial_, ignored);
}

void ResultFolder::complete() {
  const unsigned exclusive = replace_ ? 0 : RENAME_NOREPLACE;
  const std::filesystem::path old = partial_.string() + ".old";
  std::error_code error;
  if (replace_ && std::filesystem::exists(wanted_)) {
    std::filesystem::rename(wanted_, old, error);
    if (error) throw OutputError(fmt::format("cannot replace {}: {}", wanted_.string(), error.message()));
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
