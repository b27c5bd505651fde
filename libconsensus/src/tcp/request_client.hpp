// Requests to other nodes, over connections that are kept for the next one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tcp/hub.hpp"

namespace consensus::tcp {

class RequestClient : public std::enable_shared_from_this<RequestClient> {
 public:
  explicit RequestClient(std::shared_ptr<Hub> hub) : hub_(std::move(hub)) {}

  boost::asio::awaitable<Result<std::string>> request(std::string address, std::string request, Duration timeout);
  void close_idle() { idle_.clear(); }

 private:
  using ChannelPtr = std::shared_ptr<Channel>;
  struct Idle {
    ChannelPtr channel;
    TimePoint since;
  };

  // One that the other side has not closed; null if there is none.
  ChannelPtr take_idle(const std::string& address);
  void keep(const std::string& address, ChannelPtr channel);
  boost::asio::awaitable<Result<void>> send(ChannelPtr channel, wire::EncodedFrame frame, Duration timeout);
  boost::asio::awaitable<Result<std::string>> receive(ChannelPtr channel);

  std::shared_ptr<Hub> hub_;
  std::map<std::string, std::vector<Idle>> idle_;
  std::size_t requests_ = 0;
};

}  // namespace consensus::tcp
