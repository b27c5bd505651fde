// What only the leader does to the outside: probing instances, recording what was seen, publishing masters.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>

#include "configuration/configuration.hpp"
#include "server/publishing.hpp"
#include "server/recorder.hpp"
#include "server/shared_state.hpp"
#include "topology/discovery.hpp"

namespace orchestrator {

// One object for each time that this node leads, so that nothing is left of the time before. Confined to one executor.
class Duties {
 public:
  // Errors: settings of the key-value stores that cannot be used.
  [[nodiscard]] static kvstore::Result<std::shared_ptr<Duties>> make(boost::asio::any_io_executor executor,
                                                                     const Configuration& configuration,
                                                                     SharedState& state, topology::Probing probing);
  Duties(const Duties&) = delete;
  Duties& operator=(const Duties&) = delete;

  // Begins with what the state knows, also of instances that this node has never seen; their number.
  [[nodiscard]] boost::asio::awaitable<state::Result<std::size_t>> take_up(const Configuration& configuration);
  void reconfigure(const Configuration& configuration);
  // Records what is not recorded yet.
  [[nodiscard]] boost::asio::awaitable<state::Result<void>> finish();
  // Ends everything at once.
  void lay_down();

  [[nodiscard]] topology::Discovery& discovery() { return *discovery_; }
  [[nodiscard]] Recorder& recorder() { return *recorder_; }
  [[nodiscard]] Publishing& publishing() { return *publishing_; }

 private:
  explicit Duties(topology::Probing probing) : probing_(probing) {}
  [[nodiscard]] topology::DiscoveryPolicy policy(const Configuration& configuration) const;

  topology::Probing probing_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<topology::Discovery> discovery_;
  std::unique_ptr<Publishing> publishing_;
};

}  // namespace orchestrator
