// Puts discovery, recording and publishing together for one term of leadership.
#include "server/duties.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "server/fleet_settings.hpp"
#include "server/observation_log.hpp"
#include "topology/instance_key.hpp"

namespace orchestrator {

namespace asio = boost::asio;

kvstore::Result<std::shared_ptr<Duties>> Duties::make(asio::any_io_executor executor,
                                                      const Configuration& configuration, SharedState& state,
                                                      topology::Probing probing) {
  const std::shared_ptr<Duties> duties(new Duties(probing));
  Duties* const self = duties.get();
  const auto picture = [self] { return self->discovery_->topology(); };
  duties->recorder_ = std::make_unique<Recorder>(executor, state, picture);
  topology::DiscoveryEvents events;
  events.on_observed = [self](const topology::Observation& now, const topology::Observation* before) {
    for (const auto& line : lines_about(now, before)) {
      spdlog::log(line.level == LogLine::Level::info ? spdlog::level::info : spdlog::level::warn, "{}", line.text);
    }
    self->recorder_->observed(now);
  };
  events.on_forgotten = [self](const topology::InstanceKey& key) {
    spdlog::info("{} is forgotten", key.to_string());
    self->recorder_->forgotten(key);
  };
  duties->discovery_ = std::make_unique<topology::Discovery>(executor, duties->policy(configuration),
                                                             probe_settings(configuration), std::move(events));
  auto publishing =
      Publishing::make(std::move(executor), {configuration.kv, configuration.hostnames.resolve_expiry}, picture);
  if (!publishing) {
    return publishing.error();
  }
  duties->publishing_ = std::move(*publishing);
  return duties;
}

topology::DiscoveryPolicy Duties::policy(const Configuration& configuration) const {
  auto policy = discovery_policy(configuration);
  policy.probing = probing_;
  return policy;
}

asio::awaitable<state::Result<std::size_t>> Duties::take_up(const Configuration& configuration) {
  auto memory = co_await recorder_->load();
  if (!memory) {
    co_return memory.error();
  }
  const auto known = memory->observations.size();
  discovery_->restore(std::move(*memory));
  for (const auto& seed : configuration.discovery.seeds) {
    const auto key = topology::parse_instance_key(seed, configuration.topology.default_instance_port);
    if (key) {
      discovery_->add_seed(*key);
    }
  }
  recorder_->start();
  publishing_->start();
  co_return known;
}

void Duties::reconfigure(const Configuration& configuration) {
  discovery_->reconfigure(policy(configuration), probe_settings(configuration));
  publishing_->renew();
}

asio::awaitable<state::Result<void>> Duties::finish() {
  publishing_->stop();
  recorder_->stop();
  return recorder_->flush();
}

void Duties::lay_down() {
  publishing_->stop();
  recorder_->stop();
  discovery_->stop();
}

}  // namespace orchestrator
