// Forwards from the API's ports.
#include "server/api_ports.hpp"

#include <string>
#include <utility>

namespace orchestrator {

namespace asio = boost::asio;
using topology::InstanceKey;

namespace {

std::string troubles_of(const kvstore::PublishReport& report) {
  std::string text;
  const auto add = [&text](const std::string& line) { text += (text.empty() ? "" : "; ") + line; };
  for (const auto& store : report.stores) {
    if (store.error) {
      add(store.error->message());
      continue;
    }
    for (const auto& cluster : store.clusters) {
      if (cluster.error) {
        add("cluster " + cluster.alias + ": " + cluster.error->message());
      }
    }
  }
  return text;
}

}  // namespace

asio::awaitable<api::Fleet::Probed> DiscoveredFleet::discover(InstanceKey key) {
  auto seen = co_await discovery_.discover(std::move(key));
  if (seen) {
    const auto recorded = co_await recorder_.flush();
    if (!recorded) {
      co_return topology::Error{
          recorded.error().code,
          (*seen)->key.to_string() + " is discovered but cannot be recorded: " + recorded.error().context};
    }
  }
  co_return seen;
}

void DiscoveredFleet::discover_later(const InstanceKey& key) {
  discovery_.discover_later(key);
}

asio::awaitable<api::Fleet::Probed> DiscoveredFleet::refresh(InstanceKey key) {
  return discovery_.refresh(std::move(key));
}

bool DiscoveredFleet::forget(const InstanceKey& key) {
  return discovery_.forget(key);
}

std::size_t DiscoveredFleet::forget_cluster(const topology::ClusterId& id) {
  return discovery_.forget_cluster(id);
}

asio::awaitable<topology::Result<void>> DiscoveredFleet::recorded() {
  const auto flushed = co_await recorder_.flush();
  if (!flushed) {
    co_return topology::Error{flushed.error().code, "the change cannot be recorded: " + flushed.error().context};
  }
  co_return topology::Result<void>{};
}

asio::awaitable<topology::Result<InstanceKey>> DiscoveredFleet::resolve(InstanceKey key) {
  return discovery_.resolve(std::move(key));
}

InstanceKey DiscoveredFleet::resolved(const InstanceKey& key) const {
  return discovery_.resolved(key);
}

std::shared_ptr<const topology::Topology> DiscoveredFleet::topology() {
  return discovery_.topology();
}

std::vector<api::ProbeRecord> DiscoveredFleet::probes(std::chrono::seconds last) const {
  std::vector<api::ProbeRecord> records;
  for (auto& sample : discovery_.samples(last)) {
    records.push_back({sample.at, std::move(sample.key), sample.latency, std::move(sample.error)});
  }
  return records;
}

asio::awaitable<api::SubmittedMasters> StoreSubmission::submit(std::shared_ptr<const topology::Topology> topology,
                                                               std::optional<topology::ClusterIndex> cluster) {
  const auto report = co_await publishing_.submit(std::move(topology), cluster);
  api::SubmittedMasters submitted;
  for (const auto& pair : report.pairs) {
    submitted.pairs.push_back({pair.key, pair.value});
  }
  submitted.count = report.pairs.size();
  submitted.error = troubles_of(report);
  co_return submitted;
}

}  // namespace orchestrator
