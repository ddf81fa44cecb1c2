#include "harness/files/mapped_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "harness/files/result_folder.hpp"

namespace tricolour {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, std::string_view why) {
  throw OutputError(fmt::format("cannot read {}: {}", path.string(), why));
}
[[noreturn]] void refuse(const std::filesystem::path& path, int error) {
  refuse(path, std::generic_category().message(error));
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (opened < 0) refuse(path, errno);
  struct stat status {};
  const bool known = ::fstat(opened, &status) == 0;
  void* mapped = nullptr;
  int failed = known ? 0 : errno;
  if (known && S_ISREG(status.st_mode) && status.st_size > 0) {
    size_ = static_cast<std::size_t>(status.st_size);
    mapped = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, opened, 0);
    if (mapped == MAP_FAILED) failed = errno;
  }
  ::close(opened);
  if (failed != 0) refuse(path, failed);
  if (!S_ISREG(status.st_mode)) refuse(path, "it is not a regular file");
  bytes_ = static_cast<const char*>(mapped);
}

MappedFile::~MappedFile() {
  if (bytes_ != nullptr) ::munmap(const_cast<char*>(bytes_), size_);
}

}  // namespace tricolour
