// The duty of publishing masters.
#include "server/publishing.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <utility>

#include "kvstore/consul.hpp"
#include "server/address_book.hpp"
#include "server/published_masters.hpp"

namespace orchestrator {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds compare_interval{1};
constexpr std::chrono::seconds longest_interval{30};
constexpr std::chrono::seconds datacenter_interval{60};
constexpr std::chrono::seconds datacenter_deadline{2};

kvstore::ConsulOptions consul_options(const KvSettings& settings) {
  kvstore::ConsulOptions options;
  options.address = settings.consul_address;
  options.scheme =
      settings.consul_scheme == ConsulScheme::https ? kvstore::ConsulScheme::https : kvstore::ConsulScheme::http;
  options.token = settings.consul_acl_token.reveal();
  options.tls.verification =
      settings.consul_skip_verify ? kvstore::TlsVerification::none : kvstore::TlsVerification::full;
  options.tls.ca_file = settings.consul_ca_file;
  options.tls.certificate_file = settings.consul_cert_file;
  options.tls.key_file = settings.consul_private_key_file;
  return options;
}

// What is wrong with a store, in one line; "" when nothing is.
std::string trouble_of(const kvstore::StoreReport& report) {
  if (report.error) {
    return report.error->message();
  }
  for (const auto& cluster : report.clusters) {
    if (cluster.error) {
      return "cluster " + cluster.alias + ": " + cluster.error->message();
    }
  }
  return {};
}

}  // namespace

class Publishing::Impl {
 public:
  Impl(asio::any_io_executor executor, const PublishingSettings& settings, Picture picture)
      : executor_(executor),
        kv_(settings.kv),
        picture_(std::move(picture)),
        addresses_(executor, settings.address_lifetime),
        publisher_({}, {.prefix = settings.kv.cluster_master_prefix}),
        timer_(executor) {}

  kvstore::Result<void> use_consul();
  asio::awaitable<kvstore::PublishReport> submit(std::shared_ptr<const topology::Topology> picture,
                                                 std::optional<topology::ClusterIndex> only);
  static asio::awaitable<void> keep_equal(std::shared_ptr<Impl> self);

  asio::any_io_executor executor() const { return executor_; }
  bool has_stores() const noexcept { return has_stores_; }
  void stop() {
    stopped_ = true;
    timer_.cancel();
  }
  void renew() {
    renewal_wanted_ = true;
    timer_.cancel();
  }

 private:
  void renew_if_wanted();
  asio::awaitable<void> look_for_datacenters();
  void tell(const kvstore::PublishReport& report);
  std::chrono::milliseconds next_interval(const kvstore::PublishReport& report);

  asio::any_io_executor executor_;
  const KvSettings kv_;
  Picture picture_;
  AddressBook addresses_;
  kvstore::MasterPublisher publisher_;
  std::optional<kvstore::ConsulDatacenters> datacenters_;
  steady_clock::time_point next_datacenter_look_{};
  asio::steady_timer timer_;
  bool has_stores_ = false;
  bool stopped_ = false;
  bool renewal_wanted_ = false;
  std::map<std::string, std::string> troubles_;  // by store
  std::chrono::milliseconds interval_ = compare_interval;
};

kvstore::Result<void> Publishing::Impl::use_consul() {
  auto store = kvstore::make_consul_store(consul_options(kv_));
  if (!store) {
    return store.error();
  }
  publisher_.set_stores({*store});
  has_stores_ = true;
  if (kv_.consul_cross_data_center_distribution) {
    datacenters_.emplace(consul_options(kv_));
    next_datacenter_look_ = {};
  }
  return {};
}

// Between two publications, when nobody uses the datacenters.
void Publishing::Impl::renew_if_wanted() {
  if (!std::exchange(renewal_wanted_, false)) {
    return;
  }
  interval_ = compare_interval;
  const auto used = use_consul();
  if (!used) {
    spdlog::error("orchestrator goes on with the TLS files it has read before: {}", used.error().message());
  }
}

