// Connects the ports of the HTTP API with the leader's duties and with the group.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/services.hpp"
#include "server/duties.hpp"

namespace orchestrator {

// The duties of this node now; null while it does not lead.
using DutiesNow = std::function<std::shared_ptr<Duties>()>;

// Forwards to discovery. Without duties every call fails, but the picture is that of the state when it was last looked
// at, so that an operator sees something while nobody leads.
class DiscoveredFleet final : public api::Fleet {
 public:
  using Picture = std::shared_ptr<const topology::Topology>;

  DiscoveredFleet(DutiesNow duties, std::function<Picture()> standby)
      : duties_(std::move(duties)), standby_(std::move(standby)) {}

  // Ends when the instance is recorded; an error when it cannot be.
  boost::asio::awaitable<Probed> discover(topology::InstanceKey key) override;
  void discover_later(const topology::InstanceKey& key) override;
  boost::asio::awaitable<Probed> refresh(topology::InstanceKey key) override;
  bool forget(const topology::InstanceKey& key) override;
  std::size_t forget_cluster(const topology::ClusterId& id) override;
  boost::asio::awaitable<topology::Result<void>> recorded() override;
  boost::asio::awaitable<topology::Result<topology::InstanceKey>> resolve(topology::InstanceKey key) override;
  [[nodiscard]] topology::InstanceKey resolved(const topology::InstanceKey& key) const override;
  [[nodiscard]] Picture topology() override;
  [[nodiscard]] std::vector<api::ProbeRecord> probes(std::chrono::seconds last) const override;

 private:
  DutiesNow duties_;
  std::function<Picture()> standby_;
};

class StoreSubmission final : public api::MasterSubmission {
 public:
  explicit StoreSubmission(DutiesNow duties) : duties_(std::move(duties)) {}

  boost::asio::awaitable<api::SubmittedMasters> submit(std::shared_ptr<const topology::Topology> topology,
                                                       std::optional<topology::ClusterIndex> cluster) override;

 private:
  DutiesNow duties_;
};

class ServerGroup final : public api::GroupControl {
 public:
  // What the group's addresses have when they are written without a port.
  ServerGroup(group::Group& group, std::uint16_t default_port) : group_(group), default_port_(default_port) {}

  Outcome<void> yield(std::string to) override;
  Outcome<std::string> add(std::string address) override;
  Outcome<std::string> remove(std::string address) override;
  Outcome<void> take_snapshot() override;

 private:
  [[nodiscard]] std::string complete(const std::string& address) const;

  group::Group& group_;
  std::uint16_t default_port_;
};

}  // namespace orchestrator
