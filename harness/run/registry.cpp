#include "harness/run/registry.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "harness/text/names.hpp"

namespace tricolour {

std::vector<const Instance*> workloads() {
  std::vector<const Instance*> found;
  for (const Instance* instance : instances()) {
    if (instance->barrier->name == instances().front()->barrier->name) found.push_back(instance);
  }
  return found;
}

std::vector<const BarrierTraits*> barriers() {
  std::vector<const BarrierTraits*> found;
  for (const Instance* instance : instances()) {
    if (instance->info().name == instances().front()->info().name)
      found.push_back(instance->barrier);
  }
  return found;
}

const BarrierTraits& reference_barrier() {
  static const std::vector<const BarrierTraits*> all = barriers();
  return **std::ranges::find_if(all, [](const BarrierTraits* one) { return one->reference; });
}

const BarrierTraits& find_barrier(std::string_view name) {
  std::vector<std::string_view> existing;
  for (const BarrierTraits* barrier : barriers()) {
    if (same_name(barrier->name, name)) return *barrier;
    existing.push_back(barrier->name);
  }
  throw ConfigurationError(unknown_name("barrier", name, existing));
}

const Instance& find_workload(std::string_view name) {
  std::vector<std::string_view> existing;
  for (const Instance* workload : workloads()) {
    existing.push_back(workload->info().name);
    if (same_name(existing.back(), name)) return *workload;
  }
  throw ConfigurationError(unknown_name("workload", name, existing));
}

const Instance& find_instance(std::string_view workload, std::string_view barrier) {
  const std::string_view workload_name = find_workload(workload).info().name;
  const std::string_view barrier_name = find_barrier(barrier).name;
  for (const Instance* instance : instances()) {
    if (instance->info().name == workload_name && instance->barrier->name == barrier_name)
      return *instance;
  }
  throw ConfigurationError("the pair was not compiled in");
}

const Instance& find_recording_instance(std::string_view workload) {
  const std::string_view name = find_workload(workload).info().name;
  for (const Instance& instance : instances_under_recording()) {
    if (instance.info().name == name) return instance;
  }
  throw ConfigurationError("recording was not compiled in");
}

}  // namespace tricolour
