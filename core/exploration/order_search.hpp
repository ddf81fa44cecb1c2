// Searches of a list of programs: as the code states its orders, and with one of them weaker.
//
// Purpose: what the tests of code over ModelAtomic call.
#pragma once

#include <algorithm>
#include <sstream>

#include "core/exploration/program_model.hpp"
#include "core/exploration/search.hpp"

namespace tricolour::exploration {

template <template <class, unsigned, unsigned> class MemoryOf = ReleaseAcquireMemory, class Program>
Coverage search_program(const Program& program, const Weakening& weakening = {},
                        OrderSites* sites = nullptr) {
  const ProgramModel<Program, MemoryOf> model(program, weakening, sites);
  return Search(model, searches_are_cut_short ? cut_short_states : usual_most_states).run();
}

/// The steps of a counterexample, a line each.
template <template <class, unsigned, unsigned> class MemoryOf = ReleaseAcquireMemory, class Program>
std::string steps_of(const Program& program, const Weakening& weakening, const Coverage& coverage) {
  const ProgramModel<Program, MemoryOf> model(program, weakening);
  std::ostringstream text;
  replay(model, coverage.path, [&](const auto&, const auto&, const ProgramLabel& label) {
    text << "thread " << label.thread << ", operation " << label.operation << ": ";
    if (label.access) {
      text << access_name(label.access->kind) << " of location " << label.access->location << ", "
           << order_name(label.order) << ", line " << label.access->site.line() << ": operand "
           << static_cast<std::int32_t>(label.access->operand) << ", read "
           << static_cast<std::int32_t>(label.result) << (label.late ? " (late)\n" : "\n");
    } else if (label.drains) {
      text << "its oldest buffered store is seen by all\n";
    } else {
      text << "nothing shared\n";
    }
  });
  return text.str();
}

/// Of an order that may be weaker.
inline std::string complaint_about(const OrderSite& site, std::memory_order weaker) {
  std::ostringstream text;
  text << site.function << ", line " << site.line << ": " << access_name(site.kind) << ' '
       << order_name(site.order) << " -> " << order_name(weaker) << ": no counterexample";
  return text.str();
}

/// What is wrong with the orders that the code under `programs` states: a counterexample as they
/// are, or an order that may be weaker. The programs that have most counterexamples first.
template <class Programs>
std::vector<std::string> order_complaints(const Programs& programs) {
  std::vector<std::string> complaints;
  OrderSites sites;
  for (const auto& program : programs) {
    const Coverage coverage = search_program(program, {}, &sites);
    if (coverage.violated)
      complaints.push_back(program.name() + " goes wrong\n" + steps_of(program, {}, coverage));
    if (!coverage.exhausted && !searches_are_cut_short)
      complaints.push_back(program.name() + " has too many states");
  }
  if (sites.all().empty()) complaints.emplace_back("no program accesses anything");
  for (const OrderSite& site : sites.all()) {
    for (const std::memory_order weaker : weaker_orders(site.kind, site.order)) {
      const Weakening weakening(site, weaker);
      const auto goes_wrong = [&](const auto& program) {
        return search_program(program, weakening).violated;
      };
      if (std::ranges::none_of(programs, goes_wrong))
        complaints.push_back(complaint_about(site, weaker));
    }
  }
  return complaints;
}

}  // namespace tricolour::exploration
