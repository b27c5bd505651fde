// Forwards from the API's ports.
#include "server/api_ports.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "configuration/address.hpp"

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

// Seen only when leadership was lost after a request had arrived.
topology::Error not_leading() {
  return {consensus::make_error_code(consensus::Errc::not_leader), "this node"};
}

template <class T>
topology::Error translated(const group::Result<T>& refused) {
  return {refused.error().code, refused.error().context};
}

constexpr std::chrono::seconds group_patience{10};

}  // namespace

// A coroutine keeps the duties it began with, also when this node is deposed meanwhile.
asio::awaitable<api::Fleet::Probed> DiscoveredFleet::discover(InstanceKey key) {
  const auto duties = duties_();
  if (!duties) {
    co_return not_leading();
  }
  auto seen = co_await duties->discovery().discover(std::move(key));
  if (seen) {
    const auto recorded = co_await duties->recorder().flush();
    if (!recorded) {
      co_return topology::Error{
          recorded.error().code,
          (*seen)->key.to_string() + " is discovered but cannot be recorded: " + recorded.error().context};
    }
  }
  co_return seen;
}

void DiscoveredFleet::discover_later(const InstanceKey& key) {
  if (const auto duties = duties_()) {
    duties->discovery().discover_later(key);
  }
}

asio::awaitable<api::Fleet::Probed> DiscoveredFleet::refresh(InstanceKey key) {
  const auto duties = duties_();
  if (!duties) {
    co_return not_leading();
  }
  auto seen = co_await duties->discovery().refresh(std::move(key));
  co_return seen;
}

bool DiscoveredFleet::forget(const InstanceKey& key) {
  const auto duties = duties_();
  return duties && duties->discovery().forget(key);
}

std::size_t DiscoveredFleet::forget_cluster(const topology::ClusterId& id) {
  const auto duties = duties_();
  return duties ? duties->discovery().forget_cluster(id) : 0;
}

asio::awaitable<topology::Result<void>> DiscoveredFleet::recorded() {
  const auto duties = duties_();
  if (!duties) {
    co_return not_leading();
  }
  const auto flushed = co_await duties->recorder().flush();
  if (!flushed) {
    co_return topology::Error{flushed.error().code, "the change cannot be recorded: " + flushed.error().context};
  }
  co_return topology::Result<void>{};
}

asio::awaitable<topology::Result<InstanceKey>> DiscoveredFleet::resolve(InstanceKey key) {
  const auto duties = duties_();
  if (!duties) {
    co_return not_leading();
  }
  auto resolved = co_await duties->discovery().resolve(std::move(key));
  co_return resolved;
}

InstanceKey DiscoveredFleet::resolved(const InstanceKey& key) const {
  const auto duties = duties_();
  return duties ? duties->discovery().resolved(key) : key;
}

DiscoveredFleet::Picture DiscoveredFleet::topology() {
  const auto duties = duties_();
  return duties ? duties->discovery().topology() : standby_();
}

std::vector<api::ProbeRecord> DiscoveredFleet::probes(std::chrono::seconds last) const {
  std::vector<api::ProbeRecord> records;
  const auto duties = duties_();
  if (!duties) {
    return records;
  }
  for (auto& sample : duties->discovery().samples(last)) {
    records.push_back({sample.at, std::move(sample.key), sample.latency, std::move(sample.error)});
  }
  return records;
}

asio::awaitable<api::SubmittedMasters> StoreSubmission::submit(std::shared_ptr<const topology::Topology> topology,
                                                               std::optional<topology::ClusterIndex> cluster) {
  api::SubmittedMasters submitted;
  const auto duties = duties_();
  if (!duties) {
    submitted.error = not_leading().message();
    co_return submitted;
  }
  const auto report = co_await duties->publishing().submit(std::move(topology), cluster);
  for (const auto& pair : report.pairs) {
    submitted.pairs.push_back({pair.key, pair.value});
  }
  submitted.count = report.pairs.size();
  submitted.error = troubles_of(report);
  co_return submitted;
}

// --- The group --------------------------------------------------------------------------------------------------

std::string ServerGroup::complete(const std::string& address) const {
  const auto parsed = parse_host_port(address, default_port_);
  return parsed ? to_text(*parsed) : address;
}

api::GroupControl::Outcome<void> ServerGroup::yield(std::string to) {
  const auto yielded = co_await group_.yield(std::move(to), group_patience);
  if (!yielded) {
    co_return translated(yielded);
  }
  co_return topology::Result<void>{};
}

// A node joins by itself, because only it knows what its log is; so this says whether it has.
api::GroupControl::Outcome<std::string> ServerGroup::add(std::string address) {
  const auto wanted = complete(address);
  const auto members = group_.status().members;
  const bool present = std::any_of(members.begin(), members.end(),
                                   [&](const group::GroupMember& member) { return member.address == wanted; });
  if (!present) {
    co_return state::make_error(
        state::Errc::invalid_argument,
        wanted + " is no member; start it with RaftJoin naming any member, and it joins by itself");
  }
  co_return wanted;
}

api::GroupControl::Outcome<std::string> ServerGroup::remove(std::string address) {
  auto member = complete(address);
  const auto removed = co_await group_.remove(member, group_patience);
  if (!removed) {
    co_return translated(removed);
  }
  co_return member;
}

api::GroupControl::Outcome<void> ServerGroup::take_snapshot() {
  const auto taken = co_await group_.take_snapshot();
  if (!taken) {
    co_return translated(taken);
  }
  co_return topology::Result<void>{};
}

}  // namespace orchestrator
