// The poll loop of each instance, from the probe to the observation.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "discovery/fleet.hpp"
#include "discovery/poll_schedule.hpp"
#include "discovery/timer_end.hpp"

namespace topology {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using std::chrono::system_clock;

namespace {

constexpr std::chrono::seconds sample_retention{120};
// An instance left out because of its replication user is looked at again so much later.
constexpr std::chrono::minutes filtered_pause{10};

}  // namespace

std::unique_ptr<mysql::InstanceProber> Fleet::make_prober(const InstanceKey& key) const {
  return std::make_unique<mysql::InstanceProber>(executor_, key, settings_);
}

FleetEntryPtr Fleet::find(const InstanceKey& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : found->second;
}

FleetEntryPtr Fleet::know(const InstanceKey& key) {
  const auto known = find(key);
  return known ? known : add_entry(key, make_prober(key));
}

FleetEntryPtr Fleet::add_entry(const InstanceKey& key, std::unique_ptr<mysql::InstanceProber> prober) {
  auto entry = std::make_shared<FleetEntry>(executor_, key, std::move(prober));
  entry->prober->set_lost_handler([weak = weak_from_this(), key] {
    const auto self = weak.lock();
    const auto lost = self ? self->find(key) : nullptr;
    if (lost) {
      self->probe_soon(*lost);
    }
  });
  entries_.emplace(key, entry);
  asio::co_spawn(executor_, poll(shared_from_this(), entry), asio::detached);
  return entry;
}

// Ends the poll loop, which closes the connection at its end; who waits for a probe of it is woken.
void Fleet::retire(const FleetEntryPtr& entry) {
  entry->stopped = true;
  entry->turn.cancel();
  entry->probe_ended.cancel();
  entries_.erase(entry->key);
  picture_is_old_ = true;
}

void Fleet::probe_soon(FleetEntry& entry) {
  entry.wanted_again = true;
  entry.turn.cancel();
}

asio::awaitable<void> Fleet::poll(std::shared_ptr<Fleet> self, FleetEntryPtr entry) {
  while (!entry->stopped) {
    co_await self->turn_of(entry);
    if (!entry->stopped) {
      entry->wanted_again = false;
      co_await self->probe(entry);
    }
  }
  entry->prober->close();
}

// Waits until the instance is to be probed, because its time has come or because somebody wants it now.
asio::awaitable<void> Fleet::turn_of(FleetEntryPtr entry) {
  const bool continuous = policy_.probing == Probing::continuous;
  const bool first = !entry->probed;
  if (entry->wanted_again || (continuous && first)) {
    co_return;
  }
  if (continuous) {
    const PollSchedule schedule{policy_.poll_interval, policy_.dead_poll_factor, policy_.dead_poll_max};
    entry->turn.expires_after(next_wait(schedule, entry->failures, jitter()));
  } else {
    entry->turn.expires_at(steady_clock::time_point::max());
  }
  co_await timer_end(entry->turn);
}

asio::awaitable<void> Fleet::probe(FleetEntryPtr entry) {
  auto& places = entry->failures == 0 ? places_ : dead_places_;
  co_await places.take();
  const PlaceGuard guard(places);
  if (entry->stopped) {
    co_return;
  }
  entry->probed = true;
  entry->probing = true;
  const auto started = system_clock::now();
  const auto deadline = steady_clock::now() + policy_.probe_deadline;
  auto outcome = co_await entry->prober->probe(deadline);
  if (!entry->stopped) {
    record_sample(*entry, outcome, started);
    co_await absorb(entry, std::move(outcome), started);
  }
  entry->probing = false;
  entry->probe_ended.cancel();
}

asio::awaitable<void> Fleet::absorb(FleetEntryPtr entry, mysql::ProbeOutcome outcome, SystemTime started) {
  if (outcome.skipped_by_filter) {
    entry->error = outcome.instance.error();
    forgotten_until_[entry->key] = steady_clock::now() + filtered_pause;
    retire(entry);
    co_return;
  }
  std::shared_ptr<const Instance> instance;
  auto name = entry->key;
  if (outcome.instance) {
    auto measured = *outcome.instance;
    instance = co_await with_fleet_names(std::move(measured));
    name = co_await better_name(entry, instance);
    if (entry->stopped) {
      co_return;
    }
  }
  const auto before = entry->observation;
  auto now = std::make_shared<Observation>(*before);
  now->check.last_attempted = started;
  now->check.last_checked = system_clock::now();
  now->check.latency = outcome.latency;
  now->check.partial_success = outcome.reached;
  now->check.last_check_valid = instance != nullptr;
  now->warnings = std::move(outcome.warnings);
  if (instance) {
    now->instance = instance;
    now->check.last_seen = now->check.last_checked;
    now->check.error.clear();
    entry->failures = 0;
  } else {
    entry->error = outcome.instance.error();
    now->check.error = entry->error.message();
    ++entry->failures;
  }
  entry->observation = now;
  picture_is_old_ = true;
  if (instance) {
    follow(*instance);
    if (name != entry->key) {
      entry->better_name_tried = steady_clock::now();
      asio::co_spawn(executor_, take_name(shared_from_this(), entry, instance, name), asio::detached);
    }
  }
  const bool first = before->check.last_checked == SystemTime{};
  events_.on_observed(*now, first ? nullptr : before.get());
}

void Fleet::follow(const Instance& instance) {
  const auto found = neighbours_of(instance);
  for (const auto& master : found.masters) {
    if (!policy_.ignore_master(master)) {
      hear_of(master);
    }
  }
  for (const auto& replica : found.replicas) {
    if (!policy_.ignore_replica(replica)) {
      hear_of(replica);
    }
  }
}

void Fleet::hear_of(const InstanceKey& key) {
  if (policy_.ignore(key)) {
    return;
  }
  const auto forgotten = forgotten_until_.find(key);
  if (forgotten != forgotten_until_.end() && steady_clock::now() < forgotten->second) {
    return;
  }
  know(key)->known_since = steady_clock::now();
}

void Fleet::record_sample(const FleetEntry& entry, const mysql::ProbeOutcome& outcome, SystemTime started) {
  samples_.push_back(
      {started, entry.key, outcome.latency, outcome.instance ? std::string() : outcome.instance.error().message()});
  const auto oldest = started - sample_retention;
  while (samples_.front().at < oldest) {
    samples_.pop_front();
  }
}

std::vector<ProbeSample> Fleet::samples(std::chrono::seconds last) const {
  const auto oldest = system_clock::now() - last;
  const auto first = std::find_if(samples_.begin(), samples_.end(), [&](const auto& s) { return s.at >= oldest; });
  return {first, samples_.end()};
}

}  // namespace topology
