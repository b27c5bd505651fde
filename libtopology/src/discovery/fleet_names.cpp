// The names of a fleet's instances: what others call them, what they call themselves.
#include <algorithm>
#include <utility>

#include "discovery/fleet.hpp"

namespace topology {

namespace asio = boost::asio;
using std::chrono::steady_clock;

bool Fleet::wants_own_name(const FleetEntry& entry, const Instance& instance) const {
  const auto name = own_name(instance, policy_.server_name_method);
  const bool tried = entry.own_name_tried != steady_clock::time_point{} &&
                     steady_clock::now() - entry.own_name_tried < policy_.resolve_cache_lifetime;
  return !tried && name != entry.key.hostname && InstanceKey{name, entry.key.port}.is_valid() &&
         !policy_.reject_resolved(name);
}

// A server that calls itself otherwise than we do is known by its own name from then on, once that name has been seen
// to lead to it.
asio::awaitable<void> Fleet::take_own_name(std::shared_ptr<Fleet> self, FleetEntryPtr entry,
                                           std::shared_ptr<const Instance> instance) {
  const InstanceKey own_key{own_name(*instance, self->policy_.server_name_method), entry->key.port};
  auto known = self->find(own_key);
  auto other = known ? known->observation->instance : nullptr;
  if (!other) {
    const auto prober = self->make_prober(own_key);
    const auto deadline = steady_clock::now() + self->policy_.probe_deadline;
    const auto outcome = co_await prober->probe(deadline);
    other = outcome.instance ? *outcome.instance : nullptr;
  }
  const bool same_server = other && !other->server_uuid.empty() && other->server_uuid == instance->server_uuid;
  if (!same_server || entry->stopped || self->stopped_) {
    co_return;
  }
  self->names_[entry->key] = own_key;
  const auto replacement = self->know(own_key);
  replacement->seed = replacement->seed || entry->seed;
  self->retire(entry);
  self->events_.on_forgotten(entry->key);
}

// Rewrites the names of masters and replicas into those the fleet uses, so that edges meet.
asio::awaitable<std::shared_ptr<const Instance>> Fleet::with_fleet_names(std::shared_ptr<const Instance> instance) {
  const auto found = neighbours_of(*instance);
  std::unordered_map<InstanceKey, InstanceKey> changed;
  for (const auto* keys : {&found.masters, &found.replicas}) {
    for (const auto& key : *keys) {
      auto name = key;
      const auto answer = co_await resolve(std::move(name));
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

asio::awaitable<Result<InstanceKey>> Fleet::resolve(InstanceKey key) {
  auto known = resolved(key);
  if (known != key || policy_.resolve_method == HostnameResolveMethod::none) {
    co_return known;
  }
  auto hostname = key.hostname;
  const auto answer = co_await resolver_.resolve(std::move(hostname), policy_);
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
