// Turns observations into commands.
#include "server/recorder.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "server/stored_observation.hpp"

namespace orchestrator {

namespace asio = boost::asio;
using topology::InstanceKey;

namespace {

constexpr std::chrono::milliseconds gathering_time{100};
constexpr std::chrono::milliseconds longest_pause{30'000};

state::Time to_state_time(topology::SystemTime time) {
  return std::chrono::time_point_cast<std::chrono::microseconds>(time);
}

}  // namespace

class Recorder::Impl {
 public:
  Impl(asio::any_io_executor executor, SharedState& state, Picture picture)
      : executor_(executor),
        state_(state),
        picture_(std::move(picture)),
        timer_(executor, asio::steady_timer::time_point::max()) {}

  asio::awaitable<state::Result<topology::DiscoveryMemory>> load();
  static asio::awaitable<void> run(std::shared_ptr<Impl> self);
  void observed(const topology::Observation& observation);
  void forgotten(const InstanceKey& key);
  asio::awaitable<state::Result<void>> flush();
  void stop();

  asio::any_io_executor executor() const { return executor_; }
  const std::string& trouble() const noexcept { return trouble_; }

 private:
  // What was recorded of an instance and of its place.
  struct Row {
    RecordedObservation observation;
    topology::ClusterId cluster_id;
  };
  // Commands, and what will be known to be recorded once they were applied.
  struct Batch {
    std::vector<state::Command> commands;
    std::vector<std::pair<InstanceKey, Row>> rows;
    std::unordered_map<topology::ClusterId, state::ClusterRecord> clusters;  // all there are
    std::set<InstanceKey> pending;
    std::set<InstanceKey> forgotten;
  };

  Batch gather() const;
  void add_clusters(const topology::Topology& picture, Batch& batch) const;
  void add_instances(const topology::Topology& picture, Batch& batch) const;
  void confirm(Batch batch);
  void wake();
  void tell(const state::Result<void>& result);

