// Keeps key-value stores equal to the known masters.
#include "kvstore/master_publisher.hpp"

#include <algorithm>
#include <boost/asio/strand.hpp>
#include <mutex>
#include <set>
#include <utility>

#include "publish_tickets.hpp"
#include "run_all.hpp"
#include "store_publication.hpp"

namespace kvstore {
namespace {

using boost::asio::awaitable;
using Stores = std::vector<std::shared_ptr<KvStore>>;

// Fails a cluster that wants a key of an earlier one: the two would overwrite each other for ever.
void refuse_shared_keys(PublishTarget& target, std::set<std::string>& taken) {
  for (const KeyValue& pair : target.pairs) {
    if (taken.contains(pair.key)) {
      target.refused = make_error(Errc::invalid_argument, "another cluster has the key " + pair.key);
      return;
    }
  }
  for (const KeyValue& pair : target.pairs) taken.insert(pair.key);
}

PublishWork plan_work(const std::string& prefix, const std::vector<ClusterMaster>& masters) {
  PublishWork work;
  work.folder = master_key_prefix(prefix);
  std::set<std::string> taken;
  for (const ClusterMaster& master : masters) {
    if (master.alias.empty()) continue;
    PublishTarget target{master.alias, master_pairs(prefix, master), std::nullopt};
    if (auto valid = check_master(prefix, master); !valid) {
      target.refused = valid.error();
    } else {
      refuse_shared_keys(target, taken);
    }
    work.targets.push_back(std::move(target));
  }
  return work;
}

PublishReport start_report(const PublishWork& work) {
  PublishReport report;
  for (const PublishTarget& target : work.targets) {
    report.pairs.insert(report.pairs.end(), target.pairs.begin(), target.pairs.end());
  }
  return report;
}

awaitable<void> publish_to(StorePublication& publication, StoreReport& report) {
  auto result = co_await publication.run();
  report = std::move(result);
}

// Runs on a strand, so that the parts need no locks.
awaitable<PublishReport> publish_to_all(const Stores& stores, const PublishWork& work, const PublishTickets& tickets,
                                        const PublisherOptions& options) {
  PublishReport report = start_report(work);
  report.stores.resize(stores.size());
  std::vector<std::unique_ptr<StorePublication>> publications;
  std::vector<awaitable<void>> parts;
  for (std::size_t i = 0; i < stores.size(); ++i) {
    publications.push_back(std::make_unique<StorePublication>(stores[i], work, tickets, options));
    parts.push_back(publish_to(*publications[i], report.stores[i]));
  }
  co_await run_all(std::move(parts));
  co_return report;
}

}  // namespace

struct MasterPublisher::State {
  State(Stores initial_stores, PublisherOptions given) : options(std::move(given)), stores(std::move(initial_stores)) {}

  Stores stores_now() const {
    const std::scoped_lock lock(mutex);
    return stores;
  }

  const PublisherOptions options;
  PublishTickets tickets;
  mutable std::mutex mutex;
  Stores stores;
};

MasterPublisher::MasterPublisher(std::vector<std::shared_ptr<KvStore>> stores, PublisherOptions options)
    : state_(std::make_unique<State>(std::move(stores), std::move(options))) {}

MasterPublisher::~MasterPublisher() = default;

void MasterPublisher::set_stores(std::vector<std::shared_ptr<KvStore>> stores) {
  const std::scoped_lock lock(state_->mutex);
  state_->stores = std::move(stores);
}

awaitable<PublishReport> MasterPublisher::publish(std::vector<ClusterMaster> masters) {
  const Stores stores = state_->stores_now();
  PublishWork work = plan_work(state_->options.prefix, masters);
  work.ticket = state_->tickets.take();
  for (const PublishTarget& target : work.targets) {
    if (!target.refused) state_->tickets.claim(target.alias, work.ticket);
  }
  const boost::asio::any_io_executor caller = co_await boost::asio::this_coro::executor;
  const auto strand = boost::asio::make_strand(caller);
  auto everything = publish_to_all(stores, work, state_->tickets, state_->options);
  auto report = co_await boost::asio::co_spawn(strand, std::move(everything), boost::asio::use_awaitable);
  co_return report;
}

std::size_t PublishReport::count(PublishOutcome outcome) const noexcept {
  std::size_t found = 0;
  for (const StoreReport& store : stores) {
    found += static_cast<std::size_t>(std::ranges::count(store.clusters, outcome, &ClusterReport::outcome));
  }
  return found;
}

}  // namespace kvstore
