#include "core/mutator/heap.hpp"

#include <sys/mman.h>

#include <algorithm>

namespace tricolour {
namespace {
std::size_t whole_blocks(std::size_t bytes) {
  if (bytes < block_bytes) {
    throw ConfigurationError("heap of " + std::to_string(bytes) +
                             " bytes is smaller than one block of " + std::to_string(block_bytes) +
                             " bytes");
  }
  return round_up(bytes, block_bytes);
}
constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;

std::size_t metadata_bytes_for(std::size_t heap_bytes) { return heap_bytes / granule_bytes; }
std::size_t side_table_bytes_for(SideTable table, std::size_t heap_bytes) {
  if (table == SideTable::none) return 0;
  return table == SideTable::cards ? CardTable::bytes_for(heap_bytes)
                                   : LogBits::bytes_for(heap_bytes);
}
Reservation reserve_side_table(SideTable table, std::size_t heap_bytes) {
  if (table == SideTable::none) return {};
  return Reservation(side_table_bytes_for(table, heap_bytes), 4096);
}
std::size_t most_grey_objects(std::size_t heap_bytes) { return heap_bytes / granule_bytes; }
}  // namespace

HeapFootprint Heap::footprint(const HeapOptions& options) {
  const std::size_t bytes = whole_blocks(options.bytes);
  // The last huge page of heap and metadata may be backed whole.
  const std::size_t beyond = options.huge_pages ? 2 * huge_page_bytes : 0;
  const std::size_t beside_heap =
      metadata_bytes_for(bytes) + side_table_bytes_for(options.side_table, bytes) + beyond;
  return {.backed = add_sat(bytes, beside_heap),
          .reserve = GreySet::bytes_for(most_grey_objects(bytes), options.packet_capacity)};
}

Heap::Heap(const HeapOptions& options, EventListener* listener)
    : options_(options),
      listener_(listener),
      heap_storage_(whole_blocks(options.bytes), huge_page_bytes),
      metadata_storage_(metadata_bytes_for(heap_storage_.bytes()), huge_page_bytes),
      side_table_storage_(reserve_side_table(options.side_table, heap_storage_.bytes())),
      metadata(reinterpret_cast<ColourByte*>(metadata_storage_.begin()), heap_storage_.begin()),
      cards(side_table_storage_.begin(), heap_storage_.begin()),
      log_bits(side_table_storage_.begin(), heap_storage_.begin()),
      account(heap_storage_.bytes()),
      spaces_(heap_storage_.begin(), heap_storage_.bytes(), metadata, account),
      grey_set(most_grey_objects(heap_storage_.bytes()), options.packet_capacity),
      world(*this, watchdog),
      hole_piece_bytes_(options.hole_piece_bytes) {
  // Blocks are swept by start bytes; an array that is coloured by chunks has more, and belongs to
  // the large-object space.
  if (options.hole_piece_bytes > most_whole_slots * sizeof(Slot)) {
    throw ConfigurationError("a hole of " + std::to_string(options.hole_piece_bytes) +
                             " bytes would hold an array that is coloured by chunks");
  }
  const int advice = options.huge_pages ? MADV_HUGEPAGE : MADV_NOHUGEPAGE;
  madvise(heap_storage_.begin(), heap_storage_.bytes(), advice);
  madvise(metadata_storage_.begin(), metadata_storage_.bytes(), advice);
}

Heap::~Heap() { world.end(); }

void Heap::touch_pages(const std::function<void()>& between) {
  unpoison(heap_storage_.begin(), heap_storage_.bytes());
  heap_storage_.touch_pages(between);
  metadata_storage_.touch_pages(between);
  side_table_storage_.touch_pages(between);
  grey_set.touch_pages();
  poison(heap_storage_.begin(), heap_storage_.bytes());
}

void Heap::attach(CollectorHooks& hooks, HeapObserver* observer) {
  hooks_ = &hooks;
  observe(observer);
}

void Heap::observe(HeapObserver* observer) {
  observer_ = observer;
  spaces_.observe(observer);
}

void Heap::open_sweep(const World::Exclusive&, std::size_t live, std::size_t pending) {
  live_bytes_.store(live, std::memory_order_relaxed);
  account.end_period(spaces_.blocks().epoch() - 1, live + pending);
  spaces_.open_sweep(phase_.sense);
}

void Heap::check_spaces() const {
  spaces_.check();
  if (spaces_.used_bytes() <= account.used()) return;
  throw InvariantViolated("the spaces hold " + std::to_string(spaces_.used_bytes()) +
                          " bytes, and the account knows of " + std::to_string(account.used()));
}

std::uint64_t Heap::allocated_bytes(const std::vector<MutatorContext*>& mutators) const {
  std::uint64_t bytes = ended_allocated_bytes_.load(std::memory_order_relaxed);
  for (const MutatorContext* mutator : mutators) bytes += mutator->allocated_bytes();
  return bytes;
}

Object* Heap::make_globals(MutatorContext& mutator, std::uint32_t slots) {
  globals_ = mutator.allocate(slots, 0);
  return globals_;
}

}  // namespace tricolour
