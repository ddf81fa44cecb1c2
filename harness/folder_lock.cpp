#include "harness/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "core/errors.hpp"

namespace tricolour {

FolderLock::FolderLock(const std::filesystem::path& folder, Use use)
    : descriptor_(::open((folder / "experiment.toml").c_str(), (use == Use::write ? O_RDWR : O_RDONLY) | O_CLOEXEC)) {
  struct flock whole {};
  whole.l_type = use == Use::write ? F_WRLCK : F_RDLCK;
  whole.l_whence = SEEK_SET;
  if (descriptor_ >= 0 && ::fcntl(descriptor_, F_SETLK, &whole) != 0 && (errno == EACCES || errno == EAGAIN)) {
    ::close(descriptor_);
    throw ConfigurationError(use == Use::write ? fmt::format("another sweep is writing {}, or a merge is reading it", folder.string())
                                               : fmt::format("a sweep is still writing {}", folder.string()));
  }
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace tricolour
