// Attachments: which mutators run on this thread.
//
// Purpose: a thread runs one mutator of a heap at a time: a second could not stop while the first
// waits for it. What waits on a thread for a heap's lock asks here which mutator waits with it. And
// a thread that ends leaves its mutators blocked, so that no collector waits for it.
//
// Invariant: a record's mutator is null from `detach` on, and alive before.
//
// Ownership: a thread's list: that thread. A record: its lock, because another thread may destroy
// the mutator. The rest of an attachment: the mutator's owner.
//
// Memory ordering: the lock.
#pragma once

#include <memory>

namespace tricolour {

class MutatorContext;
class World;

/// A mutator's place on the list of a thread; none for one that is not attached.
class Attachment {
 public:
  Attachment() = default;
  ~Attachment() { detach(); }
  Attachment(const Attachment&) = delete;
  Attachment& operator=(const Attachment&) = delete;

  /// This thread runs `mutator` from here on.
  void attach(World& world, MutatorContext& mutator);
  /// Any thread. Waits while the attached thread ends.
  void detach();
  bool is_attached() const { return record_ != nullptr; }
  /// The thread that it was attached to is no more.
  bool thread_has_ended() const;

  /// The mutator of `world` that runs on this thread; null when none does, or it is blocked.
  static MutatorContext* running_here(const World& world);

 private:
  struct Record;
  struct ThisThread;
  static ThisThread& this_thread();
  std::shared_ptr<Record> record_;
};

}  // namespace tricolour
