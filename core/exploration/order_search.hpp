// Searches of a list of programs: as the code states its orders, and with one of them weaker.
//
// Purpose: what the tests of code over ModelAtomic call.
#pragma once

#include <sstream>

#include "core/exploration/program_model.hpp"
#include "core/exploration/search.hpp"

namespace tricolour::exploration {

template <class Program>
Coverage search_program(const Program& program, const Weakening& weakening = {}, OrderSites* sites = nullptr) {
  const ProgramModel<Program> model(program, weakening, sites);
  return Search(model, searches_are_cut_short ? cut_short_states : usual_most_states).run();
}

/// The steps of a counterexample, a line each.
template <class Program>
std::string steps_of(const Program& program, const Weakening& weakening, const Coverage& coverage) {
  const ProgramModel<Program> model(program, weakening);
  std::ostringstream text;
  replay(model, coverage.path, [&](const auto&, const auto&, const ProgramLabel& label) {
    text << "thread " << label.thread << ", operation " << label.operation << ": ";
    if (label.access) {
      text << access_name(label.access->kind) << " of location " << label.access->location << ", " << order_name(label.order) << ", line "
           << label.access->site.line() << ": operand " << static_cast<std::int32_t>(label.access->operand) << ", read "
           << static_cast<std::int32_t>(label.result) << (label.late ? " (late)\n" : "\n");
    } else {
      text << "nothing shared\n";
    }
  });
  return text.str();
}

/// What came of one weaker order.
struct WeakeningResult {
  OrderSite site;
  std::memory_order order{};
  std::string program;    ///< the first that has a counterexample; empty if none
  std::size_t steps = 0;  ///< of that counterexample
};

inline std::string description(const WeakeningResult& result) {
  std::ostringstream text;
  text << result.site.function << ", line " << result.site.line << ": " << access_name(result.site.kind) << ' '
       << order_name(result.site.order) << " -> " << order_name(result.order) << ": ";
  if (result.program.empty()) {
    text << "no counterexample";
  } else {
    text << result.steps << " steps in \"" << result.program << '"';
  }
  return text.str();
}

/// Every site, weakened in every way.
template <class Programs>
std::vector<WeakeningResult> weaken_each(const Programs& programs, const OrderSites& sites) {
  std::vector<WeakeningResult> results;
  for (const OrderSite& site : sites.all()) {
    for (const std::memory_order order : weaker_orders(site.kind, site.order)) {
      WeakeningResult result{.site = site, .order = order, .program = {}};
      for (const auto& program : programs) {
        const Coverage coverage = search_program(program, Weakening(site, order));
        if (!coverage.violated) continue;
        result.program = program.name();
        result.steps = coverage.path.size();
        break;
      }
      results.push_back(result);
    }
  }
  return results;
}

/// What is wrong with the orders that the code under `programs` states: a counterexample as they are, or an order that may be weaker. The
/// programs that have most counterexamples first.
template <class Programs>
std::vector<std::string> order_complaints(const Programs& programs) {
  std::vector<std::string> complaints;
  OrderSites sites;
  for (const auto& program : programs) {
    const Coverage coverage = search_program(program, {}, &sites);
    if (coverage.violated) complaints.push_back(program.name() + " goes wrong\n" + steps_of(program, {}, coverage));
    if (!coverage.exhausted && !searches_are_cut_short) complaints.push_back(program.name() + " has too many states");
  }
  if (sites.all().empty()) complaints.emplace_back("no program accesses anything");
  for (const WeakeningResult& result : weaken_each(programs, sites)) {
    if (result.program.empty()) complaints.push_back(description(result));
  }
  return complaints;
}

}  // namespace tricolour::exploration
