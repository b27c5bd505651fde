// Keeps key-value stores equal to the known masters.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kvstore/error.hpp"
#include "kvstore/kv_store.hpp"
#include "kvstore/master_layout.hpp"

namespace kvstore {

enum class PublishOutcome {
  published,   // written now
  unchanged,   // the store had it already
  superseded,  // not written, because a later publish() of this publisher decides about this cluster
  failed,      // not known to be there; see the error
};

struct ClusterReport {
  std::string alias{};
  PublishOutcome outcome = PublishOutcome::failed;
  std::optional<Error> error{};  // set if and only if failed
};

struct StoreReport {
  std::string store{};                    // KvStore::name()
  std::vector<ClusterReport> clusters{};  // one for each cluster given, in the order given
  std::optional<Error> error{};           // the store could not be read at all; every cluster failed with this
};

struct PublishReport {
  std::vector<KeyValue> pairs{};      // all pairs considered: cluster by cluster, five of each
  std::vector<StoreReport> stores{};  // in the order of the stores

  [[nodiscard]] std::size_t count(PublishOutcome outcome) const noexcept;  // over all stores and clusters
};

struct PublisherOptions {
  std::string prefix = "mysql/master";
  std::chrono::milliseconds store_timeout{2000};  // for one store in one publish(), retries included
  std::size_t max_attempts = 3;                   // writes tried for one cluster when others write the same keys
  std::size_t max_parallel_writes = 4;            // for each store
};

// Makes every store say who the master of each cluster is. Level-triggered: publish() reads what a store has, writes
// only the clusters that differ, and can be repeated at any time; it repairs what others have changed.
//
// Atomicity: the keys of one cluster are written in one transaction guarded by the versions that were read, so a
// reader never sees keys of two masters and a concurrent writer is never overwritten unseen.
// Stores: written concurrently, each within its own timeout; one that fails delays no other and hides no error.
// Overlapping calls: allowed, also from several threads; for each cluster the call that began last wins.
// Suspends until every store is done or out of time. Never throws but for cancellation. Nothing is ever deleted.
class MasterPublisher {
 public:
  MasterPublisher(std::vector<std::shared_ptr<KvStore>> stores, PublisherOptions options);
  MasterPublisher(const MasterPublisher&) = delete;
  MasterPublisher& operator=(const MasterPublisher&) = delete;
  ~MasterPublisher();

  // For stores that come and go, such as datacenters. A running publish() keeps the ones it began with.
  void set_stores(std::vector<std::shared_ptr<KvStore>> stores);

  // Clusters without an alias are left out. One that cannot be published (no host, a key no store takes, a key that
  // an earlier cluster of the same call has) fails by itself. The publisher outlives the call.
  [[nodiscard]] boost::asio::awaitable<PublishReport> publish(std::vector<ClusterMaster> masters);

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace kvstore
