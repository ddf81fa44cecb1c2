#include "harness/replay/graph_digest.hpp"

#include <vector>

#include "workloads/random.hpp"

namespace tricolour {

GraphDigest digest_graph(Heap& heap, const MutatorContext& mutator, SerialTable& serials) {
  GraphDigest digest;
  std::vector<bool> visited(heap.bytes() / granule_bytes);
  std::vector<const Object*> pending;
  const auto meet = [&](const Object* object) {
    if (object == nullptr || visited[serials.granule_of(object)]) return;
    visited[serials.granule_of(object)] = true;
    pending.push_back(object);
  };
  std::uint64_t roots = serials.serial(heap.globals());
  meet(heap.globals());
  for (const Object* const object : mutator.roots.handles()) {
    roots = mix(roots + serials.serial(object));
    meet(object);
  }
  digest.checksum = mix(roots);
  while (!pending.empty()) {
    const Object* const object = pending.back();
    pending.pop_back();
    std::uint64_t shape = mix(serials.serial(object) ^ mix(object->bytes()));
    for (std::size_t i = 0; i < object->slot_count(); ++i) {
      const Object* const referent = object->slot(i).load();
      shape = mix(shape + serials.serial(referent));
      meet(referent);
    }
    digest.checksum += shape;
    ++digest.objects;
    digest.bytes += object->bytes();
    digest.slots += object->slot_count();
  }
  return digest;
}

}  // namespace tricolour
