// The process that made a heap. After a fork the child has a copy of the heap, and of its threads
// only the one that forked; locks may be held by threads that it does not have.
//
// Purpose: tells the two apart at the cost of one load.
//
// Ownership: any thread. Memory ordering: none: a child begins with one thread, which counts.
#pragma once

namespace tricolour {

class OwnerProcess {
 public:
  /// This process is the owner.
  OwnerProcess();
  bool is_this() const;

 private:
  unsigned forks_;  ///< between the first process and this one
};

}  // namespace tricolour
