// The executor seam: a loop over independent pieces of stopped-world work, on oneTBB, or on plain threads under ThreadSanitizer (which reports
// races inside Debian's uninstrumented libtbb that are not there).
#pragma once

#include <cstddef>
#include <functional>

namespace tricolour {

inline constexpr unsigned most_parallel_threads = 256;

/// Calls `each(i)` once for every i below `count`, in pieces of about `grain`, on at most `threads` threads (1 to most_parallel_threads); returns when all are done.
void parallel_for(unsigned threads, std::size_t count, std::size_t grain, const std::function<void(std::size_t)>& each);

}  // namespace tricolour
