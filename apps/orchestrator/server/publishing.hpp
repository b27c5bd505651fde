// Keeps the key-value stores equal to the masters that discovery sees.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "configuration/configuration.hpp"
#include "kvstore/master_publisher.hpp"
#include "topology/topology.hpp"

namespace orchestrator {

struct PublishingSettings {
  KvSettings kv;
  std::chrono::minutes address_lifetime{60};  // of looked-up IPv4 and IPv6 addresses
};

// Confined to one executor. Every second it compares every store with the picture and repairs what differs; a store
// that fails is asked less often and its trouble is said once in the log, while the others go on.
class Publishing {
 public:
  using Picture = std::function<std::shared_ptr<const topology::Topology>()>;

  // Errors: a Consul address, token or TLS file that cannot be used. Without a configured store nothing is published,
  // and submit() only tells the pairs.
  [[nodiscard]] static kvstore::Result<std::unique_ptr<Publishing>> make(boost::asio::any_io_executor executor,
                                                                         const PublishingSettings& settings,
                                                                         Picture picture);
  ~Publishing();
  Publishing(const Publishing&) = delete;
  Publishing& operator=(const Publishing&) = delete;

  void start();
  void stop();
  // Reads the TLS files of the stores again, soon and for new connections. When they cannot be used, the log says so
  // and everything stays as it was. The settings are those of make().
  void renew();

  // Publishes the masters of a picture now: all, or that of one cluster. The report names what each store answered.
  // Ends within a few seconds even when a store does not answer.
  [[nodiscard]] boost::asio::awaitable<kvstore::PublishReport> submit(std::shared_ptr<const topology::Topology> picture,
                                                                      std::optional<topology::ClusterIndex> only);

 private:
  class Impl;
  explicit Publishing(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace orchestrator
