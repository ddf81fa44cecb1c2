// Keeps a second sweep out of a sweep's folder, and a merge out of one that is still written.
//
// Ownership: the lock is the process's for as long as the object lives; the system lets go when the
// process ends. It is a record lock, which no child inherits (one that a killed sweep had forked
// and that has not become a run yet would hold any other for a moment longer) and which NFS carries
// to other machines. It stands on the sweep's copy of its experiment, which the process may not
// open meanwhile: closing that would give the lock up.
#pragma once

#include <filesystem>

namespace tricolour {

class FolderLock {
 public:
  enum class Use { write, read };  ///< readers may be many

  /// Throws ConfigurationError when another process has the folder for a use that excludes this
  /// one.
  FolderLock(const std::filesystem::path& folder, Use use);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  /// Throws OutputError when the folder is no longer where it was: moved, removed, or another one.
  void require_same_place() const;

 private:
  const std::filesystem::path experiment_;
  int descriptor_;
};

}  // namespace tricolour
