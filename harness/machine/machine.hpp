// Facts about the machine, as Linux tells them. A fact that cannot be had is "unknown", or 0.
#pragma once

#include <cstddef>
#include <string>

#include "harness/machine/control_group.hpp"
#include "harness/text/json.hpp"

namespace tricolour {

struct Machine {
  std::string host;
  std::string boot_id;  ///< of this boot of the kernel: the same in every container that it runs
  std::string kernel;
  std::string cpu;
  unsigned cores = 0;    ///< this process may use
  std::string governor;  ///< of the first CPU; "none" where frequency is not the system's to choose
  std::size_t memory_bytes = 0;
  std::size_t available_bytes = 0;
  ControlGroupLimits limits;
  std::string huge_pages;  ///< the kernel's transparent-huge-page mode
  double load = 0;         ///< average over the last minute
};

Machine read_machine();
/// What the machine is, without what changes from one minute to the next (memory available, load).
Json::Object description(const Machine& machine);

/// Time stolen by the hypervisor since boot, summed over CPUs, in 1/100 s.
unsigned long stolen_ticks();
/// The time now, ISO 8601, UTC, to the second: 2026-01-02T03:04:05Z.
std::string utc_now();

}  // namespace tricolour
