#include "collectors/oracle/oracle.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <deque>
#include <unordered_map>

#include "core/heap/poison.hpp"

namespace tricolour {
namespace {
constexpr unsigned check_bits = 24;
constexpr unsigned state_bits = 2;
constexpr unsigned serial_shift = check_bits + state_bits;
constexpr unsigned char freed_pattern = 0xdb;

std::uint64_t header_check(const Object& object) {
  std::uint64_t hash =
      (std::uint64_t{object.slot_count()} << 32 | object.granules()) * 0x9e3779b97f4a7c15u;
  return (hash >> 40) & ((1u << check_bits) - 1);
}

bool is_aligned(const Object* object) {
  return reinterpret_cast<std::uintptr_t>(object) % granule_bytes == 0;
}

std::string address(const void* pointer) {
  char text[32];
  std::snprintf(text, sizeof text, "%p", pointer);
  return text;
}
}  // namespace

// --- the trace ----------------------------------------------------------------------------------

/// Depth first over everything reachable, each object once.
class Oracle::Trace {
 public:
  explicit Trace(const Heap& heap) : heap_(heap), visited_(heap.bytes() / granule_bytes, false) {}

  /// `visit(object)` answers whether the object is sound enough to look into.
  template <class Visit>
  void run(const Oracle& oracle, Visit visit) {
    oracle.for_each_root([&](const Object* root, const std::string&) { push(root); });
    while (!stack_.empty()) {
      const Object* const object = stack_.back();
      stack_.pop_back();
      if (!visit(object)) continue;
      bytes_ += object->bytes();
      ++objects_;
      for (std::size_t i = 0; i < object->slot_count(); ++i) push(object->slot(i).load());
    }
  }
  bool visited(std::size_t granule) const { return visited_[granule]; }
  std::size_t granule_of(const void* pointer) const {
    return static_cast<std::size_t>(static_cast<const std::byte*>(pointer) -
                                    heap_.spaces().begin()) /
           granule_bytes;
  }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t objects() const { return objects_; }

 private:
  void push(const Object* object) {
    if (object == nullptr) return;
    if (!heap_.contains(object))
      throw InvariantViolated("a reference points outside the heap: " + address(object));
    // One that is not aligned is for the visit to refuse, though its granule was visited.
    if (is_aligned(object)) {
      const std::size_t granule = granule_of(object);
      if (visited_[granule]) return;
      visited_[granule] = true;
    }
    stack_.push_back(object);
  }

