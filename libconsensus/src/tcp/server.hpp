// What connects to this node: accepting, the handshake, and messages, snapshots and requests that come in.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "tcp/hub.hpp"
#include "wire/hello.hpp"

namespace consensus::tcp {

class Server : public async::Closable, public std::enable_shared_from_this<Server> {
 public:
  // `on_caller` is told of each member that begins to send messages, and where it says it is reached.
  Server(std::shared_ptr<Hub> hub, std::function<void(const Member&)> on_caller);

  // Errors: Errc::invalid_argument, Errc::connection_failed.
  boost::asio::awaitable<Result<void>> listen();
  [[nodiscard]] std::string address() const;
  // Where a member that is connected to us says it is reached.
  [[nodiscard]] std::optional<std::string> caller_address(const NodeId& member) const;
  void close(const Error& reason) override;

 private:
  using ChannelPtr = std::shared_ptr<Channel>;
  struct Caller {
    ChannelPtr channel;
    std::string address;
  };

  // A snapshot that is being received. A newer one from the same peer breaks it off and waits for its end.
  struct Reception {
    Reception(const boost::asio::any_io_executor& executor, ChannelPtr of) : channel(std::move(of)), ended(executor) {}
    ChannelPtr channel;
    async::WakeUp ended;
    bool is_over = false;
  };

  boost::asio::awaitable<void> accept(std::shared_ptr<Server> self);
  boost::asio::awaitable<void> serve(std::shared_ptr<Server> self, ChannelPtr channel);
  boost::asio::awaitable<Result<wire::Hello>> meet(ChannelPtr channel);
  boost::asio::awaitable<Result<void>> receive_messages(ChannelPtr channel, wire::Hello hello);
  Result<void> take_message(const wire::Frame& frame, const NodeId& from);
  boost::asio::awaitable<Result<void>> answer_requests(ChannelPtr channel, wire::Hello hello);
  boost::asio::awaitable<wire::EncodedFrame> answer_request(wire::Frame frame, NodeId from);
  boost::asio::awaitable<Result<void>> receive_snapshot_alone(ChannelPtr channel, wire::Hello hello);
  boost::asio::awaitable<Result<void>> serve_purpose(ChannelPtr channel, wire::Hello hello);
  void leave(const ChannelPtr& channel, const NodeId& from, const Result<void>& why);
  // What is told to the other side before the connection is closed.
  boost::asio::awaitable<void> turn_away(ChannelPtr channel, Error error);

  std::shared_ptr<Hub> hub_;
  std::function<void(const Member&)> on_caller_;
  boost::asio::ip::tcp::acceptor acceptor_;
  async::WakeUp pause_;
  async::Tasks::Registration registration_;
  std::map<NodeId, Caller> callers_;
  std::map<NodeId, std::shared_ptr<Reception>> receptions_;
  std::size_t connections_ = 0;
  std::size_t requests_ = 0;
};

}  // namespace consensus::tcp
