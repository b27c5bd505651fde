// The outgoing messages to one peer and the connection they go over.
#include "tcp/peer_link.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "wire/message_codec.hpp"

namespace consensus::tcp {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

constexpr std::size_t max_batch_bytes = 1024 * 1024;
// A connection that lived for so long was a good one: the next attempt is a first one.
constexpr Duration good_life = std::chrono::seconds(1);
// For the peer's reason, after it has cut the connection off.
constexpr Duration last_words_time = std::chrono::seconds(1);

Weight weight_of(const Message& message) noexcept {
  const bool passes =
      std::holds_alternative<Heartbeat>(message.body) || std::holds_alternative<HeartbeatReply>(message.body);
  return passes ? Weight::passing : Weight::lasting;
}

// Nobody listens, the connection was cut, or someone else is there. Silence proves nothing.
bool is_loss(const Error& error) {
  return error.code == Errc::connection_failed || error.code == Errc::incompatible;
}

}  // namespace

PeerLink::PeerLink(std::shared_ptr<Hub> hub, Member peer)
    : hub_(std::move(hub)),
      peer_(std::move(peer)),
      queue_({hub_->options.max_queue_messages, hub_->options.max_queue_bytes}),
      wake_(hub_->tasks.executor()),
      registration_(hub_->tasks, *this) {}

void PeerLink::start() {
  const auto self = shared_from_this();
  hub_->tasks.spawn(self, run(self));
}

void PeerLink::send(const Message& message) {
  if (state_ == LinkStatus::State::waiting || end_ != End::none) {
    queue_.lose_one();
    return;
  }
  wire::EncodedFrame frame = wire::encode(message);
  if (frame.size() - wire::frame_head_size > hub_->options.max_message_bytes) {
    problem_ = make_error(Errc::invalid_argument, "a message of " + std::to_string(frame.size()) + " bytes to '" +
                                                      peer_.id.name() + "' is too long to be sent");
    queue_.lose_one();
    return;
  }
  queue_.push(weight_of(message), std::move(frame));
  wake_.wake();
}

void PeerLink::set_address(const std::string& address) {
  if (address == peer_.address) return;
  const std::string before = this->address();
  peer_.address = address;
  called_from_.clear();
  if (before == address) return;
  is_moved_ = true;
  retry_now();
}

void PeerLink::heard_from(const std::string& address) {
  if (!address.empty() && address != this->address()) {
    called_from_ = address == peer_.address ? std::string() : address;
    is_moved_ = true;
  }
  retry_now();
}

void PeerLink::retry_now() {
  shall_retry_ = true;
  wake_.wake();
}

void PeerLink::part() {
  if (end_ == End::none) end_ = End::parted;
  wake_.wake();
}

void PeerLink::close(const Error& reason) {
  end_ = End::closed;
  if (channel_) channel_->close(reason);
  wake_.wake();
}

LinkStatus PeerLink::status() const {
  LinkStatus status;
  status.id = peer_.id;
  status.address = address();
  status.state = state_;
  status.problem = problem_;
  status.queued_messages = queue_.messages();
  status.queued_bytes = queue_.bytes();
  status.sent_messages = sent_;
  status.lost_messages = queue_.lost();
  return status;
}

awaitable<void> PeerLink::run(std::shared_ptr<PeerLink> self) {
  while (end_ == End::none) {
    state_ = LinkStatus::State::connecting;
    is_moved_ = false;
    shall_retry_ = false;
    auto connecting = connect();
    const auto connected = co_await std::move(connecting);
    if (connected) {
      const TimePoint since = hub_->runtime.now();
      hub_->tasks.spawn(self, read_until_over(self, channel_));
      auto writing = write_until_over(channel_);
      co_await std::move(writing);
      if (hub_->runtime.now() - since >= good_life) failures_ = 0;
      problem_ = channel_->reason();
      channel_.reset();
    } else {
      problem_ = connected.error();
    }
    if (end_ != End::none) break;
    queue_.clear();
    if (is_moved_) continue;
    report(*problem_);
    auto waiting = wait_before_retry();
    co_await std::move(waiting);
  }
  queue_.clear();
}

