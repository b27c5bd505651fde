// Proposes what is to be forgotten.
#include "server/housekeeping.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace orchestrator {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::minutes interval{1};
constexpr std::chrono::hours interval_of_the_rest{1};

}  // namespace

state::Expire limits(const Configuration& configuration, topology::SystemTime now) {
  const auto time = std::chrono::time_point_cast<state::Time::duration>(now);
  state::Expire expire;
  expire.now = time;
  expire.unresolves_before = time - configuration.hostnames.resolve_expiry;
  expire.pools_before = time - configuration.maintenance.instance_pool_expiry;
  expire.tokens_before = time - configuration.authentication.token_expiry;
  expire.audit_before = time - configuration.general.audit_purge_age;
  expire.history_before = time - configuration.general.audit_purge_age;
  return expire;
}

bool is_due(const api::Annotations& annotations, const state::Expire& limits) {
  const auto ended = [&](const auto& item) { return item.second.ends_at <= limits.now; };
  const auto expired = [&](const auto& item) { return item.second.expires_at <= limits.now; };
  const auto old_name = [&](const auto& item) { return item.second.registered_at < limits.unresolves_before; };
  const auto has_old = [&](const auto& pool) {
    return std::any_of(pool.second.begin(), pool.second.end(),
                       [&](const auto& item) { return item.second < limits.pools_before; });
  };
  return std::any_of(annotations.downtimes.begin(), annotations.downtimes.end(), ended) ||
         std::any_of(annotations.candidates.begin(), annotations.candidates.end(), expired) ||
         std::any_of(annotations.maintenances.begin(), annotations.maintenances.end(), expired) ||
         std::any_of(annotations.unresolved_hostnames.begin(), annotations.unresolved_hostnames.end(), old_name) ||
         std::any_of(annotations.pools.begin(), annotations.pools.end(), has_old);
}

class Housekeeping::Impl {
 public:
  Impl(const asio::any_io_executor& executor, GroupMemory& memory, std::function<bool()> leads,
       const Configuration& configuration)
      : memory_(memory), leads_(std::move(leads)), configuration_(configuration), timer_(executor) {}

  static asio::awaitable<void> run(std::shared_ptr<Impl> self);
  void reconfigure(const Configuration& configuration) { configuration_ = configuration; }
  void stop() {
    stopped_ = true;
    timer_.cancel();
  }
  asio::any_io_executor executor() { return timer_.get_executor(); }

 private:
  asio::awaitable<void> look();

  GroupMemory& memory_;
  std::function<bool()> leads_;
  Configuration configuration_;
  asio::steady_timer timer_;
  steady_clock::time_point next_of_the_rest_ = steady_clock::now() + interval;
  bool stopped_ = false;
};

asio::awaitable<void> Housekeeping::Impl::look() {
  if (!leads_()) {
    [[maybe_unused]] const auto seen = co_await memory_.refresh();
    co_return;
  }
  const auto expire = limits(configuration_, std::chrono::system_clock::now());
  const auto now = steady_clock::now();
  if (now < next_of_the_rest_ && !is_due(*memory_.annotations(), expire)) {
    co_return;
  }
  std::vector<state::Command> commands;
  commands.emplace_back(expire);
  const auto applied = co_await memory_.apply(std::move(commands));
  if (!applied) {
    spdlog::warn("what has had its time cannot be forgotten yet: {}", applied.error().message());
  } else if (now >= next_of_the_rest_) {
    next_of_the_rest_ = now + interval_of_the_rest;
  }
}

asio::awaitable<void> Housekeeping::Impl::run(std::shared_ptr<Impl> self) {
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  while (!self->stopped_) {
    self->timer_.expires_after(interval);
    [[maybe_unused]] const auto [code] = co_await self->timer_.async_wait(token);
    if (!self->stopped_) {
      co_await self->look();
    }
  }
}

Housekeeping::Housekeeping(asio::any_io_executor executor, GroupMemory& memory, std::function<bool()> leads,
                           const Configuration& configuration)
    : impl_(std::make_shared<Impl>(executor, memory, std::move(leads), configuration)) {}

Housekeeping::~Housekeeping() {
  impl_->stop();
}

void Housekeeping::start() {
  asio::co_spawn(impl_->executor(), Impl::run(impl_), asio::detached);
}

void Housekeeping::stop() {
  impl_->stop();
}

void Housekeeping::reconfigure(const Configuration& configuration) {
  impl_->reconfigure(configuration);
}

}  // namespace orchestrator
