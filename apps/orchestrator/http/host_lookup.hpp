// Finds the addresses of a node's host within a deadline.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "http/node_address.hpp"

namespace orchestrator::http {

// Confined to its executor, which must run one handler at a time. The system's resolver cannot be interrupted: callers
// that want the same host share one look-up, so a resolver that hangs piles up nothing, and who gives up leaves it to
// end by itself.
class HostLookup {
 public:
  using Clock = std::chrono::steady_clock;
  using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
  struct Found {
    Endpoints endpoints;
    std::string trouble;  // why there are none
  };

  explicit HostLookup(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  // An IP address needs no look-up.
  [[nodiscard]] boost::asio::awaitable<Found> find(NodeAddress address, Clock::time_point deadline);

 private:
  struct Pending;
  void begin(const NodeAddress& address);

  boost::asio::any_io_executor executor_;
  std::shared_ptr<Pending> pending_;
};

}  // namespace orchestrator::http
