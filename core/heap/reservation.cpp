#include "core/heap/reservation.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "core/errors.hpp"
#include "core/heap/object.hpp"

namespace tricolour {
namespace {

/// Right behind the call that failed.
std::string refusal(std::size_t bytes) {
  const std::string reason = std::strerror(errno);
  rlimit limit{};
  const bool limited = getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  return "cannot reserve " + std::to_string(bytes) +
         " bytes of address space: the system refuses it (" + reason + ")" +
         (limited ? ", and this process may have " + std::to_string(limit.rlim_cur) + " (ulimit -v)"
                  : "") +
         "; a smaller heap, a higher ulimit -v or another vm.overcommit_memory would help";
}

}  // namespace

Reservation::Reservation(std::size_t bytes, std::size_t alignment) : bytes_(bytes) {
  mapped_ = add_sat(bytes, alignment);
  void* mapping = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) {
    throw ConfigurationError(refusal(mapped_));
  }
  mapping_ = static_cast<std::byte*>(mapping);
  begin_ =
      reinterpret_cast<std::byte*>(round_up(reinterpret_cast<std::uintptr_t>(mapping_), alignment));
}

Reservation::~Reservation() {
  if (mapping_ == nullptr) return;
  munmap(mapping_, mapped_);
}

Reservation::Reservation(Reservation&& other) noexcept { *this = std::move(other); }

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  std::swap(mapping_, other.mapping_);
  std::swap(mapped_, other.mapped_);
  std::swap(begin_, other.begin_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

void Reservation::touch_pages(const std::function<void()>& between) const {
  constexpr std::size_t piece_bytes = std::size_t{64} << 20;
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  for (std::size_t offset = 0; offset < bytes_; offset += page) {
    if (offset % piece_bytes == 0) between();
    *reinterpret_cast<volatile std::byte*>(begin_ + offset) = std::byte{0};
  }
}

}  // namespace tricolour
