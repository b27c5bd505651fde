// Brings one store up to date with the wanted pairs of all clusters.
#include "store_publication.hpp"

#include <algorithm>
#include <utility>

#include "run_all.hpp"

namespace kvstore {

using boost::asio::awaitable;

StorePublication::StorePublication(std::shared_ptr<KvStore> store, const PublishWork& work,
                                   const PublishTickets& tickets, const PublisherOptions& options)
    : store_(std::move(store)),
      work_(work),
      tickets_(tickets),
      options_(options),
      deadline_(std::chrono::steady_clock::now() + options.store_timeout) {
  report_.store = store_->name();
  report_.clusters.resize(work_.targets.size());
  for (std::size_t i = 0; i < work_.targets.size(); ++i) report_.clusters[i].alias = work_.targets[i].alias;
}

void StorePublication::fail_all(const Error& error) {
  report_.error = error;
  for (std::size_t i = 0; i < work_.targets.size(); ++i) {
    report_.clusters[i].error = work_.targets[i].refused ? work_.targets[i].refused : error;
  }
}

awaitable<StoreReport> StorePublication::run() {
  // One cluster is read by itself, so that a failover does not read what a thousand others have.
  const bool reads_one = work_.targets.size() == 1 && !work_.targets.front().refused;
  std::string folder = reads_one ? work_.targets.front().pairs.front().key : work_.folder;
  const bool has_work = std::ranges::any_of(work_.targets, [](const auto& target) { return !target.refused; });
  if (has_work) {
    auto observed = co_await store_->list(std::move(folder), deadline_);
    if (!observed) {
      fail_all(observed.error());
      co_return std::move(report_);
    }
    observed_ = std::move(*observed);
  }
  co_await publish_all();
  co_return std::move(report_);
}

awaitable<void> StorePublication::publish_all() {
  const std::size_t count = std::min(std::max<std::size_t>(options_.max_parallel_writes, 1), work_.targets.size());
  std::vector<awaitable<void>> workers;
  for (std::size_t i = 0; i < count; ++i) workers.push_back(publish_next_ones());
  co_await run_all(std::move(workers));
}

awaitable<void> StorePublication::publish_next_ones() {
  while (next_ < work_.targets.size()) {
    const std::size_t index = next_++;
    auto report = co_await publish_one(index);
    report_.clusters[index] = std::move(report);
  }
}

awaitable<ClusterReport> StorePublication::publish_one(std::size_t index) {
  const PublishTarget& target = work_.targets[index];
  if (target.refused) co_return ClusterReport{target.alias, PublishOutcome::failed, target.refused};

  std::vector<Entry> fresh;  // read again after a write that did not go through
  bool may_have_written = false;
  Error last_error;
  for (std::size_t attempt = 0; attempt < std::max<std::size_t>(options_.max_attempts, 1); ++attempt) {
    if (attempt > 0) {
      std::string folder = target.pairs.front().key;
      auto again = co_await store_->list(std::move(folder), deadline_);
      if (!again) break;  // the reason is the write's error, not that of reading after it
      fresh = std::move(*again);
    }
    auto transaction = changes(target.pairs, attempt > 0 ? fresh : observed_);
    if (transaction.empty()) {
      const auto outcome = may_have_written ? PublishOutcome::published : PublishOutcome::unchanged;
      co_return ClusterReport{target.alias, outcome, std::nullopt};
    }
    if (!tickets_.is_current(target.alias, work_.ticket)) {
      co_return ClusterReport{target.alias, PublishOutcome::superseded, std::nullopt};
    }
    auto written = co_await store_->transact(std::move(transaction), deadline_);
    if (written) co_return ClusterReport{target.alias, PublishOutcome::published, std::nullopt};
    last_error = written.error();
    if (!is_conflict(last_error) && !is_outcome_unknown(last_error)) break;
    may_have_written = may_have_written || is_outcome_unknown(last_error);
  }
  co_return ClusterReport{target.alias, PublishOutcome::failed, std::move(last_error)};
}

}  // namespace kvstore
