// The names of a fleet's instances: what others call them, what they call themselves.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "discovery/fleet.hpp"

namespace topology {

namespace asio = boost::asio;
using std::chrono::steady_clock;

// The name that the fleet should know the server by, as far as can be told without asking there: what its name is
// looked up to, else what it calls itself. Entries have other names when they were seeds, remembered or made under an
// older policy.
asio::awaitable<InstanceKey> Fleet::better_name(FleetEntryPtr entry, std::shared_ptr<const Instance> instance) {
  const bool tried = entry->better_name_tried != steady_clock::time_point{} &&
                     steady_clock::now() - entry->better_name_tried < policy_.resolve_cache_lifetime;
  if (tried) {
    co_return entry->key;
  }
  auto asked = entry->key;
  constexpr auto asker = NameAsker::probe;
  const auto found = co_await resolve(std::move(asked), asker);
  if (found && *found != entry->key) {
    co_return policy_.ignore(*found) ? entry->key : *found;
  }
  const InstanceKey own{own_name(*instance, policy_.server_name_method), entry->key.port};
  const bool usable = own.is_valid() && !policy_.reject_resolved(own.hostname);
  co_return usable ? own : entry->key;
}

// A server is known by a better name once that name has been seen to lead to it.
asio::awaitable<void> Fleet::take_name(std::shared_ptr<Fleet> self, FleetEntryPtr entry,
                                       std::shared_ptr<const Instance> instance, InstanceKey name) {
  const auto known = self->find(name);
  auto other = known ? known->observation->instance : nullptr;
  if (!other) {
    const auto prober = self->make_prober(name);
    const auto deadline = steady_clock::now() + self->policy_.probe_deadline;
    const auto outcome = co_await prober->probe(deadline);
    other = outcome.instance ? *outcome.instance : nullptr;
  }
  if (other && is_same_server(*other, *instance) && !entry->stopped && !self->stopped_) {
    self->rename(entry, name);
  }
}

// One server has one entry: what there was under the old name goes, the name stays as another name of the server.
void Fleet::rename(const FleetEntryPtr& entry, const InstanceKey& name) {
  const auto old = entry->key;
  for (auto& [other, known_as] : names_) {
    known_as = known_as == old ? name : known_as;
  }
  names_.erase(name);
  names_[old] = name;
  if (const auto cluster = cluster_ids_.find(old); cluster != cluster_ids_.end()) {
    cluster_ids_.try_emplace(name, cluster->second);
    cluster_ids_.erase(old);
  }
  const auto replacement = know(name);
  replacement->seed = replacement->seed || entry->seed;
  if (!replacement->probed) {
    probe_soon(*replacement);
  }
  retire(entry);
  events_.on_forgotten(old);
}

// Rewrites the names of masters and replicas into those the fleet uses, so that edges meet.
asio::awaitable<std::shared_ptr<const Instance>> Fleet::with_fleet_names(std::shared_ptr<const Instance> instance) {
  const auto found = neighbours_of(*instance);
  std::unordered_map<InstanceKey, InstanceKey> changed;
  const std::array<const std::vector<InstanceKey>*, 2> neighbours{&found.masters, &found.replicas};
  for (const auto* keys : neighbours) {
    for (const auto& key : *keys) {
      if (!names_.contains(key)) {
        resolver_.ask(key.hostname, policy_);
      }
    }
  }
  constexpr auto asker = NameAsker::probe;
  for (const auto* keys : neighbours) {
    for (const auto& key : *keys) {
      auto name = key;
      const auto answer = co_await resolve(std::move(name), asker);
      if (answer && *answer != key) {
        changed[key] = *answer;
      }
    }
  }
  if (changed.empty()) {
    co_return instance;
  }
  const auto rename = [&changed](InstanceKey& key) {
    if (const auto other = changed.find(key); other != changed.end()) {
      key = other->second;
    }
  };
  auto renamed = std::make_shared<Instance>(*instance);
  for (auto& channel : renamed->channels) {
    rename(channel.source);
  }
  std::for_each(renamed->replicas.begin(), renamed->replicas.end(), rename);
  std::sort(renamed->replicas.begin(), renamed->replicas.end());
  renamed->replicas.erase(std::unique(renamed->replicas.begin(), renamed->replicas.end()), renamed->replicas.end());
  std::for_each(renamed->group.members.begin(), renamed->group.members.end(), rename);
  rename(renamed->group.primary);
  co_return renamed;
}

asio::awaitable<Result<InstanceKey>> Fleet::resolve(InstanceKey key, NameAsker asker) {
  auto known = resolved(key);
  if (known != key || policy_.resolve_method == HostnameResolveMethod::none) {
    co_return known;
  }
  auto hostname = key.hostname;
  const auto answer = co_await resolver_.resolve(std::move(hostname), policy_, asker);
  if (!answer) {
    co_return answer.error();
  }
  key.hostname = *answer;
  co_return resolved(key);
}

InstanceKey Fleet::resolved(const InstanceKey& key) const {
  const auto other = names_.find(key);
  return other == names_.end() ? key : other->second;
}

}  // namespace topology
