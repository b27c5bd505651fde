// Brings one store up to date with the wanted pairs of all clusters.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kvstore/master_publisher.hpp"
#include "publish_tickets.hpp"

namespace kvstore {

// What one cluster's keys shall be.
struct PublishTarget {
  std::string alias;
  std::vector<KeyValue> pairs;
  std::optional<Error> refused;  // cannot be published anywhere
};

struct PublishWork {
  std::vector<PublishTarget> targets;
  std::string folder;  // holds the keys of every cluster
  std::uint64_t ticket = 0;
};

// One store in one publish(). Runs on a strand; `work` and `tickets` outlive it.
class StorePublication {
 public:
  StorePublication(std::shared_ptr<KvStore> store, const PublishWork& work, const PublishTickets& tickets,
                   const PublisherOptions& options);

  [[nodiscard]] boost::asio::awaitable<StoreReport> run();

 private:
  boost::asio::awaitable<void> publish_all();
  boost::asio::awaitable<void> publish_next_ones();
  boost::asio::awaitable<ClusterReport> publish_one(std::size_t index);
  void fail_all(const Error& error);

  const std::shared_ptr<KvStore> store_;
  const PublishWork& work_;
  const PublishTickets& tickets_;
  const PublisherOptions& options_;
  const Deadline deadline_;
  std::vector<Entry> observed_;
  std::size_t next_ = 0;
  StoreReport report_;
};

}  // namespace kvstore
