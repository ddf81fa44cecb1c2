#include "core/reservation.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>

#include "core/errors.hpp"
#include "core/object.hpp"

namespace tricolour {

Reservation::Reservation(std::size_t bytes, std::size_t alignment) : bytes_(bytes) {
  mapped_ = add_sat(bytes, alignment);
  void* mapping = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) {
    throw ConfigurationError("cannot reserve " + std::to_string(mapped_) + " bytes of address space");
  }
  mapping_ = static_cast<std::byte*>(mapping);
  begin_ = reinterpret_cast<std::byte*>(round_up(reinterpret_cast<std::uintptr_t>(mapping_), alignment));
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
