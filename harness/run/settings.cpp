#include "harness/run/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "collectors/cycle/stopped_collection.hpp"
#include "core/build_flavour.hpp"
#include "core/errors.hpp"
#include "harness/text/names.hpp"
#include "harness/text/quantity.hpp"

namespace tricolour {
namespace {

/// A setting that stands in `part` of the options, at `member`.
template <class Part, class Value>
Setting in(std::string_view name, std::string_view unit, double least, double most,
           std::string_view summary, Part part, Value member, std::string_view build = "") {
  return {name,
          unit,
          least,
          most,
          summary,
          [part, member](const TunedOptions& options) {
            return static_cast<double>(part(options).*member);
          },
          [part, member](TunedOptions& options, double value) {
            auto& target = part(options).*member;
            target = static_cast<std::remove_reference_t<decltype(target)>>(value);
          },
          build};
}

constexpr auto whole = [](auto& options) -> auto& { return options; };
constexpr auto heap = [](auto& options) -> auto& { return options.heap; };
constexpr auto injected = [](auto& options) -> auto& { return options.heap.injected; };
constexpr auto collector = [](auto& options) -> auto& { return options.collector; };
constexpr auto marking = [](auto& options) -> auto& { return options.collector.marking; };
constexpr double kib = 1024;
constexpr std::string_view faults_build = "faults", instrumented_build = "instrumented";

double parse_value(const Setting& setting, std::string_view value) {
  if (setting.unit == "switch") {
    if (value == "on" || value == "true" || value == "1") return 1;
    if (value == "off" || value == "false" || value == "0") return 0;
    throw ConfigurationError(
        fmt::format("{} is a switch: 'on' or 'off', not '{}'", setting.name, value));
  }
  if (setting.unit == "bytes") return static_cast<double>(parse_bytes(value, setting.name));
  return parse_number(value, setting.name);
}

bool is_there(const Setting& setting) {
  return setting.build.empty() || (setting.build == faults_build && faults_built) ||
         (setting.build == instrumented_build && instrumented_built);
}

/// Those of other builds too.
const std::vector<Setting>& all_settings() {
  static const std::vector<Setting> all{
      // At most: an array that is coloured by chunks must not fit into a hole.
      in("heap.hole_piece_bytes", "bytes", 256, most_whole_slots * sizeof(Slot),
         "the longest hole handed out at once", heap, &HeapOptions::hole_piece_bytes),
      in("heap.packet_capacity", "items", 1, 1 << 20, "grey items per packet and shade buffer",
         heap, &HeapOptions::packet_capacity),
      in("heap.huge_pages", "switch", 0, 1, "ask the kernel for transparent huge pages", heap,
         &HeapOptions::huge_pages),
      in("marker.deque_capacity", "items", 2, 1 << 24,
         "items a worker's deque holds before it spills into packets", marking,
         &MarkerOptions::deque_capacity),
      in("marker.prefetch", "edges", 1, 64,
         "edges in flight between finding a reference and looking at its object", marking,
         &MarkerOptions::prefetch),
      in("sweeper.threads", "threads", 1, 256, "threads of the parallel sweep", collector,
         &CollectorOptions::sweep_threads),
      in("collector.quantum_slots", "slots", 1, 1e12,
         "slots per quantum of incremental marking, at most", collector,
         &CollectorOptions::quantum_slots),
      in("collector.final_slots", "slots", 1, 1e12,
         "slots that the final pause may scan before marking continues concurrently", collector,
         &CollectorOptions::final_slots),
      in("collector.most_resumptions", "times", 0, 1e6, "how often a cycle may go back to marking",
         collector, &CollectorOptions::most_resumptions),
      in("collector.concurrent_attempts", "cycles", 0, StoppedCollection::most_attempts,
         "concurrent: how many a mutator without memory waits for before it collects in a pause; "
         "the most: it never does",
         collector, &CollectorOptions::concurrent_attempts),
      in("pacer.headroom_factor", "ratio", 1, 100,
         "safety on the allocation predicted during a cycle", collector,
         &CollectorOptions::headroom_factor),
      in("pacer.assist", "switch", 0, 1, "mutators mark when the markers would be late", collector,
         &CollectorOptions::assist),
      in("collector.collect_every", "allocations", 0, 1e9,
         "a collection each time that the allocation slow path was taken this often; with --verify "
         "every allocation takes it; 0: never",
         collector, &CollectorOptions::collect_every),
      in("schedule.seed", "seed", 0, 1e15,
         "delays threads at schedule windows, as this decides; 0: no delays", whole,
         &TunedOptions::schedule_seed, faults_build),
      in("inject.pause_ns", "ns", 0, 1e9, "added to every global pause", injected,
         &InjectedCosts::pause_ns, instrumented_build),
      in("inject.search_ns", "ns", 0, 1e9,
         "added, now and then (inject.wait_apart_ns), to the search for a block with room",
         injected, &InjectedCosts::search_ns, instrumented_build),
      in("inject.sweep_ns", "ns", 0, 1e9,
         "added, now and then (inject.wait_apart_ns), to the sweep of a block", injected,
         &InjectedCosts::sweep_ns, instrumented_build),
      in("inject.large_object_search_ns", "ns", 0, 1e9,
         "added, now and then (inject.wait_apart_ns), to the search for pages of a large object",
         injected, &InjectedCosts::large_object_search_ns, instrumented_build),
      in("inject.assist_ns", "ns", 0, 1e9,
         "added, now and then (inject.wait_apart_ns), to an assist", injected,
         &InjectedCosts::assist_ns, instrumented_build),
      in("inject.registry_lock_ns", "ns", 0, 1e9,
         "added, now and then (inject.wait_apart_ns), to the wait of a mutator for the right to "
         "stop the world",
         injected, &InjectedCosts::registry_lock_ns, instrumented_build),
      in("inject.page_fault_ns", "ns", 0, 1e9,
         "added, now and then (inject.wait_apart_ns), to zeroing a piece of a large object, whose "
         "pages are taken away first",
         injected, &InjectedCosts::page_fault_ns, instrumented_build),
      in("inject.handshake_ns", "ns", 0, 1e9,
         "added, now and then (inject.wait_apart_ns), to a handshake", injected,
         &InjectedCosts::handshake_ns, instrumented_build),
      in("inject.stall_ns", "ns", 0, 1e9, "added, now and then (inject.wait_apart_ns), to a stall",
         injected, &InjectedCosts::stall_ns, instrumented_build),
      in("inject.wait_apart_ns", "ns", 0, 1e12,
         "how long after one such wait the next of its kind is made longer, at least", injected,
         &InjectedCosts::wait_apart_ns, instrumented_build),
      in("inject.test_multiplications", "multiplications", 0, 1e6,
         "added, one after the other, to every barrier's test of its flag", injected,
         &InjectedCosts::test_multiplications, instrumented_build),
      in("inject.shade_multiplications", "multiplications", 0, 1e6,
         "added, one after the other, to every shade that a barrier calls for", injected,
         &InjectedCosts::shade_multiplications, instrumented_build),
  };
  return all;
}

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> there = [] {
    std::vector<Setting> found;
    std::ranges::copy_if(all_settings(), std::back_inserter(found), is_there);
    return found;
  }();
  return there;
}

void apply_setting(std::string_view name, std::string_view value, TunedOptions& options) {
  std::vector<std::string_view> existing;
  for (const Setting& setting : all_settings()) {
    if (is_there(setting)) existing.push_back(setting.name);
    if (!same_name(setting.name, name)) continue;
    if (!is_there(setting)) {
      throw ConfigurationError(
          fmt::format("{} is there in the build that 'tools/build {}' makes, and not in this one",
                      setting.name, setting.build));
    }
    const double number = parse_value(setting, value);
    if (number < setting.least || number > setting.most) {
      throw ConfigurationError(fmt::format("{}={} is outside {} to {} {}", setting.name, value,
                                           setting.least, setting.most, setting.unit));
    }
    if (setting.unit != "ratio" && number != std::floor(number))
      throw ConfigurationError(fmt::format("{}={} is not a whole number", setting.name, value));
    setting.set(options, number);
    return;
  }
  throw ConfigurationError(unknown_name("parameter", name, existing));
}

}  // namespace tricolour
