#include "collectors/sweeping/sweeper.hpp"

namespace tricolour {

void Sweeper::sweep_all() { heap_.spaces().sweep_all(); }

void Sweeper::sweep_all_in_parallel() {
  // Each thread takes what is next until nothing is; the spaces deal it out.
  parallel_.run(threads_, threads_, 1, [this](std::size_t) {
    while (heap_.spaces().sweep_next()) {
    }
  });
  sweep_all();
}

}  // namespace tricolour
