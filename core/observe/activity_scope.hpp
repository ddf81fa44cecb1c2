// Switches a mutator's activity for a scope, and back.
//
// Purpose: names the wait at the place where it is taken, also below the mutator, in the heap's
// spaces, which know no mutator.
//
// Ownership: the mutator's thread.
#pragma once

#include "core/observe/events.hpp"

namespace tricolour {

class MutatorContext;

class ActivityScope {
 public:
  /// `mutator`: null on a collector's thread, whose time is accounted for by phases.
  ActivityScope(MutatorContext* mutator, Activity activity);
  ActivityScope(MutatorContext& mutator, Activity activity) : ActivityScope(&mutator, activity) {}
  ~ActivityScope();
  ActivityScope(const ActivityScope&) = delete;
  ActivityScope& operator=(const ActivityScope&) = delete;

 private:
  MutatorContext* const mutator_;
  Activity outer_ = Activity::running;
};

}  // namespace tricolour
