// A file's bytes as they lie on the disk, without a copy of them in the process's own memory.
//
// Invariant: the file is a regular one. Cutting it off meanwhile ends the process (SIGBUS).
// Ownership: one object, one mapping; read-only, any thread.
#pragma once

#include <filesystem>
#include <string_view>

namespace tricolour {

class MappedFile {
 public:
  /// Throws OutputError.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {bytes_, size_}; }

 private:
  const char* bytes_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace tricolour