awaitable<Result<void>> PeerLink::connect() {
  Destination destination;
  destination.address = address();
  destination.member = peer_.id;
  const std::string tried = destination.address;
  auto opening = open_channel(hub_, std::move(destination), hub_->options.connect_timeout);
  auto opened = co_await std::move(opening);
  if (!opened && tried == called_from_) called_from_.clear();
  if (!opened) co_return opened.error();
  channel_ = std::move(*opened);
  state_ = LinkStatus::State::connected;
  problem_.reset();
  is_reported_ = false;
  co_return Result<void>();
}

// Returns with the channel closed.
awaitable<void> PeerLink::write_until_over(std::shared_ptr<Channel> channel) {
  while (!channel->reason() && end_ == End::none && !is_moved_) {
    if (queue_.empty()) {
      auto waiting = wake_.wait();
      co_await std::move(waiting);
      continue;
    }
    std::vector<wire::EncodedFrame> batch = queue_.take(max_batch_bytes);
    sent_ += batch.size();
    auto writing = channel->write(std::move(batch));
    const auto written = co_await std::move(writing);
    if (written) continue;
    channel->expires_after(last_words_time, written.error().context);
    while (!channel->reason()) {
      auto waiting = wake_.wait();
      co_await std::move(waiting);
    }
  }
  if (!channel->reason() && end_ != End::closed) {
    channel->expires_after(last_words_time, "closed here");
    auto parting = channel->write(wire::make_frame(wire::FrameKind::goodbye, ""));
    const auto parted = co_await std::move(parting);
    static_cast<void>(parted);
  }
  channel->close(make_error(Errc::stopped, "closed here"));
}

// Nothing is expected: it is there to notice at once that the connection is cut.
awaitable<void> PeerLink::read_until_over(std::shared_ptr<PeerLink> self, std::shared_ptr<Channel> channel) {
  auto reading = channel->read();
  const auto frame = co_await std::move(reading);
  channel->close(meaning_of(frame));
  self->wake_.wake();
}

Error PeerLink::meaning_of(const Result<wire::Frame>& frame) {
  if (!frame) return frame.error();
  if (frame->kind == wire::FrameKind::refusal) return wire::decode_error(frame->content);
  return make_error(Errc::malformed, "the peer sent something where nothing is expected");
}

awaitable<void> PeerLink::wait_before_retry() {
  state_ = LinkStatus::State::waiting;
  shall_retry_ = false;
  const TimePoint start = hub_->runtime.now();
  const TimePoint latest = start + retry_delay();
  // Even if the peer calls: two nodes that cut each other off shall not do so without pause.
  const TimePoint earliest = std::min(latest, start + hub_->options.min_retry_delay / 2);
  ++failures_;
  for (;;) {
    const TimePoint due = shall_retry_ ? earliest : latest;
    const TimePoint now = hub_->runtime.now();
    if (now >= due || end_ != End::none) co_return;
    auto waiting = wake_.wait_for(due - now);
    co_await std::move(waiting);
  }
}

Duration PeerLink::retry_delay() {
  const TcpTransportOptions& options = hub_->options;
  Duration longest = options.min_retry_delay;
  for (unsigned i = 0; i < failures_ && longest < options.max_retry_delay; ++i) longest *= 2;
  longest = std::min(longest, options.max_retry_delay);
  const auto half = static_cast<std::uint64_t>(longest.count() / 2);
  const std::uint64_t random = half == 0 ? 0 : hub_->runtime.random() % half;
  return longest / 2 + Duration(random);
}

void PeerLink::report(const Error& problem) {
  if (is_reported_ || !is_loss(problem) || hub_->handler == nullptr) return;
  is_reported_ = true;
  hub_->handler->on_peer_lost(peer_.id);
}

}  // namespace consensus::tcp
