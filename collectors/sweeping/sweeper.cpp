#include "collectors/sweeping/sweeper.hpp"

namespace tricolour {

void Sweeper::sweep_all() {
  heap_.large.sweep();
  while (heap_.blocks.sweep_next()) {
  }
  // Once is not enough: a mutator may still be in the middle of the last block that it sweeps for
  // itself, and beside mutators a stopped collection may end meanwhile and leave a sweep of its own
  // behind this one's position.
  while (!heap_.blocks.swept()) heap_.blocks.sweep_stragglers();
}

void Sweeper::sweep_all_in_parallel() {
  heap_.large.sweep();
  constexpr std::size_t blocks_per_task = 64;
  parallel_.run(threads_, heap_.blocks.block_count(), blocks_per_task,
                [this](std::size_t block) { heap_.blocks.sweep(block); });
  sweep_all();
}

}  // namespace tricolour
