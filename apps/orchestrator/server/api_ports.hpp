// Connects the ports of the HTTP API with discovery and publishing.
#pragma once

#include <optional>
#include <vector>

#include "api/services.hpp"
#include "server/publishing.hpp"
#include "server/recorder.hpp"
#include "topology/discovery.hpp"

namespace orchestrator {

// Both forward; what they forward to outlives them.
class DiscoveredFleet final : public api::Fleet {
 public:
  DiscoveredFleet(topology::Discovery& discovery, Recorder& recorder) : discovery_(discovery), recorder_(recorder) {}

  // Ends when the instance is recorded; an error when it cannot be.
  boost::asio::awaitable<Probed> discover(topology::InstanceKey key) override;
  void discover_later(const topology::InstanceKey& key) override;
  boost::asio::awaitable<Probed> refresh(topology::InstanceKey key) override;
  bool forget(const topology::InstanceKey& key) override;
  std::size_t forget_cluster(const topology::ClusterId& id) override;
  boost::asio::awaitable<topology::Result<void>> recorded() override;
  boost::asio::awaitable<topology::Result<topology::InstanceKey>> resolve(topology::InstanceKey key) override;
  [[nodiscard]] topology::InstanceKey resolved(const topology::InstanceKey& key) const override;
  [[nodiscard]] std::shared_ptr<const topology::Topology> topology() override;
  [[nodiscard]] std::vector<api::ProbeRecord> probes(std::chrono::seconds last) const override;

 private:
  topology::Discovery& discovery_;
  Recorder& recorder_;
};

class StoreSubmission final : public api::MasterSubmission {
 public:
  explicit StoreSubmission(Publishing& publishing) : publishing_(publishing) {}

  boost::asio::awaitable<api::SubmittedMasters> submit(std::shared_ptr<const topology::Topology> topology,
                                                       std::optional<topology::ClusterIndex> cluster) override;

 private:
  Publishing& publishing_;
};

}  // namespace orchestrator
