// The course of a workload whose mutators each run a program of their own: build the data, do the
// operations, check.
//
// Purpose: said once. A Program is made of mutator and run and has `build()`, `operation()` and
// `check()`.
//
// Invariant: only the operations are measured. The program's roots live until the check is done.
#pragma once

#include "workloads/workload.hpp"

namespace tricolour {

template <class Program, Barrier B>
void run_program(Mutator<B>& m, WorkloadRun& run) {
  Program program{m, run};
  program.build();
  run.begin(m);
  while (run.next_operation()) program.operation();
  run.end(m);
  program.check();
}

}  // namespace tricolour
