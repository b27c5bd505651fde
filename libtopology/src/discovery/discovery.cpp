// The public face of a fleet.
#include "topology/discovery.hpp"

#include <utility>

#include "discovery/fleet.hpp"

namespace topology {

namespace asio = boost::asio;

Discovery::Discovery(asio::any_io_executor executor, DiscoveryPolicy policy,
                     std::shared_ptr<const mysql::ProbeSettings> settings, DiscoveryEvents events)
    : fleet_(std::make_shared<Fleet>(std::move(executor), std::move(policy), std::move(settings), std::move(events))) {
  fleet_->start();
}

Discovery::~Discovery() {
  fleet_->stop();
}

void Discovery::restore(DiscoveryMemory memory) {
  fleet_->restore(std::move(memory));
}

asio::awaitable<ObservationResult> Discovery::discover(InstanceKey key) {
  return fleet_->discover(std::move(key));
}

void Discovery::discover_later(const InstanceKey& key) {
  fleet_->discover_later(key);
}

void Discovery::add_seed(const InstanceKey& key) {
  fleet_->know(key)->seed = true;
}

asio::awaitable<ObservationResult> Discovery::refresh(InstanceKey key) {
  return fleet_->refresh(std::move(key));
}

bool Discovery::forget(const InstanceKey& key) {
  return fleet_->forget(key);
}

std::size_t Discovery::forget_cluster(const ClusterId& id) {
  return fleet_->forget_cluster(id);
}

asio::awaitable<Result<InstanceKey>> Discovery::resolve(InstanceKey key) {
  return fleet_->resolve(std::move(key), NameAsker::user);
}

InstanceKey Discovery::resolved(const InstanceKey& key) const {
  return fleet_->resolved(key);
}

void Discovery::set_alias_overrides(std::unordered_map<ClusterId, std::string> aliases) {
  fleet_->set_alias_overrides(std::move(aliases));
}

std::shared_ptr<const Topology> Discovery::topology() {
  return fleet_->topology();
}

std::shared_ptr<const Observation> Discovery::observation(const InstanceKey& key) const {
  const auto entry = fleet_->find(fleet_->resolved(key));
  return entry ? entry->observation : nullptr;
}

std::vector<ProbeSample> Discovery::samples(std::chrono::seconds last) const {
  return fleet_->samples(last);
}

std::size_t Discovery::active_probes() const noexcept {
  return fleet_->active();
}

std::size_t Discovery::waiting_probes() const noexcept {
  return fleet_->waiting();
}

void Discovery::reconfigure(DiscoveryPolicy policy, std::shared_ptr<const mysql::ProbeSettings> settings) {
  fleet_->reconfigure(std::move(policy), std::move(settings));
}

void Discovery::stop() {
  fleet_->stop();
}

}  // namespace topology
