#include "harness/files/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/errors.hpp"
#include "harness/files/result_folder.hpp"

namespace tricolour {

FolderLock::FolderLock(const std::filesystem::path& folder, Use use)
    : experiment_(folder / "experiment.toml"),
      descriptor_(
          ::open(experiment_.c_str(), (use == Use::write ? O_RDWR : O_RDONLY) | O_CLOEXEC)) {
  struct flock whole {};
  whole.l_type = use == Use::write ? F_WRLCK : F_RDLCK;
  whole.l_whence = SEEK_SET;
  if (descriptor_ >= 0 && ::fcntl(descriptor_, F_SETLK, &whole) != 0 &&
      (errno == EACCES || errno == EAGAIN)) {
    ::close(descriptor_);
    throw ConfigurationError(
        use == Use::write
            ? fmt::format("another sweep is writing {}, or a merge is reading it", folder.string())
            : fmt::format("a sweep is still writing {}", folder.string()));
  }
}

void FolderLock::require_same_place() const {
  struct stat locked {};
  struct stat there {};
  const bool same = descriptor_ >= 0 && ::fstat(descriptor_, &locked) == 0 &&
                    ::stat(experiment_.c_str(), &there) == 0 && locked.st_dev == there.st_dev &&
                    locked.st_ino == there.st_ino;
  if (same) return;
  const std::string folder = experiment_.parent_path().string();
  throw OutputError(fmt::format(
      "{} was moved, removed or replaced while the sweep ran; sweep --resume continues it "
      "in its present place",
      folder));
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace tricolour
