// The real time, randomness and threads of a node, on an Asio executor.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "consensus/runtime.hpp"

namespace consensus {

// TimePoint is the time of std::chrono::steady_clock. The lanes are threads named after `name`, started when they are
// first used; the destructor waits for the work that is in them, and that for which nobody ran the executor is dropped.
//
// `executor` is that of an io_context run by one thread, or a strand; random() and the coroutines are used only on it.
// now() may be called from any thread. Ends before the executor's context.
class AsioRuntime final : public Runtime {
 public:
  // Of the name, nine characters show in the names of the threads ("raft-log", "raft-apply", "raft-snap").
  explicit AsioRuntime(boost::asio::any_io_executor executor, std::string name = "raft");
  AsioRuntime(const AsioRuntime&) = delete;
  AsioRuntime& operator=(const AsioRuntime&) = delete;
  ~AsioRuntime() override;

  [[nodiscard]] boost::asio::any_io_executor executor() const override { return executor_; }
  [[nodiscard]] TimePoint now() const override;
  // Seeded by the operating system.
  [[nodiscard]] std::uint64_t random() override;
  [[nodiscard]] boost::asio::awaitable<void> sleep_until(TimePoint when) override;
  // The work is done to its end also when the coroutine is cancelled meanwhile.
  [[nodiscard]] boost::asio::awaitable<void> run(Lane lane, std::function<void()> work) override;

 private:
  class LaneThread;
  LaneThread& lane_thread(Lane lane);

  boost::asio::any_io_executor executor_;
  std::string name_;
  std::uint64_t random_state_;
  std::array<std::unique_ptr<LaneThread>, 4> lanes_;
};

}  // namespace consensus
