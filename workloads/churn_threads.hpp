// Churn threads: mutators that start and end all the time, take arguments with them, and wait in
// system calls.
//
// Purpose: handshakes and stops that meet mutators being born, ending and blocked. One operation
// starts one child thread. Its argument, a box, is taken out of its cell first, so that the child's
// root is the box's only place; some children hand it on to a child of their own. The last one
// allocates, waits in a system call, renews the box (its tail stays the old one) and puts it back
// into the cell. The parent runs on beside `children` of them and joins the oldest, which is a wait
// of its own.
//
// By default each thread waits in a sleep. With `system_call_every`, one child in so many waits, by
// turns in the read of a pipe, in a sleep and in the read of a file; the threads through which it
// hands its box on do the same; the other children do not wait. The parent ends the wait for a pipe
// when it joins the child: until then the child is blocked, while younger ones begin, run and end.
//
// Invariant: when a child has been joined, its cell holds the box of one generation more. Boxes and
// tails carry number, generation and check word; a table outside the heap says which generation
// belongs in each cell.
//
// Ownership: the cells are the parent's; a cell is a child's from its start until it has been
// joined. A pipe is the parent's, and the child waits for it.
//
// What children allocate is not in the allocation figures of a run, which are the mutators' that
// the harness started.
//
// Nominal, with default parameters: 16 KiB allocated per thread, in objects of 96 bytes that die at
// once; 2 reference stores per box renewed; depth 3.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <exception>
#include <memory>
#include <thread>

#include "workloads/intact.hpp"
#include "workloads/random.hpp"
#include "workloads/system_calls.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

