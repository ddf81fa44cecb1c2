// The search: every state that a model can reach, breadth first.
//
// Purpose: a model gives an initial state and the successors of each; the search visits each state
// once and stops at the first that violates what the model promises. Breadth first, so the
// counterexample is a shortest one.
//
// A model has
//   State                                  copyable, with `transfer(archive)` (archive.hpp)
//   State initial() const
//   void expand(const State&, visit) const calls visit(successor, label) for each step, always in
//                                          the same order
//   bool violated(const State&) const      asked of every successor
//
// Ownership: one thread; `progress` is called on it now and then.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/exploration/archive.hpp"
#include "core/exploration/coverage.hpp"
#include "core/exploration/visited_states.hpp"

namespace tricolour::exploration {

template <class Model>
class Search {
 public:
  using State = typename Model::State;
  using Progress = std::function<void(const Coverage&)>;

  Search(const Model& model, std::uint64_t most_states, Progress progress = {})
      : model_(model), most_states_(most_states), progress_(std::move(progress)) {}

  Coverage run() {
    begin();
    while (!frontier_.sizes.empty()) {
      if (!expand_frontier()) return finish();
      ++coverage_.depth;
    }
    coverage_.exhausted = true;
    return finish();
  }

 private:
  /// The states of one depth, back to back.
  struct Frontier {
    std::vector<std::uint8_t> bytes;
    std::vector<std::uint16_t> sizes;
    std::vector<double> paths;  ///< shortest schedules that lead to each
    void clear() {
      bytes.clear();
      sizes.clear();
      paths.clear();
    }
    void add(std::span<const std::uint8_t> state, double count) {
      bytes.insert(bytes.end(), state.begin(), state.end());
      sizes.push_back(static_cast<std::uint16_t>(state.size()));
      paths.push_back(count);
    }
  };

  void begin() {
    State initial = model_.initial();
    writer_.clear();
    initial.transfer(writer_);
    visited_.insert(fingerprint(writer_.bytes()), VisitedStates::none, 0);
    frontier_.add(writer_.bytes(), 1);
  }

  /// False when the search is over early.
  bool expand_frontier() {
    State state = model_.initial();
    const std::size_t first = visited_.size() - frontier_.sizes.size();
    first_of_next_ = visited_.size();
    const std::uint8_t* bytes = frontier_.bytes.data();
    for (std::size_t i = 0; i < frontier_.sizes.size(); ++i) {
      ByteReader reader(bytes);
      state.transfer(reader);
      bytes += frontier_.sizes[i];
      expand(state, static_cast<VisitedStates::Index>(first + i), frontier_.paths[i]);
      if (coverage_.violated || visited_.size() >= most_states_) return false;
      if (progress_ && i % 4096 == 0) progress_(count());
    }
    std::swap(frontier_, next_);
    next_.clear();
    return true;
  }

  void expand(const State& state, VisitedStates::Index index, double paths) {
    std::uint16_t step = 0;
    model_.expand(state, [&](State& successor, const auto&) {
      ++coverage_.transitions;
      if (coverage_.violated) return;
      writer_.clear();
      successor.transfer(writer_);
      const auto [number, is_new] = visited_.insert(fingerprint(writer_.bytes()), index, step++);
      if (is_new) {
        next_.add(writer_.bytes(), paths);
        if (model_.violated(successor)) {
          coverage_.violated = true;
          coverage_.path = visited_.path_to(number);
        }
      } else if (number >= first_of_next_) {
        next_.paths[number - first_of_next_] += paths;
      }
    });
    if (step == 0) coverage_.interleavings += paths;
  }

  const Coverage& count() {
    coverage_.states = visited_.size();
    return coverage_;
  }
  Coverage finish() { return count(); }

  const Model& model_;
  const std::uint64_t most_states_;
  const Progress progress_;
  VisitedStates visited_;
  Frontier frontier_;
  Frontier next_;
  std::size_t first_of_next_ = 0;
  ByteWriter writer_;
  Coverage coverage_;
};

/// The steps of a path again: calls `each(before, after, label)` for each. The states are those
/// that the search saw.
template <class Model, class Each>
void replay(const Model& model, const std::vector<std::uint16_t>& path, Each each) {
  typename Model::State state = model.initial();
  for (const std::uint16_t wanted : path) {
    typename Model::State after = state;
    std::uint16_t step = 0;
    model.expand(state, [&](const typename Model::State& successor, const auto& label) {
      if (step++ != wanted) return;
      each(state, successor, label);
      after = successor;
    });
    state = after;
  }
}

}  // namespace tricolour::exploration
