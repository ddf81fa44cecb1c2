// Steps, as a model hands them to the search.
//
// Purpose: a step is a function that changes a copy of the state. They go through references to
// functions, so that no part of a model is compiled again for each step or search.
#pragma once

#include <memory>
#include <type_traits>

#include "core/exploration/choice.hpp"
#include "core/exploration/label.hpp"

namespace tricolour::exploration {

template <class Signature>
class FunctionReference;

/// Refers to a callable that outlives it.
template <class Result, class... Arguments>
class FunctionReference<Result(Arguments...)> {
 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionReference>)
      FunctionReference(F&& callable)
      : callable_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        call_([](void* one, Arguments... arguments) -> Result {
          return (*static_cast<std::remove_reference_t<F>*>(one))(
              static_cast<Arguments>(arguments)...);
        }) {}
  Result operator()(Arguments... arguments) const {
    return call_(callable_, static_cast<Arguments>(arguments)...);
  }

 private:
  void* callable_;
  Result (*call_)(void*, Arguments...);
};

/// Takes each step that a state allows: `attempts(label, step)`, where `step(state, choice, label)`
/// makes it, or gives false: not now.
template <class State>
class Attempts {
 public:
  using Step = FunctionReference<bool(State&, Choice&, Label&)>;

  explicit Attempts(FunctionReference<void(const Label&, Step)> attempt) : attempt_(attempt) {}

  template <class Make>
  void operator()(const Label& label, Make make) const {
    attempt_(label, [&](State& next, Choice& choice, Label& done) -> bool {
      if constexpr (std::is_void_v<decltype(make(next, choice, done))>) {
        make(next, choice, done);
        return true;
      } else {
        return make(next, choice, done);
      }
    });
  }

 private:
  FunctionReference<void(const Label&, Step)> attempt_;
};

}  // namespace tricolour::exploration