  const Heap& heap_;
  std::vector<bool> visited_;
  std::vector<const Object*> stack_;
  std::uint64_t bytes_ = 0;
  std::uint64_t objects_ = 0;
};

template <class Each>
void Oracle::for_each_root(Each each) const {
  if (heap_.globals() != nullptr) each(heap_.globals(), std::string("the globals"));
  for (const MutatorContext* mutator : mutators_) {
    const auto handles = mutator->roots.handles();
    for (std::size_t i = 0; i < handles.size(); ++i) {
      if (handles[i] == nullptr) continue;
      each(handles[i],
           "handle " + std::to_string(i) + " of mutator " + std::to_string(mutator->index()));
    }
  }
}

// --- records ------------------------------------------------------------------------------------

Oracle::Oracle(Heap& heap, std::string barrier, bool stops_at_lost)
    : heap_(heap),
      barrier_(std::move(barrier)),
      stops_at_lost_(stops_at_lost),
      entries_(heap.bytes() / granule_bytes * sizeof(Entry), 4096) {}

Oracle::~Oracle() = default;

std::size_t Oracle::bytes_for(std::size_t heap_bytes) {
  constexpr std::size_t bit_sets = 2;
  const std::size_t granules = heap_bytes / granule_bytes;
  return add_sat(granules * (sizeof(Entry) + sizeof(const Object*)), bit_sets * granules / 8);
}

Oracle::Entry& Oracle::entry_of(const Object* object) const {
  const auto offset = reinterpret_cast<const std::byte*>(object) - heap_.spaces().begin();
  return reinterpret_cast<Entry*>(
      entries_.begin())[static_cast<std::size_t>(offset) / granule_bytes];
}

bool Oracle::is_young(Entry entry) const { return entry >> serial_shift >= first_young_serial_; }

bool Oracle::is_born_black(Entry entry) const {
  const auto state = static_cast<ColourByte>(entry >> check_bits & state_mask);
  return is_young(entry) && state == heap_.phase().sense.black;
}

void Oracle::allocated(Object* object) {
  Entry& entry = entry_of(object);
  if (entry != 0)
    throw InvariantViolated("an object was allocated over a live one at " + address(object));
  const Entry serial = next_serial_.fetch_add(1, std::memory_order_relaxed);
  const Entry state = state_of(heap_.metadata.load_relaxed(object));
  entry = serial << serial_shift | state << check_bits | header_check(*object);
}

void Oracle::freed(Object* object, std::size_t bytes) {
  // The phase is written in stops, and no thread sweeps through a stop.
  if (heap_.phase().marking)
    throw InvariantViolated("an object was freed while a cycle marks, the oracle saw at " +
                            address(object));
  Entry& entry = entry_of(object);
  if (entry == 0) throw InvariantViolated("an object was freed twice at " + address(object));
  entry = 0;
  frees_checked_.fetch_add(1, std::memory_order_relaxed);
  std::memset(static_cast<void*>(object), freed_pattern, bytes);
}

void Oracle::mutator_started(MutatorContext& mutator) { mutators_.push_back(&mutator); }
void Oracle::mutator_ended(MutatorContext& mutator) { std::erase(mutators_, &mutator); }

void Oracle::on_event(const Event& event) { events_.note(event); }

void Oracle::cycle_began() { first_young_serial_ = next_serial_.load(std::memory_order_relaxed); }

// --- the checks ---------------------------------------------------------------------------------

std::string Oracle::fault_of(const Object* object) const {
  if (!is_aligned(object)) return "a reference is not aligned to a granule";
  const Entry entry = entry_of(object);
  if (entry == 0) return "no object starts there: it was freed, or never allocated";
  if ((entry & ((Entry{1} << check_bits) - 1)) != header_check(*object))
    return "its header is torn";
  return {};
}

bool Oracle::is_black(const Object* object) const {
  const ColourByte byte = heap_.metadata.load_acquire(object);
  return byte != 0 && state_of(byte) == heap_.phase().sense.black;
}

void Oracle::check_marked(std::uint64_t scanned_objects) {
  CycleRecord record{.cycle = heap_.phase().cycle,
                     .checked = 0,
                     .lost = 0,
                     .floating_black = 0,
                     .floating_retained = 0};
  const Object* first_lost = nullptr;
  std::string first_fault;
  Trace trace(heap_);
  trace.run(*this, [&](const Object* object) {
    std::string fault = fault_of(object);
    const bool readable = fault.empty();
    if (readable && !is_black(object)) fault = "it is reachable and not marked";
    if (!fault.empty()) {
      if (first_lost == nullptr) {
        first_lost = object;
        first_fault = fault;
      }
      ++record.lost;
    }
    return readable;
  });
  record.checked = trace.objects();
  counts_.objects_checked += trace.objects();
  count_floating(trace, record);
  records_.push_back(record);
  if (first_lost != nullptr && stops_at_lost_)
    report(first_lost, first_fault, "at termination, before anything was freed");
  if (first_lost == nullptr) check_colours(scanned_objects);
}

const Object* Oracle::object_at(std::size_t granule) const {
  return reinterpret_cast<const Object*>(heap_.spaces().begin() + granule * granule_bytes);
}

void Oracle::check_colours(std::uint64_t scanned_objects) {
  const auto* const entries = reinterpret_cast<const Entry*>(entries_.begin());
  std::uint64_t marked = 0;
  for (std::size_t granule = 0; granule < heap_.bytes() / granule_bytes; ++granule) {
    if (entries[granule] == 0) continue;
    const Object* const object = object_at(granule);
    if (is_black(object)) {
      marked += !is_born_black(entries[granule]);
      continue;
    }
    const ColourByte byte = heap_.metadata.load_acquire(object);
    if (byte == 0 || state_of(byte) != heap_.phase().sense.white()) {
      throw InvariantViolated("the oracle: neither black nor white at termination: " +
                              address(object));
    }
  }
  if (marked != scanned_objects) {
    throw InvariantViolated("the oracle: " + std::to_string(marked) + " objects are marked, and " +
                            std::to_string(scanned_objects) + " were scanned, in cycle " +
                            std::to_string(heap_.phase().cycle));
  }
  ++counts_.colours_checked;
}

void Oracle::count_floating(const Trace& trace, CycleRecord& record) const {
  const auto* const entries = reinterpret_cast<const Entry*>(entries_.begin());
  for (std::size_t granule = 0; granule < heap_.bytes() / granule_bytes; ++granule) {
    if (entries[granule] == 0 || trace.visited(granule)) continue;
    const Object* const object = object_at(granule);
    if (!is_black(object)) continue;
    (is_born_black(entries[granule]) ? record.floating_black : record.floating_retained) +=
        object->bytes();
  }
}

void Oracle::check_swept() {
  std::vector<bool> covered(heap_.bytes() / granule_bytes, false);
  Trace trace(heap_);
  trace.run(*this, [&](const Object* object) {
    std::string fault = fault_of(object);
    if (fault.empty() && !is_black(object)) fault = "it is reachable and was swept";
    const std::size_t first = trace.granule_of(object);
    for (std::size_t i = first; fault.empty() && i < first + object->granules(); ++i) {
      if (covered[i]) fault = "it overlaps another object";
      covered[i] = true;
    }
    if (!fault.empty()) report(object, fault, "after the sweep");
    return true;
  });
  counts_.objects_checked_after_sweeps += trace.objects();
  ++counts_.sweeps_checked;
  check_metadata();
}

void Oracle::check_metadata() {
  const auto* const entries = reinterpret_cast<const Entry*>(entries_.begin());
  const std::size_t granules = heap_.bytes() / granule_bytes;
  std::size_t objects = 0;
  for (std::size_t granule = 0; granule < granules;) {
    const Object* const object = object_at(granule);
    const ColourByte byte = heap_.metadata.load_acquire(object);
    const auto demand = [&](bool holds, const char* fault) {
      if (!holds)
        throw InvariantViolated("the oracle, after the sweep: " + std::string(fault) + " at " +
                                address(object));
    };
    demand((byte == 0) == (entries[granule] == 0),
           byte == 0 ? "an object without a start byte" : "a start byte without an object");
    if (byte == 0) {
      ++granule;
      continue;
    }
    demand(state_of(byte) == heap_.phase().sense.black, "a dead object is left");
    const std::size_t end = granule + object->granules();
    demand(end <= granules &&
               size_field(byte) == std::min<std::size_t>(object->granules(), size_in_header),
           "a wrong size");
    while (++granule < end) {
      demand(entries[granule] == 0, "another object begins inside the one");
      demand(object->has_chunks() || heap_.metadata.load_acquire(object_at(granule)) == 0,
             "a start byte inside the object");
    }
    ++objects;
  }
  check_walk(objects);
  ++counts_.metadata_checked;
}

void Oracle::check_walk(std::size_t objects) const {
  std::size_t visited = 0;
  heap_.spaces().for_each_object([&](const Object* object) {
    if (entry_of(object) == 0) {
      throw InvariantViolated(
          "the oracle, after the sweep: a walk of the heap visits what is no "
          "object at " +
          address(object));
    }
    ++visited;
  });
  if (visited == objects) return;
  throw InvariantViolated("the oracle, after the sweep: a walk of the heap visits " +
                          std::to_string(visited) + " objects of " + std::to_string(objects));
}

VerifyStatistics Oracle::statistics() const {
  VerifyStatistics total = counts_;
  total.cycles_checked = records_.size();
  total.allocations_checked = next_serial_.load(std::memory_order_relaxed) - 1;
  total.frees_checked = frees_checked_.load(std::memory_order_relaxed);
  for (const CycleRecord& record : records_) {
    total.lost_objects += record.lost;
    total.floating_black_bytes += record.floating_black;
    total.floating_retained_bytes += record.floating_retained;
  }
  return total;
}

// --- the report ---------------------------------------------------------------------------------

void Oracle::report(const Object* object, const std::string& fault, const std::string& when) const {
  const Entry entry = entry_of(object);
  std::string text = "lost object at " + address(object) + ", cycle " +
                     std::to_string(heap_.phase().cycle) + ", " + when + ": " + fault;
  text += "\n  barrier: " + barrier_;
  if (entry != 0) {
    text += "\n  serial: " + std::to_string(entry >> serial_shift) +
            (is_young(entry) ? " (allocated in this cycle)" : " (older than this cycle)");
    text += "\n  size: " + std::to_string(object->bytes()) + " bytes, " +
            std::to_string(object->slot_count()) + " slots";
  }
  text += "\n  path: " + path_to(object);
  text += "\n  last events:\n" + events_.text();
  throw InvariantViolated(text);
}

std::string Oracle::path_to(const Object* target) const {
  struct Link {
    const Object* parent;
    std::size_t slot;
  };
  std::unordered_map<const Object*, Link> links;
  std::unordered_map<const Object*, std::string> root_names;
  std::deque<const Object*> queue;
  for_each_root([&](const Object* root, const std::string& name) {
    if (links.try_emplace(root, Link{nullptr, 0}).second) {
      root_names.emplace(root, name);
      queue.push_back(root);
    }
  });
  while (!queue.empty() && !links.contains(target)) {
    const Object* const object = queue.front();
    queue.pop_front();
    if (!fault_of(object).empty()) continue;
    for (std::size_t i = 0; i < object->slot_count(); ++i) {
      const Object* const referent = object->slot(i).load();
      if (referent != nullptr && links.try_emplace(referent, Link{object, i}).second)
        queue.push_back(referent);
    }
  }
  if (!links.contains(target)) return "none found";
  std::string path = address(target);
  const Object* at = target;
  for (int shown = 0; links.at(at).parent != nullptr; at = links.at(at).parent) {
    constexpr int most_shown = 12;
    const Link link = links.at(at);
    if (++shown <= most_shown)
      path = address(link.parent) + ".slot[" + std::to_string(link.slot) + "] -> " + path;
    if (shown == most_shown + 1) path = "... -> " + path;
  }
  return root_names.at(at) + " -> " + path;
}

}  // namespace tricolour
