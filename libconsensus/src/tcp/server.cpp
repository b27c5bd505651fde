// What connects to this node: accepting, the handshake, and messages, snapshots and requests that come in.
#include "tcp/server.hpp"

#include <chrono>
#include <utility>

#include "tcp/snapshot_stream.hpp"
#include "tcp/tls.hpp"
#include "wire/message_codec.hpp"

namespace consensus::tcp {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// After accept() failed, which it does when there are no more file descriptors.
constexpr Duration accept_pause = std::chrono::milliseconds(100);
// A caller keeps a connection for its next request no longer than that.
constexpr Duration max_idle_time = std::chrono::seconds(60);
constexpr Duration answer_write_time = std::chrono::seconds(30);

Error listen_error(const std::string& address, const error_code& error) {
  return make_error(Errc::connection_failed, "cannot listen at " + address + ": " + error.message());
}

// Counts one while it lives.
class Counted {
 public:
  explicit Counted(std::size_t& count) : count_(count) { ++count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --count_; }

 private:
  std::size_t& count_;
};

// The other side went or was cut off already; there is nothing to tell it.
bool is_departure(const Error& error) {
  return error.code == Errc::connection_failed || error.code == Errc::stopped || error.code == Errc::timeout;
}

}  // namespace

Server::Server(std::shared_ptr<Hub> hub, std::function<void(const Member&)> on_caller)
    : hub_(std::move(hub)),
      on_caller_(std::move(on_caller)),
      acceptor_(hub_->tasks.executor()),
      pause_(hub_->tasks.executor()),
      registration_(hub_->tasks, *this) {}

awaitable<Result<void>> Server::listen() {
  const auto address = parse_address(hub_->options.listen);
  if (!address) co_return address.error();
  auto resolving = hub_->resolver->resolve(*address, hub_->options.connect_timeout);
  auto endpoints = co_await std::move(resolving);
  if (!endpoints) co_return endpoints.error();
  const std::string text = address->text();
  if (endpoints->empty()) co_return make_error(Errc::connection_failed, text);
  const tcp::endpoint endpoint = endpoints->front();
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (error) co_return listen_error(text, error);
  acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  acceptor_.bind(endpoint, error);
  if (error) co_return listen_error(text, error);
  acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) co_return listen_error(text, error);
  const auto self = shared_from_this();
  hub_->tasks.spawn(self, accept(self));
  co_return Result<void>();
}

std::string Server::address() const {
  error_code ignored;
  const tcp::endpoint endpoint = acceptor_.local_endpoint(ignored);
  return Address{endpoint.address().to_string(), endpoint.port()}.text();
}

std::optional<std::string> Server::caller_address(const NodeId& member) const {
  const auto caller = callers_.find(member);
  if (caller == callers_.end()) return std::nullopt;
  return caller->second.address;
}

void Server::close(const Error&) {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.wake();
}

awaitable<void> Server::accept(std::shared_ptr<Server> self) {
  while (acceptor_.is_open()) {
    auto [error, socket] = co_await acceptor_.async_accept(as_result);
    if (hub_->tasks.is_closed()) co_return;
    if (error) {
      auto pausing = pause_.wait_for(accept_pause);
      co_await std::move(pausing);
      continue;
    }
    if (connections_ >= hub_->options.max_connections) {
      hub_->last_refusal = make_error(Errc::overloaded, "too many connections");
      continue;
    }
    auto channel = hub_->make_channel(std::move(socket), wire::max_hello_size);
    hub_->tasks.spawn(self, serve(self, std::move(channel)));
  }
}

awaitable<void> Server::serve(std::shared_ptr<Server> self, ChannelPtr channel) {
  const Counted connection(self->connections_);
  auto meeting = meet(channel);
  auto hello = co_await std::move(meeting);
  Result<void> result;
  if (hello) {
    auto serving = serve_purpose(channel, std::move(*hello));
    result = co_await std::move(serving);
  } else {
    result = hello.error();
  }
  if (!result && !is_departure(result.error())) {
    auto turning_away = turn_away(channel, result.error());
    co_await std::move(turning_away);
  }
  channel->close(make_error(Errc::stopped, "served"));
}

awaitable<Result<wire::Hello>> Server::meet(ChannelPtr channel) {
  channel->tune(hub_->options.vanished_after);
  channel->expires_after(hub_->options.connect_timeout, "no handshake in time");
  if (hub_->options.tls) {
    auto context = make_tls_context(*hub_->options.tls);
    if (!context) co_return context.error();
    auto securing = channel->secure(std::move(*context), TlsRole::server);
    auto secured = co_await std::move(securing);
    if (!secured) co_return secured.error();
  }
  auto reading = channel->read();
  auto frame = co_await std::move(reading);
  if (!frame) co_return frame.error();
  if (frame->kind != wire::FrameKind::hello) co_return make_error(Errc::malformed, "a connection without a hello");
  auto hello = wire::decode_hello(frame->content);
  if (!hello) co_return hello.error();
  const auto welcome = wire::answer(*hello, hub_->options.group, hub_->self);
  if (!welcome) co_return welcome.error();
  if (hub_->options.tls) {
    const auto verified = verify_member(channel->tls(), *hub_->options.tls, hello->from);
    if (!verified) co_return verified.error();
  }
  auto welcoming = channel->write(wire::encode(*welcome));
  auto welcomed = co_await std::move(welcoming);
  if (!welcomed) co_return welcomed.error();
  channel->expires_never();
  co_return hello;
}

