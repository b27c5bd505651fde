// Requests to other nodes, over connections that are kept for the next one.
#include "tcp/request_client.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace consensus::tcp {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

constexpr std::size_t max_idle_per_address = 8;
// Less than the other side keeps them.
constexpr Duration max_idle_time = std::chrono::seconds(20);

wire::EncodedFrame request_frame(std::string request) {
  wire::FrameWriter frame(wire::FrameKind::request);
  frame.payload(Payload(std::move(request)));
  return frame.finish();
}

}  // namespace

awaitable<Result<std::string>> RequestClient::request(std::string address, std::string request, Duration timeout) {
  if (request.size() > hub_->options.max_request_bytes) {
    co_return make_error(Errc::invalid_argument,
                         "a request of " + std::to_string(request.size()) + " bytes is too long");
  }
  if (requests_ >= hub_->options.max_requests) {
    co_return make_error(Errc::overloaded, std::to_string(requests_) + " requests wait for their answers");
  }
  struct Counted {
    explicit Counted(std::size_t& of) : count(of) { ++count; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count; }
    std::size_t& count;
  };
  const Counted counted(requests_);
  const TimePoint deadline = hub_->runtime.now() + timeout;
  const wire::EncodedFrame frame = request_frame(std::move(request));
  ChannelPtr channel = take_idle(address);
  bool is_sent = false;
  if (channel) {
    auto sending = send(channel, frame, timeout);
    const auto sent = co_await std::move(sending);
    is_sent = sent.has_value();
  }
  if (!is_sent) {
    const Duration left = deadline - hub_->runtime.now();
    Destination destination;
    destination.purpose = wire::Purpose::requests;
    destination.address = address;
    auto opening = open_channel(hub_, std::move(destination), left);
    auto opened = co_await std::move(opening);
    if (!opened) co_return opened.error();
    channel = std::move(*opened);
    auto sending = send(channel, frame, deadline - hub_->runtime.now());
    auto sent = co_await std::move(sending);
    if (!sent) co_return sent.error();
  }
  auto receiving = receive(channel);
  auto answer = co_await std::move(receiving);
  if (!channel->reason()) keep(address, std::move(channel));
  co_return answer;
}

awaitable<Result<void>> RequestClient::send(ChannelPtr channel, wire::EncodedFrame frame, Duration timeout) {
  channel->expires_after(std::max(Duration::zero(), timeout), "no answer in time");
  auto writing = channel->write(std::move(frame));
  auto written = co_await std::move(writing);
  co_return written;
}

// Whatever happens now, the request may have been carried out.
awaitable<Result<std::string>> RequestClient::receive(ChannelPtr channel) {
  auto reading = channel->read();
  auto frame = co_await std::move(reading);
  if (!frame) {
    channel->close(frame.error());
    // TLS 1.3 servers refuse a certificate only after the handshake, and do nothing for its owner.
    const bool is_refused = frame.error().code == Errc::tls_failed;
    co_return is_refused ? frame.error() : make_error(Errc::outcome_unknown, frame.error().context);
  }
  if (frame->kind == wire::FrameKind::refusal) co_return wire::decode_error(frame->content);
  if (frame->kind == wire::FrameKind::answer) co_return std::string(frame->content);
  channel->close(make_error(Errc::malformed, "a frame that is no answer"));
  co_return make_error(Errc::outcome_unknown, "a frame that is no answer");
}

RequestClient::ChannelPtr RequestClient::take_idle(const std::string& address) {
  const auto at = idle_.find(address);
  if (at == idle_.end()) return nullptr;
  ChannelPtr found;
  while (!found && !at->second.empty()) {
    Idle idle = std::move(at->second.back());
    at->second.pop_back();
    const bool is_fresh = hub_->runtime.now() - idle.since < max_idle_time;
    if (is_fresh && idle.channel->is_quiet()) found = std::move(idle.channel);
  }
  if (at->second.empty()) idle_.erase(at);
  return found;
}

void RequestClient::keep(const std::string& address, ChannelPtr channel) {
  if (hub_->tasks.is_closed()) return;
  channel->expires_never();
  std::vector<Idle>& kept = idle_[address];
  kept.push_back({std::move(channel), hub_->runtime.now()});
  if (kept.size() > max_idle_per_address) kept.erase(kept.begin());
}

}  // namespace consensus::tcp
