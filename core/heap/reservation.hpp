// Reserved address space: heaps, metadata, mark stacks, packets. Owned by one object; touched by
// the threads that this object lets.
#pragma once

#include <cstddef>
#include <functional>

namespace tricolour {

/// Address space that the kernel backs on first touch; freed on destruction. Throws
/// ConfigurationError when it can't be had.
class Reservation {
 public:
  Reservation() = default;
  Reservation(std::size_t bytes, std::size_t alignment);
  ~Reservation();
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  std::byte* begin() const { return begin_; }
  std::size_t bytes() const { return bytes_; }
  /// Backs every page now, and calls `between` pieces of 64 MiB: it may throw.
  void touch_pages(const std::function<void()>& between) const;

 private:
  std::byte* mapping_ = nullptr;
  std::size_t mapped_ = 0;
  std::byte* begin_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace tricolour