awaitable<Result<void>> Server::serve_purpose(ChannelPtr channel, wire::Hello hello) {
  using Serving = awaitable<Result<void>>;
  const bool for_requests = hello.purpose == wire::Purpose::requests;
  channel->allow(for_requests ? hub_->options.max_request_bytes : hub_->options.max_message_bytes);
  auto begin = [&]() -> Serving {
    switch (hello.purpose) {
      case wire::Purpose::messages:
        return receive_messages(channel, hello);
      case wire::Purpose::snapshot:
        return receive_snapshot_alone(channel, hello);
      case wire::Purpose::requests:
        return answer_requests(channel, hello);
    }
    return answer_requests(channel, hello);
  };
  Serving serving = begin();
  auto served = co_await std::move(serving);
  co_return served;
}

awaitable<void> Server::turn_away(ChannelPtr channel, Error error) {
  hub_->last_refusal = error;
  // Without TLS there is nobody to whom it could be told.
  if (error.code == Errc::tls_failed && channel->tls() != nullptr && !SSL_is_init_finished(channel->tls())) co_return;
  auto writing = channel->write_last(wire::encode(error));
  co_await std::move(writing);
}

awaitable<Result<void>> Server::receive_messages(ChannelPtr channel, wire::Hello hello) {
  Caller& caller = callers_[hello.from];
  if (caller.channel) caller.channel->close(make_error(Errc::stopped, "replaced by a newer connection"));
  caller.channel = channel;
  caller.address = hello.address;
  on_caller_({hello.from, hello.address});
  Result<void> result;
  for (bool is_open = true; is_open && result;) {
    auto frame = channel->next();
    if (!frame) {
      result = frame.error();
    } else if (channel->reason()) {
      result = *channel->reason();
    } else if (!*frame) {
      auto filling = channel->fill();
      result = co_await std::move(filling);
    } else if ((*frame)->kind == wire::FrameKind::goodbye) {
      is_open = false;
    } else {
      result = take_message(**frame, hello.from);
    }
  }
  leave(channel, hello.from, result);
  co_return result;
}

Result<void> Server::take_message(const wire::Frame& frame, const NodeId& from) {
  if (frame.kind != wire::FrameKind::message) return make_error(Errc::malformed, "a frame that is no message");
  auto message = wire::decode_message(frame.content, frame.owner);
  if (!message) return message.error();
  if (message->from != from || message->to != hub_->self) {
    return make_error(Errc::incompatible, "a message from '" + message->from.name() + "' to '" + message->to.name() +
                                              "' on a connection from '" + from.name() + "'");
  }
  if (hub_->handler != nullptr) hub_->handler->on_message(std::move(*message));
  return {};
}

void Server::leave(const ChannelPtr& channel, const NodeId& from, const Result<void>& why) {
  const auto caller = callers_.find(from);
  if (caller == callers_.end() || caller->second.channel != channel) return;
  callers_.erase(caller);
  const bool was_cut = !why && why.error().code == Errc::connection_failed;
  if (was_cut && hub_->handler != nullptr) hub_->handler->on_peer_lost(from);
}

awaitable<Result<void>> Server::answer_requests(ChannelPtr channel, wire::Hello hello) {
  for (;;) {
    channel->expires_after(max_idle_time, "idle");
    auto reading = channel->read();
    auto frame = co_await std::move(reading);
    if (!frame) co_return frame.error();
    if (frame->kind != wire::FrameKind::request) co_return make_error(Errc::malformed, "a frame that is no request");
    channel->expires_never();
    auto answering = answer_request(std::move(*frame), hello.from);
    auto answer = co_await std::move(answering);
    channel->expires_after(answer_write_time, "the answer is not taken");
    auto writing = channel->write(std::move(answer));
    auto written = co_await std::move(writing);
    if (!written) co_return written;
  }
}

awaitable<wire::EncodedFrame> Server::answer_request(wire::Frame frame, NodeId from) {
  if (hub_->handler == nullptr) co_return wire::encode(make_error(Errc::stopped, hub_->self.name()));
  if (requests_ >= hub_->options.max_requests) {
    const std::string context = std::to_string(requests_) + " requests are being answered";
    co_return wire::encode(make_error(Errc::overloaded, context));
  }
  const Counted request(requests_);
  std::string content(frame.content);
  auto calling = hub_->tasks.call(hub_->handler->on_request(std::move(from), std::move(content)));
  auto answer = co_await std::move(calling);
  if (!answer) co_return wire::encode(answer.error());
  if (answer->size() > hub_->options.max_request_bytes) {
    const std::string context = "an answer of " + std::to_string(answer->size()) + " bytes is too long";
    co_return wire::encode(make_error(Errc::invalid_argument, context));
  }
  wire::FrameWriter writer(wire::FrameKind::answer);
  writer.payload(Payload(std::move(*answer)));
  co_return writer.finish();
}

awaitable<Result<void>> Server::receive_snapshot_alone(ChannelPtr channel, wire::Hello hello) {
  const auto mine = std::make_shared<Reception>(hub_->tasks.executor(), channel);
  const auto former = std::exchange(receptions_[hello.from], mine);
  if (former) {
    former->channel->close(make_error(Errc::stopped, "replaced by a newer snapshot"));
    while (!former->is_over) {
      auto waiting = former->ended.wait();
      co_await std::move(waiting);
    }
  }
  auto receiving = receive_snapshot(hub_, channel, hello.from);
  auto received = co_await std::move(receiving);
  mine->is_over = true;
  mine->ended.wake();
  if (receptions_[hello.from] == mine) receptions_.erase(hello.from);
  co_return received;
}

}  // namespace consensus::tcp
