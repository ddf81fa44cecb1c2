// Deep stack: work at the bottom of a deep recursion, each frame of which holds a root.
//
// Purpose: root scanning. Each frame holds one rooted handle, to a list that nothing else refers
// to. One operation leaves some garbage, returns from a few frames and calls others; now and then
// it returns from many frames and calls as many, or assigns to the handles of frames that no call
// has touched for long:
//
//   renew   a new list in a frame; the list before it dies.
//   move    a list goes to a frame further out, and the frame that it leaves gets a new one. From
//           then on the outer frame's handle is the only way to it.
//   swap    two frames change lists. In between one of these is in the newest handle alone.
//
// A collector that scans a stack in pieces loses what goes from a piece that it has not scanned to
// one that it has, unless it takes care of that.
//
// Frames are handles on the shadow stack and not calls of C++: the machine's stack, which differs
// by machine and sanitizer, does not bound them. The outermost frame is number 0.
//
// Invariant: a table outside the heap says which list belongs in each frame. A list's serial tells
// its length; its links carry the serial and a check word of serial and place. Every list that an
// operation handles is looked at, its first links only; at the end all are read whole. The lists
// of any `frames` serials in a row have, together, as many links as were asked for.
//
// Ownership: frames, lists and table belong to one mutator. They take 32 bytes for each frame
// beside the heap.
//
// Nominal, with default parameters: 160 bytes in five links below each handle; for each operation
// 2.6 lists and 272 bytes of garbage are allocated; mean size 49 bytes; 0.9 reference stores for
// each object; depth 5.
//
// Source: programs with deep recursion, for which stacks are scanned in pieces: P. Cheng, R.
// Harper, P. Lee, "Generational stack collection and profile-driven pretenuring" (1998); T. Yuasa
// et al., "Return barrier" (2002).
#pragma once

#include <algorithm>

#include "workloads/intact.hpp"
#include "workloads/program.hpp"
#include "workloads/random.hpp"
#include "workloads/root_stack.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

struct DeepStack {
  static WorkloadInfo info() {
    return {.name = "deep_stack",
            .summary = "works at the bottom of a deep recursion, each frame of which holds a root",
            .source = "deep recursion (Cheng, Harper, Lee 1998; Yuasa et al. 2002)",
            .operation = "some garbage, a few returns and calls, now and then an assignment",
            .parameters = {{.name = "frames",
                            .value = 100'000,
                            .unit = "frames",
                            .summary = "of each mutator's recursion, with one handle each",
                            .least = 64,
                            .most = most_frames,
                            .small = 3000},
                           {.name = "live_mb",
                            .value = 16,
                            .unit = "MB",
                            .summary = "below the handles, in 10^6 bytes; at least 32 bytes each",
                            .least = 0,
                            .most = 65536,
                            .small = 1},
                           {.name = "garbage",
                            .value = 256,
                            .unit = "bytes",
                            .summary = "allocated by each operation, and in the middle of a swap",
                            .least = 0,
                            .most = 1e6},
                           {.name = "walk",
                            .value = 8,
                            .unit = "frames",
                            .summary = "how far above the bottom an operation ends, at most",
                            .least = 0,
                            .most = most_frames},
                           {.name = "return_every",
                            .value = 1000,
                            .unit = "operations",
                            .summary = "mean distance of deep returns; 0: none",
                            .least = 0,
                            .most = 1e9},
                           {.name = "return_frames",
                            .value = 1000,
                            .unit = "frames",
                            .summary = "that a deep return leaves, and that are then called again",
                            .least = 1,
                            .most = most_frames},
                           {.name = "assign_every",
                            .value = 4,
                            .unit = "operations",
                            .summary = "mean distance of assignments to random frames; 0: none",
                            .least = 0,
                            .most = 1e9}}};
  }

  static std::size_t live_bytes(const Parameters& parameters) {
    return link_count(parameters) * link_bytes;
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    run_program<Program<B>>(m, run);
  }

 private:
  struct Link {
    std::uint64_t serial;  ///< of its list
    std::uint64_t check;
  };
  static constexpr std::size_t link_bytes = Object::size_for(1, sizeof(Link));
  static_assert(link_bytes == 32);
  /// The work needs a few handles too.
  static constexpr std::size_t most_frames = ShadowStack::capacity - 1024;

  static std::size_t link_count(const Parameters& parameters) {
    return std::max(parameters.count("frames"),
                    static_cast<std::size_t>(parameters.number("live_mb") * 1e6) / link_bytes);
  }

  template <Barrier B>
  class Program {
   public:
    Program(Mutator<B>& m, WorkloadRun& run)
        : m_(m),
          random_(run.random()),
          frames_(run.parameters.count("frames")),
          links_(link_count(run.parameters)),
          garbage_bytes_(run.parameters.count("garbage")),
          walk_(std::min(run.parameters.count("walk"), frames_ - 1)),
          return_every_(run.parameters.count("return_every")),
          return_frames_(std::min(run.parameters.count("return_frames"), frames_)),
          assign_every_(run.parameters.count("assign_every")),
          serials_(std::uint64_t{run.mutator} << 48) {
      expected_.reserve(frames_);
    }

