// Everything that was compiled in: every workload under every barrier.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/run/instance.hpp"

namespace tricolour {

/// Every pair, barrier by barrier; generated.
const std::vector<const Instance*>& instances();

/// Each workload once more, under the barrier that records a mutation trace; generated.
std::span<const Instance> instances_under_recording();

/// One instance of each workload, under the first barrier.
std::vector<const Instance*> workloads();
std::vector<const BarrierTraits*> barriers();
/// The one that does nothing: what others are measured against.
const BarrierTraits& reference_barrier();

/// These throw ConfigurationError with what there is.
const BarrierTraits& find_barrier(std::string_view name);
const Instance& find_workload(std::string_view name);
const Instance& find_instance(std::string_view workload, std::string_view barrier);
const Instance& find_recording_instance(std::string_view workload);

}  // namespace tricolour
