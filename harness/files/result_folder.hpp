// A folder that is there complete or not at all.
//
// Purpose: results are written into a hidden folder beside the wanted one, which is renamed when
// everything is in it. Invariant: a failure leaves nothing half-written, and an existing folder is
// replaced only when asked for, and only by a complete one. Replaced is only what this program
// wrote: a folder whose marker file lists all that is in it, or a regular file. Anything else, a
// folder of the user's own, a link, a device, is refused before the run, and not after it.
//
// Ownership: one thread. Every failure is an OutputError with path and reason.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace tricolour {

class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Writes all of `bytes` to an open file; returns 0, or errno of what went wrong.
int write_fully(int descriptor, std::string_view bytes);
/// Throws OutputError with the reason, an errno.
[[noreturn]] void refuse_output(const std::filesystem::path& path, int error);

/// Opens a new file beside `path`, of a `name` that no other has, and returns its descriptor.
/// Throws OutputError.
int open_beside(const std::filesystem::path& path, std::filesystem::path& name);
/// Writes the whole of `text` to a new file, or throws OutputError.
void write_file(const std::filesystem::path& path, std::string_view text);
/// The same, replacing an existing file in one step.
void replace_file(const std::filesystem::path& path, std::string_view text);
/// Throws OutputError, also when there is more than a GiB: a device that never ends, a trace.
std::string read_file(const std::filesystem::path& path);

/// A single file that is wanted: throws ConfigurationError when it exists without `replace`, or is
/// no regular file, and OutputError when its place cannot be written to, before the run and not
/// after it.
void check_place(const std::filesystem::path& file, bool replace);

class ResultFolder {
 public:
  /// Lists what `complete` found in the folder, one name a line, itself left out.
  static constexpr const char* marker = ".tricolour-result";

  /// Throws ConfigurationError when `wanted` exists without `replace`, or is not a folder of this
  /// program's, and OutputError when its place cannot be written to: before the run, not after it.
  enum class Parents { are_made, are_there };
  ResultFolder(std::filesystem::path wanted, bool replace, Parents parents = Parents::are_made);
  ~ResultFolder();
  ResultFolder(const ResultFolder&) = delete;
  ResultFolder& operator=(const ResultFolder&) = delete;

  /// Where to write until `complete`.
  const std::filesystem::path& place() const { return partial_; }
  void complete();

 private:
  std::filesystem::path wanted_;
  std::filesystem::path partial_;
  bool replace_;
  bool completed_ = false;
};

}  // namespace tricolour
