// Makes a connection to another node.
#include <algorithm>

#include "tcp/hub.hpp"
#include "tcp/tls.hpp"

namespace consensus::tcp {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

Error with_address(const std::string& address, Error error) {
  error.context = address + ": " + error.context;
  return error;
}

// The TLS handshake, if there is one.
awaitable<Result<void>> secure(Hub& hub, Channel& channel, const NodeId& member) {
  if (!hub.options.tls) co_return Result<void>();
  auto context = make_tls_context(*hub.options.tls);
  if (!context) co_return context.error();
  auto securing = channel.secure(std::move(*context), TlsRole::client);
  auto secured = co_await std::move(securing);
  if (!secured || member.empty()) co_return secured;
  co_return verify_member(channel.tls(), *hub.options.tls, member);
}

Result<wire::Welcome> read_welcome(const wire::Frame& frame, const NodeId& member) {
  if (frame.kind == wire::FrameKind::refusal) return wire::decode_error(frame.content);
  if (frame.kind != wire::FrameKind::welcome) return make_error(Errc::malformed, "something else instead of a welcome");
  auto welcome = wire::decode_welcome(frame.content);
  if (!welcome) return welcome;
  const bool is_known_version = welcome->version >= wire::min_version && welcome->version <= wire::max_version;
  if (!is_known_version) {
    return make_error(Errc::incompatible, "protocol version " + std::to_string(welcome->version) + " was chosen");
  }
  if (!member.empty() && welcome->from != member) {
    return make_error(Errc::incompatible, "'" + welcome->from.name() + "' answers instead of '" + member.name() + "'");
  }
  return welcome;
}

awaitable<Result<void>> greet(Hub& hub, Channel& channel, const Destination& destination,
                              const std::string& own_address) {
  wire::Hello hello;
  hello.purpose = destination.purpose;
  hello.group = hub.options.group;
  hello.from = hub.self;
  hello.address = own_address;
  hello.to = destination.member;
  auto writing = channel.write(wire::encode(hello));
  auto written = co_await std::move(writing);
  // A refusal may have come before everything was sent.
  if (!written && channel.reason()) co_return written;
  auto reading = channel.read();
  auto frame = co_await std::move(reading);
  if (!frame) co_return frame.error();
  auto welcome = read_welcome(*frame, destination.member);
  if (!welcome) co_return welcome.error();
  // Whoever is there must be who its certificate says.
  if (!hub.options.tls || !destination.member.empty()) co_return Result<void>();
  co_return verify_member(channel.tls(), *hub.options.tls, welcome->from);
}

}  // namespace

awaitable<Result<std::shared_ptr<Channel>>> open_channel(std::shared_ptr<Hub> hub, Destination destination,
                                                         Duration timeout) {
  if (hub->tasks.is_closed()) co_return make_error(Errc::stopped, destination.address);
  const auto address = parse_address(destination.address);
  if (!address) co_return address.error();
  const Duration limit = std::min(timeout, hub->options.connect_timeout);
  const TimePoint start = hub->runtime.now();
  // A part of the time: if nothing comes, the last known endpoints are still to be tried.
  auto resolving = hub->resolver->resolve(*address, limit / 3);
  auto endpoints = co_await std::move(resolving);
  if (!endpoints) co_return with_address(destination.address, endpoints.error());

  const auto channel = hub->make_channel(Channel::Socket(hub->tasks.executor()), wire::max_hello_size);
  channel->expires_after(std::max(Duration::zero(), limit - (hub->runtime.now() - start)), "not connected in time");
  auto connecting = channel->connect(std::move(*endpoints));
  auto connected = co_await std::move(connecting);
  if (!connected) co_return with_address(destination.address, connected.error());
  channel->tune(hub->options.vanished_after);
  auto securing = secure(*hub, *channel, destination.member);
  auto secured = co_await std::move(securing);
  if (!secured) co_return with_address(destination.address, secured.error());
  auto greeting = greet(*hub, *channel, destination, hub->options.address);
  auto greeted = co_await std::move(greeting);
  if (!greeted) co_return with_address(destination.address, greeted.error());
  channel->expires_never();
  const bool for_requests = destination.purpose == wire::Purpose::requests;
  channel->allow(for_requests ? hub->options.max_request_bytes : hub->options.max_message_bytes);
  co_return channel;
}

}  // namespace consensus::tcp