  asio::any_io_executor executor_;
  SharedState& state_;
  Picture picture_;
  asio::steady_timer timer_;
  bool stopped_ = false;
  std::set<InstanceKey> pending_;
  std::set<InstanceKey> forgotten_;
  std::unordered_map<InstanceKey, Row> rows_;
  std::unordered_map<topology::ClusterId, state::ClusterRecord> clusters_;
  std::string trouble_;
};

// --- Loading ----------------------------------------------------------------------------------------------------

asio::awaitable<state::Result<topology::DiscoveryMemory>> Recorder::Impl::load() {
  const auto all_instances = [](state::State& state) { return state.all<state::InstanceRecord>(); };
  const auto instances = co_await state_.ask(all_instances);
  if (!instances) {
    co_return instances.error();
  }
  const auto all_clusters = [](state::State& state) { return state.all<state::ClusterRecord>(); };
  const auto clusters = co_await state_.ask(all_clusters);
  if (!clusters) {
    co_return clusters.error();
  }
  const auto all_overrides = [](state::State& state) { return state.all<state::ClusterAlias>(); };
  const auto overrides = co_await state_.ask(all_overrides);
  if (!overrides) {
    co_return overrides.error();
  }
  topology::DiscoveryMemory memory;
  for (const auto& each : *overrides) {
    memory.alias_overrides.emplace(each.cluster_id, each.alias);
  }
  for (const auto& record : *instances) {
    topology::Observation observation;
    observation.key = record.key;
    if (auto stored = from_stored(record.record)) {
      observation.instance = std::move(stored->instance);
      observation.warnings = std::move(stored->warnings);
    } else {
      spdlog::warn("what was recorded of {} cannot be read: {}", record.key.to_string(), stored.error().message());
    }
    observation.check.last_seen = record.last_seen;
    observation.check.error = "not probed since the start";
    memory.cluster_ids.emplace(record.key, record.cluster_id);
    auto& row = rows_[record.key];
    row.observation.instance = observation.instance;
    row.observation.warnings = observation.warnings;
    row.observation.at = record.last_seen;
    row.cluster_id = record.cluster_id;
    memory.observations.push_back(std::move(observation));
  }
  for (const auto& cluster : *clusters) {
    // The record of a cluster whose alias was set by hand says that one.
    if (!cluster.alias.empty() && !memory.alias_overrides.contains(cluster.id)) {
      memory.aliases.emplace(cluster.id, cluster.alias);
    }
    if (!cluster.domain.empty()) {
      memory.domains.emplace(cluster.id, cluster.domain);
    }
    clusters_.emplace(cluster.id, cluster);
  }
  co_return memory;
}

// --- Gathering --------------------------------------------------------------------------------------------------

void Recorder::Impl::observed(const topology::Observation& observation) {
  const auto row = rows_.find(observation.key);
  const bool worth = row == rows_.end() ? is_worth_recording(observation, {})
                                        : is_worth_recording(observation, row->second.observation);
  if (worth) {
    pending_.insert(observation.key);
    wake();
  }
}

void Recorder::Impl::forgotten(const InstanceKey& key) {
  pending_.erase(key);
  // Also when it seems not to be recorded: a batch with it may be on its way.
  forgotten_.insert(key);
  wake();
}

void Recorder::Impl::add_clusters(const topology::Topology& picture, Batch& batch) const {
  for (const auto& cluster : picture.clusters()) {
    const state::ClusterRecord record{cluster.id, cluster.name, cluster.alias == cluster.name ? "" : cluster.alias,
                                      cluster.domain};
    const auto known = clusters_.find(cluster.id);
    if (known == clusters_.end() || known->second != record) {
      batch.commands.push_back(state::RecordCluster{record});
    }
    batch.clusters.emplace(cluster.id, record);
  }
}

void Recorder::Impl::add_instances(const topology::Topology& picture, Batch& batch) const {
  for (const auto& node : picture.nodes()) {
    if (node.instance() == nullptr) {
      continue;
    }
    const auto& id = picture.cluster_of(node).id;
    const auto row = rows_.find(node.key());
    const bool moved = row != rows_.end() && row->second.cluster_id != id;
    if (!moved && !pending_.contains(node.key())) {
      continue;
    }
    const auto& check = node.observation->check;
    batch.commands.push_back(
        state::RecordInstance{{node.key(), id, node.instance()->master_key(), node.instance()->server_uuid,
                               to_state_time(check.last_seen), to_stored(*node.observation)}});
    batch.rows.emplace_back(
        node.key(),
        Row{{node.observation->instance, node.observation->warnings, check.last_check_valid, check.last_seen}, id});
  }
}

Recorder::Impl::Batch Recorder::Impl::gather() const {
  const auto picture = picture_();
  Batch batch;
  batch.pending = pending_;
  batch.forgotten = forgotten_;
  for (const auto& key : forgotten_) {
    if (!picture->find(key)) {
      batch.commands.push_back(state::ForgetInstance{key});
    }
  }
  add_clusters(*picture, batch);
  add_instances(*picture, batch);
  return batch;
}

// --- Sending ----------------------------------------------------------------------------------------------------

void Recorder::Impl::confirm(Batch batch) {
  for (const auto& key : batch.forgotten) {
    forgotten_.erase(key);
    rows_.erase(key);
  }
  for (const auto& key : batch.pending) {
    pending_.erase(key);
  }
  for (auto& [key, row] : batch.rows) {
    rows_[key] = std::move(row);
  }
  clusters_ = std::move(batch.clusters);
}

asio::awaitable<state::Result<void>> Recorder::Impl::flush() {
  auto batch = gather();
  if (batch.commands.empty()) {
    confirm(std::move(batch));
    co_return state::Result<void>{};
  }
  auto commands = std::move(batch.commands);
  const auto answers = co_await state_.apply(std::move(commands));
  state::Result<void> result;
  if (answers) {
    confirm(std::move(batch));
  } else {
    result = answers.error();
  }
  tell(result);
  co_return result;
}

void Recorder::Impl::tell(const state::Result<void>& result) {
  const auto trouble = result ? std::string() : result.error().message();
  if (trouble == trouble_) {
    return;
  }
  trouble_ = trouble;
  if (trouble.empty()) {
    spdlog::info("what is observed is recorded again");
  } else {
    spdlog::error("what is observed cannot be recorded; it is kept and tried again: {}", trouble);
  }
}

void Recorder::Impl::wake() {
  timer_.cancel();
}

asio::awaitable<void> Recorder::Impl::run(std::shared_ptr<Impl> self) {
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  std::chrono::milliseconds pause = gathering_time;
  while (!self->stopped_) {
    if (self->pending_.empty() && self->forgotten_.empty()) {
      self->timer_.expires_at(asio::steady_timer::time_point::max());
      [[maybe_unused]] const auto [code] = co_await self->timer_.async_wait(token);
    }
    // More of the same usually follows at once. Waking ends the wait early, so the end is a point in time.
    const auto end = std::chrono::steady_clock::now() + pause;
    while (!self->stopped_ && std::chrono::steady_clock::now() < end) {
      self->timer_.expires_at(end);
      [[maybe_unused]] const auto [code] = co_await self->timer_.async_wait(token);
    }
    if (!self->stopped_) {
      const auto result = co_await self->flush();
      pause = result ? gathering_time : std::min(pause * 2, longest_pause);
    }
  }
}

void Recorder::Impl::stop() {
  stopped_ = true;
  timer_.cancel();
}

// --- The public face --------------------------------------------------------------------------------------------

Recorder::Recorder(asio::any_io_executor executor, SharedState& state, Picture picture)
    : impl_(std::make_shared<Impl>(std::move(executor), state, std::move(picture))) {}

Recorder::~Recorder() {
  impl_->stop();
}

asio::awaitable<state::Result<topology::DiscoveryMemory>> Recorder::load() {
  return impl_->load();
}

void Recorder::start() {
  asio::co_spawn(impl_->executor(), Impl::run(impl_), asio::detached);
}

void Recorder::observed(const topology::Observation& observation) {
  impl_->observed(observation);
}

void Recorder::forgotten(const InstanceKey& key) {
  impl_->forgotten(key);
}

asio::awaitable<state::Result<void>> Recorder::flush() {
  return impl_->flush();
}

void Recorder::stop() {
  impl_->stop();
}

const std::string& Recorder::trouble() const noexcept {
  return impl_->trouble();
}

}  // namespace orchestrator
