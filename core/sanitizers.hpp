// Which sanitizer this build runs under: macros, because headers hang on them, each 0 or 1.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define TRICOLOUR_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRICOLOUR_ADDRESS_SANITIZER 1
#endif
#endif
#if !defined(TRICOLOUR_ADDRESS_SANITIZER)
#define TRICOLOUR_ADDRESS_SANITIZER 0
#endif

#if defined(__SANITIZE_THREAD__)
#define TRICOLOUR_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TRICOLOUR_THREAD_SANITIZER 1
#endif
#endif
#if !defined(TRICOLOUR_THREAD_SANITIZER)
#define TRICOLOUR_THREAD_SANITIZER 0
#endif
