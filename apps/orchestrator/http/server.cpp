// Listens, keeps the connections, and stops in order.
#include "http/server.hpp"

#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <unordered_map>
#include <utility>

#include "http/connection.hpp"
#include "http/listener.hpp"
#include "http/tls.hpp"

namespace orchestrator::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::local::stream_protocol;
using boost::system::error_code;

constexpr auto as_tuple_token = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds pause_after_failed_accept{100};
constexpr std::chrono::seconds time_to_abandon{1};

std::string address_text(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string() + ":" +
           std::to_string(endpoint.port());
  }
  const auto host = address.to_string();
  return (address.is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port());
}

// Tells a client that there is no room, without waiting for him.
template <class Socket>
void turn_away(Socket socket, const std::string& server_name) {
  error_code ignored;
  const auto response = text_response(503, "503 too many connections");
  const HeadOptions options{KeepAlive::no, server_name, std::chrono::system_clock::now()};
  const auto text = response_head(response, options) + response.body;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(text), ignored);
  socket.shutdown(asio::socket_base::shutdown_send, ignored);
}

}  // namespace

class Server::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::any_io_executor executor, std::shared_ptr<Site> site)
      : executor_(std::move(executor)), site_(std::move(site)), pause_(executor_), drained_(executor_) {}

  Result<std::uint16_t> listen() {
    const auto& options = site_->options;
    if (!options.unix_socket.empty()) {
      auto acceptor = listen_unix(executor_, options.unix_socket);
      if (!acceptor) {
        return acceptor.error();
      }
      local_.emplace(std::move(*acceptor));
      asio::co_spawn(executor_, accept_all(shared_from_this(), *local_), asio::detached);
      return std::uint16_t{0};
    }
    auto acceptor = listen_tcp(executor_, options.address);
    if (!acceptor) {
      return acceptor.error();
    }
    tcp_.emplace(std::move(*acceptor));
    endpoint_ = tcp_->local_endpoint();
    asio::co_spawn(executor_, accept_all(shared_from_this(), *tcp_), asio::detached);
    return endpoint_.port();
  }

  void stop_accepting() noexcept {
    site_->stopping = true;
    error_code ignored;
    pause_.cancel();
    if (tcp_) {
      tcp_->close(ignored);
    }
    if (local_ && local_->is_open()) {
      local_->close(ignored);
      ::unlink(site_->options.unix_socket.c_str());
    }
  }

  void close_idle() noexcept {
    for (const auto& [pointer, connection] : connections_) {
      if (!connection->busy()) {
        connection->close();
      }
    }
  }

  void close_all() {
    const auto held = connections_;  // closing may end a connection
    for (const auto& [pointer, connection] : held) {
      connection->close();
      connection->cancellation().emit(asio::cancellation_type::terminal);
    }
  }

  asio::awaitable<void> wait_until_drained(std::chrono::milliseconds limit) {
    if (!connections_.empty()) {
      drained_.expires_after(limit);
      co_await drained_.async_wait(as_tuple_token);
    }
  }

  [[nodiscard]] const tcp::endpoint& endpoint() const noexcept { return endpoint_; }
  [[nodiscard]] const ServerOptions& options() const noexcept { return site_->options; }
  [[nodiscard]] std::size_t connections() const noexcept { return connections_.size(); }

 private:
  template <class Acceptor>
  static asio::awaitable<void> accept_all(std::shared_ptr<Impl> self, Acceptor& acceptor) {
    while (!self->site_->stopping) {
      auto accepted = co_await acceptor.async_accept(as_tuple_token);
      auto& [code, socket] = accepted;
      if (!acceptor.is_open()) {
        co_return;
      }
      if (!code) {
        self->welcome(std::move(socket));
      } else if (code != asio::error::connection_aborted) {
        // Out of file descriptors, as a rule: trying again at once would only burn the processor.
        self->site_->options.log("cannot accept an HTTP connection: " + code.message());
        self->pause_.expires_after(pause_after_failed_accept);
        co_await self->pause_.async_wait(as_tuple_token);
      }
    }
  }

  void welcome(tcp::socket socket) {
    error_code code;
    const auto peer = socket.remote_endpoint(code);
    if (code) {
      return;  // gone already
    }
    socket.set_option(tcp::no_delay(true), code);
    if (connections_.size() >= site_->options.limits.connections) {
      if (!site_->tls) {
        turn_away(std::move(socket), site_->options.name);
      }
      return;
    }
    if (site_->tls) {
      launch(std::make_shared<StreamConnection<TlsStream>>(site_, TlsStream(std::move(socket), *site_->tls),
                                                           address_text(peer)));
    } else {
      launch(
          std::make_shared<StreamConnection<PlainStream>>(site_, PlainStream(std::move(socket)), address_text(peer)));
    }
  }

  void welcome(stream_protocol::socket socket) {
    if (connections_.size() >= site_->options.limits.connections) {
      turn_away(std::move(socket), site_->options.name);
      return;
    }
    launch(std::make_shared<StreamConnection<LocalStream>>(site_, LocalStream(std::move(socket)), std::string()));
  }

  void launch(std::shared_ptr<Connection> connection) {
    auto* pointer = connection.get();
    connections_.emplace(pointer, connection);
    auto ended = [self = shared_from_this(), connection](const std::exception_ptr&) {
      connection->close();
      self->connections_.erase(connection.get());
      if (self->connections_.empty()) {
        self->drained_.cancel();
      }
    };
    asio::co_spawn(executor_, pointer->run(),
                   asio::bind_cancellation_slot(pointer->cancellation().slot(), std::move(ended)));
  }

  asio::any_io_executor executor_;
  std::shared_ptr<Site> site_;
  asio::steady_timer pause_;
  asio::steady_timer drained_;
  std::optional<tcp::acceptor> tcp_;
  std::optional<stream_protocol::acceptor> local_;
  tcp::endpoint endpoint_;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
};

Result<std::unique_ptr<Server>> Server::start(asio::any_io_executor executor, ServerOptions options,
                                              RequestHandler handler) {
  auto site = std::make_shared<Site>();
  if (options.tls && options.unix_socket.empty()) {
    auto context = make_tls_context(*options.tls);
    if (!context) {
      return context.error();
    }
    site->tls = std::move(*context);
  }
  site->options = std::move(options);
  site->handler = std::move(handler);
  auto impl = std::make_shared<Impl>(std::move(executor), std::move(site));
  const auto port = impl->listen();
  if (!port) {
    return port.error();
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() {
  impl_->stop_accepting();
  impl_->close_all();
}

std::uint16_t Server::port() const noexcept {
  return impl_->endpoint().port();
}

std::string Server::description() const {
  if (!impl_->options().unix_socket.empty()) {
    return "unix:" + impl_->options().unix_socket;
  }
  const auto endpoint = impl_->endpoint();
  const bool everywhere = endpoint.address().is_unspecified();
  const auto where = everywhere ? ":" + std::to_string(endpoint.port()) : address_text(endpoint);
  return (impl_->options().tls ? "https://" : "http://") + where;
}

std::size_t Server::connections() const noexcept {
  return impl_->connections();
}

asio::awaitable<void> Server::stop(std::chrono::milliseconds grace) {
  const auto impl = impl_;
  impl->stop_accepting();
  impl->close_idle();
  co_await impl->wait_until_drained(grace);
  impl->close_all();
  co_await impl->wait_until_drained(time_to_abandon);
}

}  // namespace orchestrator::http