asio::awaitable<void> Publishing::Impl::look_for_datacenters() {
  const auto now = steady_clock::now();
  if (!datacenters_ || now < next_datacenter_look_) {
    co_return;
  }
  next_datacenter_look_ = now + datacenter_interval;
  const auto deadline = now + datacenter_deadline;
  auto stores = co_await datacenters_->stores(deadline);
  if (stores) {
    publisher_.set_stores(std::move(*stores));
  } else {
    next_datacenter_look_ = now + compare_interval;
  }
}

asio::awaitable<kvstore::PublishReport> Publishing::Impl::submit(std::shared_ptr<const topology::Topology> picture,
                                                                 std::optional<topology::ClusterIndex> only) {
  const auto published = masters_to_publish(*picture, only);
  std::vector<std::string> hostnames;
  for (const auto& master : published) {
    hostnames.push_back(master.key.hostname);
  }
  const auto addresses = co_await addresses_.addresses_of(std::move(hostnames));
  std::vector<kvstore::ClusterMaster> masters;
  for (std::size_t at = 0; at < published.size(); ++at) {
    const auto& [alias, key] = published[at];
    masters.push_back({alias, key.hostname, key.port, addresses[at].ipv4, addresses[at].ipv6});
  }
  auto report = co_await publisher_.publish(std::move(masters));
  co_return report;
}

void Publishing::Impl::tell(const kvstore::PublishReport& report) {
  for (const auto& store : report.stores) {
    for (const auto& cluster : store.clusters) {
      if (cluster.outcome == kvstore::PublishOutcome::published) {
        spdlog::info("{}: the master of {} is published", store.store, cluster.alias);
      }
    }
    const auto trouble = trouble_of(store);
    auto& known = troubles_[store.store];
    if (trouble != known) {
      known = trouble;
      if (trouble.empty()) {
        spdlog::info("{}: masters are published again", store.store);
      } else {
        spdlog::warn("{}: masters cannot be published: {}", store.store, trouble);
      }
    }
  }
}

std::chrono::milliseconds Publishing::Impl::next_interval(const kvstore::PublishReport& report) {
  const bool all_failed =
      !report.stores.empty() && std::all_of(report.stores.begin(), report.stores.end(),
                                            [](const auto& store) { return store.error.has_value(); });
  interval_ = all_failed ? std::min<std::chrono::milliseconds>(interval_ * 2, longest_interval) : compare_interval;
  return interval_;
}

asio::awaitable<void> Publishing::Impl::keep_equal(std::shared_ptr<Impl> self) {
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  while (!self->stopped_) {
    self->renew_if_wanted();
    co_await self->look_for_datacenters();
    if (self->stopped_) {
      co_return;  // another node publishes now, and what shows the picture is gone
    }
    const std::optional<topology::ClusterIndex> all;
    auto picture = self->picture_();
    const auto report = co_await self->submit(std::move(picture), all);
    self->tell(report);
    if (!self->stopped_ && !self->renewal_wanted_) {
      self->timer_.expires_after(self->next_interval(report));
      [[maybe_unused]] const auto [code] = co_await self->timer_.async_wait(token);
    }
  }
}

kvstore::Result<std::unique_ptr<Publishing>> Publishing::make(asio::any_io_executor executor,
                                                              const PublishingSettings& settings, Picture picture) {
  auto impl = std::make_shared<Impl>(std::move(executor), settings, std::move(picture));
  if (!settings.kv.consul_address.empty()) {
    const auto used = impl->use_consul();
    if (!used) {
      return used.error();
    }
  }
  return std::unique_ptr<Publishing>(new Publishing(std::move(impl)));
}

Publishing::Publishing(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Publishing::~Publishing() {
  impl_->stop();
}

void Publishing::start() {
  if (impl_->has_stores()) {
    asio::co_spawn(impl_->executor(), Impl::keep_equal(impl_), asio::detached);
  }
}

void Publishing::stop() {
  impl_->stop();
}

void Publishing::renew() {
  impl_->renew();
}

asio::awaitable<kvstore::PublishReport> Publishing::submit(std::shared_ptr<const topology::Topology> picture,
                                                           std::optional<topology::ClusterIndex> only) {
  return impl_->submit(std::move(picture), only);
}

}  // namespace orchestrator
