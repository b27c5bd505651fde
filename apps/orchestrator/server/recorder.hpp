// Sends what must survive the program to the state.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/recording.hpp"
#include "server/shared_state.hpp"
#include "topology/discovery.hpp"

namespace orchestrator {

// Confined to one executor. Observations and forgettings are collected for a moment and sent as one list of commands.
// When the state cannot take them (a full disk), they are kept, at most one for each instance, and sent again later.
class Recorder {
 public:
  using Picture = std::function<std::shared_ptr<const topology::Topology>()>;

  Recorder(boost::asio::any_io_executor executor, SharedState& state, Picture picture);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // What earlier runs recorded. A record that cannot be read gives an instance known only by name.
  [[nodiscard]] boost::asio::awaitable<state::Result<topology::DiscoveryMemory>> load();

  // Sends what is pending from now on, until stop().
  void start();
  void observed(const topology::Observation& observation);
  void forgotten(const topology::InstanceKey& key);
  // Sends what is pending now.
  [[nodiscard]] boost::asio::awaitable<state::Result<void>> flush();
  void stop();

  // Why the latest attempt to record failed; "" when it did not.
  [[nodiscard]] const std::string& trouble() const noexcept;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace orchestrator
