// What a cycle does by handshakes: the steps of a table, each mutator's in its own, one mutator at
// a time; and the end of a cycle that never stops the world.
//
// A stack is scanned in pieces, so that no handshake is longer the deeper the stack is: a mutator
// has as many handshakes as its stack has pieces, and the rest of its steps in the last of them.
#include <algorithm>
#include <exception>
#include <span>
#include <utility>

#include "collectors/cycle/cycle.hpp"
#include "collectors/cycle/cycle_seams.hpp"
#include "collectors/cycle/root_scan.hpp"
#include "collectors/oracle/oracle.hpp"

namespace tricolour {
namespace {

bool part_of(std::span<const Step> steps, Step wanted) {
  return std::ranges::find(steps, wanted) != steps.end();
}

/// `work` with each part of the table up to an acknowledgement, until it answers false.
template <class Work>
void for_each_part(const Steps& steps, Work work) {
  const Step last = faulty(Fault::acknowledgement_not_awaited) ? Step::end : Step::acknowledge;
  for (auto begin = steps.begin(); *begin != Step::end;) {
    const auto end =
        std::find_if(begin, steps.end(), [=](Step one) { return one == last || one == Step::end; });
    if (!work(std::span<const Step>(begin, end))) return;
    begin = *end == Step::end ? end : end + 1;
  }
}

}  // namespace

/// One round of handshakes: what the steps make of every mutator.
struct Cycle::Meeting {
  std::span<const Step> steps;
  bool found = false;                 ///< it brought something grey to light
  std::uint64_t allocated_bytes = 0;  ///< by all mutators that ever were, each up to its handshake
  Retirement* retirement = nullptr;   ///< where mutators are to retire their holes
};

bool Cycle::take_part(Meeting& meeting, MutatorContext& mutator) {
  const auto has = [&](Step step) { return part_of(meeting.steps, step); };
  if (has(Step::flush_buffers) && !faulty(Fault::shades_survive_cycle))
    meeting.found |= mutator.flush_shade_buffer();
  if (has(Step::shade_roots) && (phase() == Phase::begin || is_rescanned(mutator))) {
    const RootPiece piece = scan_piece_of_roots(heap_, mutator);
    meeting.found |= piece.found;
    if (!piece.is_last) return false;
  }
  mutator.adopt(announced(heap_.phase(), has(Step::flip_mark_sense)));
  meeting.allocated_bytes += mutator.allocated_bytes();
  if (meeting.retirement != nullptr) meeting.retirement->retire(mutator);
  return true;
}

void Cycle::meet(Meeting& meeting, World::Exclusive& world) {
  for (const Step step : meeting.steps) heap_.phase(world).apply(step);
  const bool flips = part_of(meeting.steps, Step::flip_mark_sense);
  if (flips) flip(world);
  if (phase() == Phase::begin && part_of(meeting.steps, Step::shade_roots)) scan_globals(heap_);
  meeting.allocated_bytes = heap_.allocated_bytes({});
  std::vector<MutatorContext*> asked = world.mutators(), unfinished;
  std::exception_ptr failure;  // the cycle's, on whatever thread it happens
  while (!asked.empty()) {
    unfinished.reserve(asked.size());  // a mutator in a handshake does not wait for memory
    world.handshake(asked, [&](MutatorContext& mutator) {
      try {
        if (!take_part(meeting, mutator)) unfinished.push_back(&mutator);
      } catch (...) {
        failure = std::current_exception();
      }
    });
    if (failure) std::rethrow_exception(failure);
    asked = std::exchange(unfinished, {});
  }
}

void Cycle::begin_by_handshakes(World::Exclusive& world) try {
  for_each_part(protocol_.begin, [&](std::span<const Step> steps) {
    Meeting meeting{.steps = steps};
    meet(meeting, world);
    if (part_of(steps, Step::allocate_black)) allocated_before_ = meeting.allocated_bytes;
    return true;
  });
} catch (...) {
  fail();
  throw;
}

bool Cycle::gather_from_mutators(World::Exclusive& world) {
  if (has(protocol_.card_round, Step::take_cards)) card_scan_.take();
  Meeting meeting{
      .steps = {protocol_.gather.begin(), std::ranges::find(protocol_.gather, Step::end)}};
  meet(meeting, world);
  const bool found_on_cards =
      has(protocol_.card_round, Step::scan_taken_cards) && card_scan_.scan_taken();
  return meeting.found || found_on_cards;
}

/// Nothing grey is anywhere but with mutators.
bool Cycle::is_quiet() const { return marker_->drained() && heap_.grey_set.empty(); }

/// The round of the table ends the cycle where nothing turned grey since it began: then nothing was
/// grey but with mutators, each was found to hold nothing, and none had published anything by
/// itself before it was asked, which would still be in the grey set, because no thread
/// marks meanwhile. So a mutator had shaded nothing until it was asked; at the first answer nothing
/// was grey at all, and what is reachable was black.
std::optional<Retirement> Cycle::end_by_handshakes(World::Exclusive& world) try {
  std::optional<Retirement> retirement;
  bool found = !is_quiet();
  for_each_part(protocol_.termination, [&](std::span<const Step> steps) {
    if (part_of(steps, Step::repeat_until_clean)) {
      found |= !is_quiet() && !faulty(Fault::own_flush_unseen);
      if (!found) retirement.emplace(end_marking(world));
    }
    if (found) return false;
    Meeting meeting{.steps = steps, .retirement = retirement ? &*retirement : nullptr};
    meet(meeting, world);
    found |= meeting.found;
    return true;
  });
  return retirement;
} catch (...) {
  fail();
  throw;
}

/// Everything reachable is marked, and no mutator knows yet.
Retirement Cycle::end_marking(World::Exclusive& world) {
  verify_marked(world);
  heap_.phase(world).tracing = false;
  return {heap_, world};
}

void Cycle::verify_marked(World::Exclusive& world) {
  if (oracle_ == nullptr) return;
  world.stop({PauseKind::verify, Cause::verification},
             [&](Pause&) { oracle_->check_marked(marker_->marked_objects()); });
}

}  // namespace tricolour
