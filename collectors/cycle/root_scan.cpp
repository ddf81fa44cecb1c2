#include "collectors/cycle/root_scan.hpp"

#include <algorithm>

namespace tricolour {
namespace {

using Handles = std::span<Object* const>;

constexpr std::size_t handles_per_block = 1024;
/// Some microseconds of a handshake, where each has another cache line of metadata.
constexpr std::size_t handles_per_piece = 128;
/// With fewer the pause is short anyway, and a thread alone needs no atomic operation to shade: it
/// takes 1 to 6 ns a handle.
constexpr std::size_t least_parallel_blocks = 16;
/// The colour bytes of so many handles are on their way from memory while one is looked at.
constexpr std::size_t prefetched_handles = 8;

/// `alone`: no other thread changes metadata.
template <bool alone>
bool shade(Heap& heap, Handles handles) {
  const ColourByte white = heap.phase().sense.white();
  const ColourByte shaded = heap.phase().shaded_state();
  GreyPacket* packet = heap.grey_set.take_empty();
  bool found = false;
  for (std::size_t i = 0; i < handles.size(); ++i) {
    if (i + prefetched_handles < handles.size())
      __builtin_prefetch(heap.metadata.byte_of(handles[i + prefetched_handles]), 1);
    Object* const object = handles[i];
    if (object == nullptr) continue;
    const bool won = alone ? heap.metadata.try_shade_alone(object, white, shaded)
                           : heap.metadata.try_shade(object, white, shaded);
    if (!won) continue;
    found = true;
    packet->push(GreyItem(object));
    if (heap.grey_set.full(*packet)) {
      heap.grey_set.publish(packet);
      packet = heap.grey_set.take_empty();
    }
  }
  heap.grey_set.pour(*packet);
  heap.grey_set.give_back(packet);
  return found;
}

template <bool alone>
bool shade_globals(Heap& heap) {
  Object* const globals = heap.globals();
  return globals != nullptr && shade<alone>(heap, {&globals, 1});
}

std::vector<Handles> blocks_of(const std::vector<MutatorContext*>& mutators) {
  std::vector<Handles> blocks;
  for (const MutatorContext* mutator : mutators) {
    for (Handles left = mutator->roots.unscanned(); !left.empty();
         left = left.subspan(blocks.back().size())) {
      blocks.push_back(left.first(std::min(left.size(), handles_per_block)));
    }
  }
  return blocks;
}

}  // namespace

RootPiece scan_piece_of_roots(Heap& heap, MutatorContext& mutator) {
  const bool found = shade<false>(heap, mutator.roots.next_piece(handles_per_piece));
  if (!mutator.roots.unscanned().empty()) return {found, false};
  // A mutator that stays grey is scanned again, and works at the top meanwhile.
  mutator.roots.lower_mark(handles_per_piece);
  return {found, true};
}

void scan_globals(Heap& heap) { shade_globals<false>(heap); }

void scan_all_roots(Heap& heap, const std::vector<MutatorContext*>& mutators, ParallelFor& parallel,
                    unsigned threads) {
  const std::vector<Handles> blocks = blocks_of(mutators);
  if (threads > 1 && blocks.size() >= least_parallel_blocks) {
    parallel.run(threads, blocks.size(), 1, [&](std::size_t i) { shade<false>(heap, blocks[i]); });
  } else {
    for (const Handles block : blocks) shade<true>(heap, block);
  }
  shade_globals<true>(heap);
}

}  // namespace tricolour