    void build() { call_to(frames_); }

    void operation() {
      m_.poll();
      make_garbage();
      if (return_every_ != 0 && random_.once_in(return_every_)) return_to(frames_ - return_frames_);
      const std::size_t depth = frames_ - random_.below(walk_ + 1);
      return_to(depth);
      call_to(depth);
      if (assign_every_ != 0 && random_.once_in(assign_every_)) assign();
    }

    void check() {
      for (std::size_t frame = 0; frame < stack_.size(); ++frame) check_whole(frame);
    }

   private:
    /// Links of a list that are read without a poll.
    static constexpr std::size_t unpolled_links = 8;

    // --- lists ----------------------------------------------------------------------------------

    std::size_t length_of(std::uint64_t serial) const {
      const std::uint64_t turn = serial % frames_;
      return (turn + 1) * links_ / frames_ - turn * links_ / frames_;
    }
    /// `place`: 1 for the last link of a list.
    static std::uint64_t check_word(std::uint64_t serial, std::size_t place) {
      return mix(serial + mix(place));
    }
    /// A safepoint.
    Object* make_list(std::uint64_t serial) {
      Root list{m_};
      for (std::size_t place = 1; place <= length_of(serial); ++place) {
        Object* const link = m_.allocate(1, sizeof(Link));
        *link->template payload<Link>() = {serial, check_word(serial, place)};
        m_.store(link, 0, list);
        list = link;
      }
      return list;
    }
    /// Checks `count` links from `link`, which has `place` in the list, and returns the one after
    /// them. No safepoint.
    Object* check_links(Object* link, std::uint64_t serial, std::size_t place, std::size_t count) {
      for (const std::size_t end = place - count; place > end; --place) {
        WorkloadRun::check(link != nullptr, "deep_stack: a list is too short");
        check_header(m_, link, 1, sizeof(Link), "deep_stack");
        const Link& data = *link->template payload<Link>();
        WorkloadRun::check(data.serial == serial && data.check == check_word(serial, place),
                           "deep_stack: a frame does not hold the list that belongs there");
        link = m_.load(link, 0);
      }
      WorkloadRun::check(place > 0 || link == nullptr, "deep_stack: a list is too long");
      return link;
    }
    /// Checks the first links of a frame's list. No safepoint.
    void look_at(std::size_t frame) {
      const std::size_t length = length_of(expected_[frame]);
      check_links(stack_[frame], expected_[frame], length, std::min(length, unpolled_links));
    }
    void check_whole(std::size_t frame) {
      Root rest{m_, stack_[frame]};
      for (std::size_t place = length_of(expected_[frame]); place > 0; m_.poll()) {
        const std::size_t count = std::min(place, unpolled_links);
        rest = check_links(rest, expected_[frame], place, count);
        place -= count;
      }
    }
    void make_garbage() { m_.allocate(0, garbage_bytes_); }

    // --- calls and returns ----------------------------------------------------------------------

    void call_to(std::size_t depth) {
      while (stack_.size() < depth) {
        const std::uint64_t serial = serials_++;
        stack_.push(m_, make_list(serial));
        expected_.push_back(serial);
      }
    }
    void return_to(std::size_t depth) {
      for (; stack_.size() > depth; m_.poll()) {
        look_at(stack_.size() - 1);
        stack_.pop();
        expected_.pop_back();
      }
    }

    // --- assignments to any frame ---------------------------------------------------------------

    void assign() {
      const std::size_t one = random_.below(stack_.size());
      const std::size_t other = random_.below(stack_.size());
      switch (random_.below(3)) {
        case 0:
          renew(one);
          break;
        case 1:
          move(std::max(one, other), std::min(one, other));
          break;
        default:
          swap(one, other);
      }
      look_at(one);
      look_at(other);
    }
    void renew(std::size_t frame) {
      const std::uint64_t serial = serials_++;
      stack_[frame] = make_list(serial);
      expected_[frame] = serial;
    }
    /// The new list brings safepoints in between.
    void move(std::size_t from, std::size_t to) {
      stack_[to] = stack_[from].get();
      expected_[to] = expected_[from];
      renew(from);
    }
    void swap(std::size_t one, std::size_t other) {
      const Root held{m_, stack_[one]};
      stack_[one] = stack_[other].get();
      make_garbage();
      stack_[other] = held.get();
      std::swap(expected_[one], expected_[other]);
    }

    Mutator<B>& m_;
    SplitMix random_;
    const std::size_t frames_;
    const std::size_t links_;
    const std::size_t garbage_bytes_;
    const std::size_t walk_;
    const std::size_t return_every_;
    const std::size_t return_frames_;
    const std::size_t assign_every_;
    std::uint64_t serials_;
    /// Serials of the frames' lists.
    std::vector<std::uint64_t> expected_;
    RootStack stack_;
  };
};

}  // namespace tricolour
