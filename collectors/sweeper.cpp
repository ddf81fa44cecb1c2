#include "collectors/sweeper.hpp"

#include "collectors/parallel_for.hpp"
#include "core/spin.hpp"

namespace tricolour {

void Sweeper::sweep_all() {
  heap_.large.sweep();
  // Once is not enough: a mutator may still be in the middle of the last block that it sweeps for itself, and beside mutators a stopped
  // collection may end meanwhile and leave a sweep of its own behind this one's position.
  while (!heap_.blocks.swept()) {
    for (std::size_t block = 0; block < heap_.blocks.block_count(); ++block) heap_.blocks.sweep(block);
    relax_processor();
  }
}

void Sweeper::sweep_all_in_parallel() {
  heap_.large.sweep();
  constexpr std::size_t blocks_per_task = 64;
  parallel_for(threads_, heap_.blocks.block_count(), blocks_per_task, [this](std::size_t block) { heap_.blocks.sweep(block); });
  sweep_all();
}

}  // namespace tricolour
