#include "harness/explore/explore_report.hpp"

#include <fmt/format.h>

#include "harness/text/names.hpp"

namespace tricolour {
namespace {

using exploration::HeapPicture;
using exploration::MutatorPicture;
using exploration::ObjectPicture;
using exploration::Report;
using exploration::Trace;

std::string braced(const std::vector<std::string>& names) {
  return names.empty() ? "" : fmt::format("{{{}}}", joined(names, " "));
}

/// "globals:black[a] a:grey[-]"
std::string heap_text(const HeapPicture& heap) {
  std::string text;
  for (const ObjectPicture& object : heap.objects) {
    if (object.colour == "free") continue;
    std::string slots;
    for (const std::string& slot : object.slots)
      slots += (slots.empty() ? "" : " ") + (slot.empty() ? "-" : slot);
    text += fmt::format("{}{}:{}[{}]{}", text.empty() ? "" : " ", object.name, object.colour, slots,
                        object.dirty ? "*" : "");
  }
  return text;
}

std::string roots_text(const HeapPicture& heap) {
  std::string text;
  for (const MutatorPicture& mutator : heap.mutators) {
    if (!mutator.running) continue;
    text += fmt::format("{}{{{}}}", text.empty() ? "" : " ", joined(mutator.roots, " "));
    if (!mutator.unseen.empty())
      text += fmt::format(" (not yet seen: {})", joined(mutator.unseen, ", "));
  }
  return text;
}

std::string grey_text(const HeapPicture& heap) {
  std::vector<std::string> waiting = heap.grey_set;
  waiting.insert(waiting.end(), heap.pending.begin(), heap.pending.end());
  for (const MutatorPicture& mutator : heap.mutators)
    waiting.insert(waiting.end(), mutator.buffer.begin(), mutator.buffer.end());
  return braced(waiting);
}

std::string table(const Trace& trace) {
  struct Row {
    std::string number, thread, step, heap, roots, grey;
  };
  std::vector<Row> rows{{"", "thread", "step", "heap after it", "roots", "to be marked"},
                        {"0", "", "", heap_text(trace.initial), roots_text(trace.initial), ""}};
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const auto& step = trace.steps[i];
    const std::string text = step.operation.empty() || step.operation == step.text
                                 ? step.text
                                 : step.operation + ": " + step.text;
    const std::string mark = i == trace.broken ? " !" : "";
    rows.push_back({std::to_string(i + 1) + mark, step.thread, text, heap_text(step.after),
                    roots_text(step.after), grey_text(step.after)});
  }
  const auto width = [&](std::string Row::*column) {
    std::size_t most = 0;
    for (const Row& row : rows) most = std::max(most, (row.*column).size());
    return most;
  };
  std::string text;
  for (const Row& row : rows) {
    std::string line =
        fmt::format("{:<{}}  {:<{}}  {:<{}}  {:<{}}  {:<{}}  {}", row.number, width(&Row::number),
                    row.thread, width(&Row::thread), row.step, width(&Row::step), row.heap,
                    width(&Row::heap), row.roots, width(&Row::roots), row.grey);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string bounds_text(const ExploreCommand& command) {
  const auto counted = [](unsigned count, std::string_view word) {
    return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
  };
  return fmt::format("{}, {} each ({}), {} without the globals, {} each, {}, {}{}",
                     counted(command.mutators, "mutator"), counted(command.operations, "operation"),
                     command.repertoire, counted(command.objects, "object"),
                     counted(command.slots, "slot"), counted(command.cycles, "cycle"),
                     counted(command.mark_threads, "mark thread"),
                     command.assists ? ", and mutators assist" : "");
}

/// What no object within the bounds can show.
std::string blindness_text(const ExploreCommand& command) {
  if (command.slots > 1) return {};
  return "objects of one slot cannot show a barrier that treats slots of one object differently; "
         "--slots 2 can\n";
}

Json names(const std::vector<std::string>& all) { return Json::Array(all.begin(), all.end()); }

Json heap_json(const HeapPicture& heap) {
  Json::Array objects, mutators;
  for (const ObjectPicture& one : heap.objects) {
    objects.push_back(Json::Object{{"name", one.name},
                                   {"colour", one.colour},
                                   {"slots", names(one.slots)},
                                   {"dirty", one.dirty}});
  }
  for (const MutatorPicture& one : heap.mutators) {
    mutators.push_back(Json::Object{{"name", one.name},
                                    {"running", one.running},
                                    {"roots", names(one.roots)},
                                    {"shade_buffer", names(one.buffer)},
                                    {"store_buffer", names(one.unseen)},
                                    {"operation", one.operation},
                                    {"marking", one.marking},
                                    {"roots_scanned", one.roots_scanned}});
  }
  return Json::Object{{"cycle", heap.cycle},
                      {"phase", heap.phase},
                      {"objects", objects},
                      {"mutators", mutators},
                      {"grey_set", names(heap.grey_set)},
                      {"pending", names(heap.pending)}};
}

Json trace_json(const Trace& trace) {
  Json::Array steps;
  for (const auto& step : trace.steps) {
    steps.push_back(Json::Object{{"thread", step.thread},
                                 {"operation", step.operation},
                                 {"text", step.text},
                                 {"heap", heap_json(step.after)}});
  }
  return Json::Object{{"lost", trace.lost},
                      {"broken_at", trace.broken + 1},
                      {"initial", heap_json(trace.initial)},
                      {"steps", steps}};
}

}  // namespace

std::string exploration_text(const ExploreCommand& command, const Report& report) {
  const exploration::Coverage& coverage = report.coverage;
  std::string text = fmt::format("{} under {}, memory model {}\n{}\n", command.barrier,
                                 command.protocol, command.memory, bounds_text(command));
  text += fmt::format("{} states, {} transitions, {} steps deep, {:.1f} s ({:.0f} states/s)\n",
                      coverage.states, coverage.transitions, coverage.depth, report.seconds,
                      static_cast<double>(coverage.states) / report.seconds);
  if (report.trace) {
    text += fmt::format(
        "\nobject {} is lost, in {} steps. From step {} on nothing would have marked it.\n\n",
        report.trace->lost, report.trace->steps.size(), report.trace->broken + 1);
    return text + table(*report.trace);
  }
  text += coverage.exhausted ? fmt::format(
                                   "at least {:.3g} interleavings; every state was visited\n"
                                   "no lost object within these bounds\n",
                                   coverage.interleavings)
                             : "the budget was reached: not every state was visited\n"
                               "no lost object in the states that were visited\n";
  return text + blindness_text(command);
}

Json exploration_json(const ExploreCommand& command, const Report& report) {
  const exploration::Coverage& coverage = report.coverage;
  return Json::Object{
      {"barrier", command.barrier},
      {"protocol", command.protocol},
      {"memory", command.memory},
      {"mutators", command.mutators},
      {"operations", command.operations},
      {"repertoire", command.repertoire},
      {"objects", command.objects},
      {"slots", command.slots},
      {"cycles", command.cycles},
      {"mark_threads", command.mark_threads},
      {"assists", command.assists},
      {"states", coverage.states},
      {"transitions", coverage.transitions},
      {"depth", coverage.depth},
      {"interleavings_at_least", coverage.exhausted ? Json(coverage.interleavings) : Json()},
      {"exhausted", coverage.exhausted},
      {"seconds", report.seconds},
      {"counterexample", report.trace ? trace_json(*report.trace) : Json()}};
}

}  // namespace tricolour
