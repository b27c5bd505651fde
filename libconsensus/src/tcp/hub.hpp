// What all parts of one TcpTransport share.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "async/tasks.hpp"
#include "consensus/tcp_transport.hpp"
#include "tcp/channel.hpp"
#include "wire/hello.hpp"

namespace consensus::tcp {

struct Hub {
  Hub(Runtime& of_node, TcpTransportOptions given)
      : runtime(of_node), options(std::move(given)), tasks(of_node.executor()) {
    resolver = std::make_shared<Resolver>(tasks, system_look_up(of_node.executor()));
  }

  Runtime& runtime;
  TcpTransportOptions options;
  NodeId self;  // known when started
  async::Tasks tasks;
  std::shared_ptr<Resolver> resolver;
  TransportHandler* handler = nullptr;  // while started and not stopped
  std::optional<Error> last_refusal;
  std::uint64_t appends = 0;  // messages with entries that were sent

  [[nodiscard]] std::shared_ptr<Channel> make_channel(Channel::Socket socket, std::size_t max_content) {
    return std::make_shared<Channel>(tasks, std::move(socket), max_content);
  }
};

// Whom to connect to and what for.
struct Destination {
  wire::Purpose purpose = wire::Purpose::messages;
  std::string address;
  NodeId member;  // empty: whoever is there
};

// A connection after all handshakes, or why there is none. Within options.connect_timeout, or `timeout` if it is less.
// Errors: Errc::timeout when nothing answered, Errc::connection_failed when it was refused or reset, Errc::tls_failed,
// Errc::incompatible, Errc::invalid_argument for an address that cannot be one.
[[nodiscard]] boost::asio::awaitable<Result<std::shared_ptr<Channel>>> open_channel(std::shared_ptr<Hub> hub,
                                                                                    Destination destination,
                                                                                    Duration timeout);

}  // namespace consensus::tcp
