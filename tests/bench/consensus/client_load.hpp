// Closed-loop clients in the leader's process, and what they measure.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "consensus/node.hpp"

namespace consensus_bench {

// Used on the node's executor.
class ClientLoad {
 public:
  ClientLoad(consensus::Node& node, const consensus::Runtime& runtime) : node_(node), runtime_(runtime) {}

  struct Options {
    std::size_t clients = 1;
    std::size_t bytes = 128;  // of each command
    std::chrono::duration<double> time{1};
  };

  // Keeps the clients busy, each with one command at a time; comes back when all have ended.
  [[nodiscard]] boost::asio::awaitable<consensus::Result<void>> run(Options options);
  // Adds megabytes that cannot be compressed, four commands at a time.
  [[nodiscard]] boost::asio::awaitable<consensus::Result<void>> fill(std::size_t megabytes);
  // "ops=… seconds=… cpu_us=… p50_us=…" since the last call or since run() began.
  [[nodiscard]] std::string take_figures();

 private:
  using Clock = std::chrono::steady_clock;
  struct Wanted {
    std::size_t bytes = 0;
    Clock::time_point end;
  };
  struct Together;  // what those that run side by side have in common

  boost::asio::awaitable<void> be_client(Wanted wanted, Together& together);
  boost::asio::awaitable<void> be_filler(std::size_t megabytes, Together& together);
  consensus::ProposeOptions patient() const;

  consensus::Node& node_;
  const consensus::Runtime& runtime_;
  std::vector<float> latencies_us_;
  Clock::time_point since_ = Clock::now();
  std::chrono::microseconds cpu_{0};  // that had been used then
};

}  // namespace consensus_bench