struct ChurnThreads {
  static WorkloadInfo info() {
    return {
        .name = "churn_threads",
        .summary = "threads start and end all the time, and wait in system calls",
        .source = "thread-per-request servers; blocked mutators as in JEP 312",
        .operation = "one child thread started, and an earlier one joined",
        .parameters = {{.name = "cells",
                        .value = 40'000,
                        .unit = "boxes",
                        .summary = "that live: 88 bytes each",
                        .least = 256,
                        .most = 1e8,
                        .small = 5000},
                       {.name = "children",
                        .value = 4,
                        .unit = "threads",
                        .summary = "of each mutator at once",
                        .least = 1,
                        .most = 64},
                       {.name = "depth",
                        .value = 2,
                        .unit = "threads",
                        .summary = "most through which a box is handed on",
                        .least = 0,
                        .most = 8},
                       {.name = "garbage",
                        .value = 16'384,
                        .unit = "bytes",
                        .summary = "allocated by each thread",
                        .least = 0,
                        .most = 1e8,
                        .small = 400'000},
                       {.name = "wait",
                        .value = 20,
                        .unit = "microseconds",
                        .summary = "of a thread that sleeps",
                        .least = 0,
                        .most = 1e6},
                       {.name = "system_call_every",
                        .value = 0,
                        .unit = "children",
                        .summary = "one child in this number waits in the read of a pipe, in a "
                                   "sleep or in the read of a file, by turns; 0: each child sleeps",
                        .least = 0,
                        .most = 1e9,
                        .small = 2}}};
  }

  static std::size_t live_bytes(const Parameters& parameters) {
    const std::size_t cells = parameters.count("cells");
    return Object::size_for(cells, 0) +
           cells * (Object::size_for(1, sizeof(Box)) + Object::size_for(0, sizeof(Box)));
  }

  template <Barrier B>
  static void run(Mutator<B>& m, WorkloadRun& run) {
    Parent<B> parent{m, run};
    parent.fill();
    run.begin(m);
    while (run.next_operation()) parent.start_child();
    parent.join_all();
    run.end(m);
    parent.check();
  }

 private:
  /// Of a box, and of its tail.
  struct Box {
    std::uint64_t cell;
    std::uint64_t generation;
    std::uint64_t check;
  };
  /// A tail outlives its box: it has the number of the cell alone.
  static constexpr std::uint64_t any_generation = ~std::uint64_t{0};
  static Box make_data(std::uint64_t cell, std::uint64_t generation) {
    return {cell, generation, mix(cell ^ mix(generation))};
  }
  static constexpr std::size_t garbage_payload = 80;

  /// What a thread waits in.
  enum class Wait : std::uint8_t { nothing, pipe, sleep, file };
  static constexpr std::array in_turn{Wait::pipe, Wait::sleep, Wait::file};

  struct Task {
    std::size_t cell;
    std::uint64_t generation;  ///< of the box that the child takes over
    unsigned depth;            ///< threads through which it goes on
    std::size_t garbage_bytes;
    Wait wait;
    std::chrono::microseconds sleep;
  };

  template <Barrier B>
  static const Box& check_box(Mutator<B>& m, Object* box, std::uint64_t cell,
                              std::uint64_t generation) {
    WorkloadRun::check(box != nullptr, "churn_threads: a box is missing");
    check_header(m, box, 1, sizeof(Box), "churn_threads");
    const Box& data = *box->template payload<Box>();
    WorkloadRun::check(data.cell == cell && data.generation == generation &&
                           data.check == make_data(cell, generation).check,
                       "churn_threads: a cell does not hold the box that belongs there");
    const Object* const tail = m.load(box, 0);
    check_header(m, tail, 0, sizeof(Box), "churn_threads");
    const Box& tail_data = *tail->template payload<Box>();
    WorkloadRun::check(
        tail_data.cell == cell && tail_data.check == make_data(cell, any_generation).check,
        "churn_threads: a box does not hold the tail that belongs to it");
    return data;
  }
  /// A safepoint.
  template <Barrier B>
  static Object* make_box(Mutator<B>& m, const Root& tail, std::uint64_t cell,
                          std::uint64_t generation) {
    Object* const box = m.allocate(1, sizeof(Box));
    *box->template payload<Box>() = make_data(cell, generation);
    m.store(box, 0, tail);
    return box;
  }

  /// A child thread, from its start by the parent to its end. Made, joined and destroyed by the
  /// parent's thread.
  template <Barrier B>
  class Worker {
   public:
    /// `cells[task.cell]` is empty and `box` has what was there. A safepoint.
    Worker(Mutator<B>& parent, const Root& cells, const Root& box, const Task& task)
        : parent_(parent),
          task_(task),
          pipe_(task.wait == Wait::pipe ? std::make_unique<Pipe>() : nullptr),
          child_(parent, {&cells, &box}) {
      try {
        thread_ = start_thread({.role = "a child thread of churn_threads"}, [this] { live(); });
      } catch (...) {
        // No thread was to be had. The child must not end as a mutator that no thread runs.
        parent_.blocking([&] {
          child_.attach();
          child_.end();
        });
        throw;
      }
    }
    ~Worker() {
      if (thread_.joinable()) join_thread();
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Throws what ended the child too early. A safepoint.
    void join() {
      join_thread();
      if (failure_) std::rethrow_exception(failure_);
    }
    const Task& task() const { return task_; }

   private:
    void join_thread() {
      if (pipe_ != nullptr) pipe_->end_wait();
      parent_.blocking([&] { thread_.join(); });
    }

    // --- on the child's thread ------------------------------------------------------------------

    void live() {
      Mutator<B>& m = child_.attach();
      try {
        work(m);
      } catch (...) {
        failure_ = std::current_exception();
      }
      child_.end();
    }

    void work(Mutator<B>& m) {
      const Root cells{m, child_.argument(0)};
      const Root box{m, child_.argument(1)};
      for (std::size_t done = 0; done < task_.garbage_bytes;
           done += Object::size_for(1, garbage_payload))
        m.allocate(1, garbage_payload);
      if (task_.wait != Wait::nothing) m.blocking([&] { wait(); });
      check_box(m, box, task_.cell, task_.generation);
      if (task_.depth > 0) {
        Task rest = task_;
        --rest.depth;
        Worker(m, cells, box, rest).join();
        return;
      }
      const Root tail{m, m.load(box, 0)};
      Object* const renewed = make_box(m, tail, task_.cell, task_.generation + 1);
      WorkloadRun::check(m.exchange(cells, task_.cell, renewed) == nullptr,
                         "churn_threads: a cell was filled by a thread that does not own it");
    }

    void wait() {
      switch (task_.wait) {
        case Wait::nothing:
          return;
        case Wait::pipe:
          return pipe_->wait();
        case Wait::sleep:
          return std::this_thread::sleep_for(task_.sleep);
        case Wait::file:
          return read_process_status();
      }
    }

    Mutator<B>& parent_;
    const Task task_;
    const std::unique_ptr<Pipe> pipe_;  ///< null where the thread waits in something else
    Child<B> child_;
    std::exception_ptr failure_;
    std::thread thread_;
  };

  template <Barrier B>
  class Parent {
   public:
    Parent(Mutator<B>& m, WorkloadRun& run)
        : m_(m),
          random_(run.random()),
          children_(run.parameters.count("children")),
          depths_(run.parameters.count("depth") + 1),
          garbage_bytes_(run.parameters.count("garbage")),
          sleep_(run.parameters.count("wait")),
          system_call_every_(run.parameters.count("system_call_every")),
          cells_(m, m.allocate(static_cast<std::uint32_t>(run.parameters.count("cells")), 0)),
          generations_(run.parameters.count("cells")) {}

    void fill() {
      for (std::size_t cell = 0; cell < generations_.size(); ++cell, m_.poll()) {
        const Root tail{m_, m_.allocate(0, sizeof(Box))};
        *tail->template payload<Box>() = make_data(cell, any_generation);
        Object* const box = make_box(m_, tail, cell, 0);
        m_.store(cells_, cell, box);
      }
    }

    void start_child() {
      if (workers_.size() == children_) join_oldest();
      std::size_t cell = random_.below(generations_.size());
      while (is_taken(cell)) cell = (cell + 1) % generations_.size();
      const Root box{m_, m_.exchange(cells_, cell, nullptr)};
      const Task task{.cell = cell,
                      .generation = generations_[cell],
                      .depth = static_cast<unsigned>(random_.below(depths_)),
                      .garbage_bytes = garbage_bytes_,
                      .wait = next_wait(),
                      .sleep = sleep_};
      workers_.push_back(std::make_unique<Worker<B>>(m_, cells_, box, task));
    }

    void join_all() {
      while (!workers_.empty()) join_oldest();
    }

    void check() {
      for (std::size_t cell = 0; cell < generations_.size(); ++cell, m_.poll())
        check_box(m_, m_.load(cells_, cell), cell, generations_[cell]);
    }

   private:
    /// The cell is a child's until that child has been joined.
    bool is_taken(std::size_t cell) const {
      return std::ranges::any_of(
          workers_, [cell](const auto& worker) { return worker->task().cell == cell; });
    }
    Wait next_wait() {
      if (system_call_every_ == 0) return Wait::sleep;
      const std::uint64_t child = started_++;
      if (child % system_call_every_ != 0) return Wait::nothing;
      return in_turn[child / system_call_every_ % in_turn.size()];
    }
    void join_oldest() {
      const std::unique_ptr<Worker<B>> oldest = std::move(workers_.front());
      workers_.pop_front();
      oldest->join();
      const std::size_t cell = oldest->task().cell;
      check_box(m_, m_.load(cells_, cell), cell, ++generations_[cell]);
    }

    Mutator<B>& m_;
    SplitMix random_;
    const std::size_t children_;
    const std::uint64_t depths_;
    const std::size_t garbage_bytes_;
    const std::chrono::microseconds sleep_;
    const std::size_t system_call_every_;
    std::uint64_t started_ = 0;
    const Root cells_;
    std::vector<std::uint64_t> generations_;
    /// Oldest first. The last member: children end before what they work on.
    std::deque<std::unique_ptr<Worker<B>>> workers_;
  };
};

}  // namespace tricolour
