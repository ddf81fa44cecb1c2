// Marks heap memory that holds no object as unreadable for AddressSanitizer; nothing in other
// builds. Any thread, own memory only.
#pragma once

#include <cstddef>

#include "core/sanitizers.hpp"

#if TRICOLOUR_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace tricolour {

#if TRICOLOUR_ADDRESS_SANITIZER
inline constexpr bool poisons_free_memory = true;
inline void poison(void* begin, std::size_t bytes) { __asan_poison_memory_region(begin, bytes); }
inline void unpoison(void* begin, std::size_t bytes) {
  __asan_unpoison_memory_region(begin, bytes);
}
#else
inline constexpr bool poisons_free_memory = false;
inline void poison(void*, std::size_t) {}
inline void unpoison(void*, std::size_t) {}
#endif

}  // namespace tricolour
