// What users ask of a fleet: discover, refresh, forget.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "discovery/fleet.hpp"
#include "discovery/timer_end.hpp"

namespace topology {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using std::chrono::system_clock;

asio::awaitable<ObservationResult> Fleet::fresh_look(FleetEntryPtr entry) {
  if (!entry->probing) {
    probe_soon(*entry);
  }
  co_await timer_end(entry->probe_ended);
  const auto key = resolved(entry->key);
  auto current = find(key);
  if (current && current != entry && current->observation->check.last_checked == SystemTime{}) {
    // The server is known by its own name now, which has yet to be probed.
    co_await timer_end(current->probe_ended);
    current = find(key);
  }
  if (!current && entry->error.code) {
    co_return entry->error;
  }
  if (!current) {
    co_return make_error(Errc::canceled, "instance " + key.to_string() + " was forgotten meanwhile");
  }
  const auto seen = current->observation;
  if (!seen->check.last_check_valid) {
    co_return current->error;
  }
  co_return seen;
}

asio::awaitable<ObservationResult> Fleet::discover(InstanceKey key) {
  if (!key.is_valid()) {
    co_return make_error(Errc::invalid_argument, "instance '" + key.to_string() + "' has no usable host and port");
  }
  auto asked = key;
  constexpr auto asker = NameAsker::user;
  const auto name = co_await resolve(std::move(asked), asker);
  if (!name) {
    co_return name.error();
  }
  if (policy_.ignore(*name)) {
    co_return make_error(Errc::invalid_argument,
                         "instance " + name->to_string() + " is ignored by DiscoveryIgnoreHostnameFilters");
  }
  forgotten_until_.erase(*name);
  const bool known_before = find(*name) != nullptr;
  const auto entry = know(*name);
  auto seen = co_await fresh_look(entry);
  if (!seen && !known_before && !entry->measured() && !entry->seed && find(entry->key) == entry) {
    retire(entry);
  }
  if (seen) {
    take_other_name(key, **seen);
  }
  co_return seen;
}

// For those who ask by this name and cannot wait for a look-up. The name may have an entry from an older policy.
void Fleet::take_other_name(const InstanceKey& name, const Observation& seen) {
  if (name == seen.key) {
    return;
  }
  const auto entry = find(name);
  if (!entry) {
    names_[name] = seen.key;
  } else if (!entry->measured() || is_same_server(*entry->observation->instance, *seen.instance)) {
    rename(entry, seen.key);
  }
}

asio::awaitable<ObservationResult> Fleet::refresh(InstanceKey key) {
  const auto entry = find(resolved(key));
  if (!entry) {
    co_return make_error(Errc::invalid_argument, "instance " + key.to_string() + " is not known");
  }
  auto seen = co_await fresh_look(entry);
  co_return seen;
}

void Fleet::discover_later(InstanceKey key) {
  asio::co_spawn(
      executor_,
      [](std::shared_ptr<Fleet> self, InstanceKey wanted) -> asio::awaitable<void> {
        const auto ignored = co_await self->discover(std::move(wanted));
        static_cast<void>(ignored.has_value());
      }(shared_from_this(), std::move(key)),
      asio::detached);
}

bool Fleet::forget(const InstanceKey& key) {
  const auto entry = find(resolved(key));
  if (!entry) {
    return false;
  }
  const auto name = entry->key;
  retire(entry);
  std::erase_if(names_, [&](const auto& item) { return item.second == name; });
  cluster_ids_.erase(name);
  forgotten_until_[name] = steady_clock::now() + 3 * policy_.poll_interval;
  events_.on_forgotten(name);
  return true;
}

std::size_t Fleet::forget_cluster(const ClusterId& id) {
  const auto picture = topology();
  const auto clusters = picture->clusters();
  const auto cluster = std::find_if(clusters.begin(), clusters.end(), [&](const auto& c) { return c.id == id; });
  std::size_t count = 0;
  if (cluster != clusters.end()) {
    for (const auto member : cluster->members) {
      count += forget(picture->node(member).key()) ? 1 : 0;
    }
  }
  aliases_.erase(id);
  domains_.erase(id);
  return count;
}

}  // namespace topology
