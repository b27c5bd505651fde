// The time, randomness and "threads" of one simulated process, all on the one real thread.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "consensus/runtime.hpp"
#include "consensus/simulator/random.hpp"
#include "node_simulator/virtual_time.hpp"

namespace consensus::simulator {

struct ProcessTiming {
  std::uint64_t seed = 1;
  Duration clock_offset{};            // what the process takes for the time when it starts
  std::int64_t clock_millionths = 0;  // by which its clock runs faster
  Duration slowest_work{};            // until a piece of a lane's work is done
};

// Every process has an io_context of its own, so that it can stand still and end for itself. A piece of blocking work
// is done at once, some time after it was asked for; a process that dies before has not done it.
class ProcessRuntime final : public Runtime {
 public:
  ProcessRuntime(VirtualTime& time, const ProcessTiming& timing);
  ~ProcessRuntime() override;
  ProcessRuntime(const ProcessRuntime&) = delete;
  ProcessRuntime& operator=(const ProcessRuntime&) = delete;

  [[nodiscard]] boost::asio::any_io_executor executor() const override { return executor_; }
  [[nodiscard]] TimePoint now() const override;
  [[nodiscard]] std::uint64_t random() override { return random_.next(); }
  [[nodiscard]] boost::asio::awaitable<void> sleep_until(TimePoint when) override;
  [[nodiscard]] boost::asio::awaitable<void> run(Lane lane, std::function<void()> work) override;

  // Runs one handler that is ready; false if there is none, or the process stands still.
  bool run_one();
  // Stands still: no handler, no work.
  void pause() noexcept { paused_ = true; }
  void go_on();
  [[nodiscard]] bool is_paused() const noexcept { return paused_; }
  // The work that is being done takes so much longer.
  void stall(Duration duration) noexcept { stall_ += duration; }
  // The process has died: nobody sleeps any more, and work is done at once (on a disk that does nothing any more), so
  // that all coroutines come to their end.
  void end();

 private:
  struct Job {
    std::function<void()> work;
    std::function<void()> resume;
  };
  struct LaneState {
    std::deque<Job> jobs;
    bool done = false;  // the first one, but nobody has been told
  };
  class Sleeper;

  void later(Duration delay, std::function<void()> action);
  void begin(Lane lane);
  void work(Lane lane);
  void finish(Lane lane);
  [[nodiscard]] TimePoint true_time(TimePoint shown) const;

  VirtualTime& time_;
  ProcessTiming timing_;
  Random random_;
  TimePoint born_;
  bool paused_ = false;
  bool ended_ = false;
  Duration stall_{};
  std::map<Lane, LaneState> lanes_;
  std::vector<Lane> held_up_;  // lanes whose work became due while the process stood still
  std::set<VirtualTime::Ticket> tickets_;
  std::map<VirtualTime::Ticket, boost::asio::steady_timer*> sleepers_;
  boost::asio::io_context context_;  // ends before what its coroutines use
  boost::asio::any_io_executor executor_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
};

}  // namespace consensus::simulator
