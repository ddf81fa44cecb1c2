// Which roles ran while another thread was in a schedule window.
//
// Purpose: a window is worth what happens inside it. A stress run counts for each window the pairs
// of the role of the thread in it and the role of another that passed a window meanwhile.
//
// Invariant: a counted pair has happened: only a delayed thread counts, and only a window that
// another thread passed during the delay. A role that passed none is not seen.
//
// Ownership: a thread's role is its own; the counters are the process's, and `pairs` is called once
// the threads of a run have ended.
//
// Memory ordering: relaxed: a count decides nothing.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/observe/events.hpp"
#include "core/seams/schedule_window.hpp"

namespace tricolour {

/// What this thread does for the length of a scope. Nothing in a build without TRICOLOUR_FAULTS.
class RoleScope {
 public:
  explicit RoleScope(Role role) {
    if constexpr (faults_built) outer_ = std::exchange(here_, role);
  }
  ~RoleScope() {
    if constexpr (faults_built) here_ = outer_;
  }
  RoleScope(const RoleScope&) = delete;
  RoleScope& operator=(const RoleScope&) = delete;

  static Role here() {
    if constexpr (faults_built) return here_;
    return Role::mutator;
  }

 private:
  static inline thread_local Role here_ = Role::mutator;
  Role outer_ = Role::mutator;
};

class ScheduleCoverage {
 public:
  static constexpr std::size_t role_count = 4;
  using Progress = std::array<std::uint64_t, role_count>;

  /// This thread passes a window.
  static void note_progress();

  /// This thread is delayed in a window.
  class Delay {
   public:
    explicit Delay(Window here);
    ~Delay();
    Delay(const Delay&) = delete;
    Delay& operator=(const Delay&) = delete;

   private:
    const Window here_;
    const Progress before_;
  };

  struct Pair {
    Window window;
    Role in;         ///< of the thread in the window
    Role meanwhile;  ///< of a thread that passed a window during the delay
    std::uint64_t times;
  };
  /// Those that happened since the process began.
  static std::vector<Pair> pairs();
};

}  // namespace tricolour
