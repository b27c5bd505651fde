// A transport within one process.
#include "consensus/memory_transport.hpp"

#include <utility>

#include "async/token_bucket.hpp"
#include "memory/conversation.hpp"
#include "memory/network.hpp"
#include "wire/message_codec.hpp"

namespace consensus {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using memory::Awaited;
using memory::Conversation;
using memory::Endpoint;
using memory::Network;

// An error as the other side reads it.
template <class T>
Result<T> through_codec(Result<T> result) {
  if (result) return result;
  return wire::decode_error(wire::encode(result.error()).joined().substr(wire::frame_head_size));
}

// What the receiving side does; its receiver never leaves it.
awaitable<Result<std::uint32_t>> begin_receiving(std::shared_ptr<Endpoint> there, NodeId from,
                                                 SnapshotManifest manifest, std::uint64_t number) {
  if (!there->is_up()) co_return make_error(Errc::stopped, there->self.name());
  auto offering = there->handler->on_snapshot(from, std::move(manifest));
  auto receiver = co_await std::move(offering);
  if (!receiver) co_return receiver.error();
  if (!there->is_up()) co_return make_error(Errc::stopped, there->self.name());
  const std::uint32_t next = (*receiver)->next_chunk();
  if (there->newest_snapshot[from] == number) there->receivers[from] = std::move(*receiver);
  co_return next;
}

awaitable<Result<void>> put_chunk(std::shared_ptr<Endpoint> there, NodeId from, std::uint32_t number,
                                  std::string chunk) {
  const auto found = there->receivers.find(from);
  if (found == there->receivers.end()) co_return make_error(Errc::connection_failed, "the snapshot was broken off");
  const std::shared_ptr<SnapshotReceiver> receiver = found->second;
  Result<void> stored;
  std::function<void()> work = [&] { stored = receiver->put_chunk(number, chunk); };
  auto storing = there->runtime.run(Lane::snapshot, std::move(work));
  co_await std::move(storing);
  co_return stored;
}

awaitable<Result<void>> end_receiving(std::shared_ptr<Endpoint> there, NodeId from, Message message) {
  auto received = there->receivers.extract(from);
  if (received.empty() || !there->is_up()) co_return make_error(Errc::connection_failed, "the snapshot was broken off");
  auto completing = there->handler->on_snapshot_complete(std::move(received.mapped()), std::move(message));
  auto completed = co_await std::move(completing);
  co_return completed;
}

class SnapshotSender {
 public:
  SnapshotSender(std::shared_ptr<Network> network, std::shared_ptr<Endpoint> self,
                 std::shared_ptr<SnapshotReader> reader, std::uint64_t bytes_per_second)
      : conversation_(std::move(network), self),
        self_(std::move(self)),
        reader_(std::move(reader)),
        bucket_(bytes_per_second, self_->runtime.now()) {}
  SnapshotSender(const SnapshotSender&) = delete;
  SnapshotSender& operator=(const SnapshotSender&) = delete;
  ~SnapshotSender() {
    if (number_ > 0 && is_newest()) conversation_.other().receivers.erase(self_->self);
  }

  awaitable<Result<void>> run(std::string address, Message message) {
    auto opening = conversation_.open(wire::Purpose::snapshot, std::move(address), message.to);
    auto opened = co_await std::move(opening);
    if (!opened) co_return opened;
    auto offering = offer();
    auto offered = co_await std::move(offering);
    if (!offered) co_return offered;
    const auto chunks = static_cast<std::uint32_t>(reader_->manifest().chunk_checksums.size());
    for (std::uint32_t number = next_; number < chunks; ++number) {
      auto sending = send_chunk(number);
      auto sent = co_await std::move(sending);
      if (!sent) co_return sent;
    }
    auto completing = complete(std::move(message));
    auto completed = co_await std::move(completing);
    co_return completed;
  }

 private:
  awaitable<Result<void>> offer() {
    auto going = conversation_.go_there();
    auto gone = co_await std::move(going);
    if (!gone) co_return gone;
    auto manifest = decode_manifest(encode(reader_->manifest()));
    if (!manifest) co_return manifest.error();
    Endpoint& there = conversation_.other();
    number_ = ++there.newest_snapshot[self_->self];
    there.receivers.erase(self_->self);
    auto receiving = begin_receiving(there.shared_from_this(), self_->self, std::move(*manifest), number_);
    auto work = conversation_.let_do(std::move(receiving));
    auto next = co_await std::move(work);
    if (!next) co_return through_codec(std::move(next)).error();
    next_ = *next;
    auto coming = conversation_.come_back();
    auto come = co_await std::move(coming);
    co_return come;
  }

  awaitable<Result<void>> send_chunk(std::uint32_t number) {
    std::optional<Result<std::string>> chunk;
    std::function<void()> read = [&chunk, number, this] { chunk = reader_->read_chunk(number); };
    auto reading = self_->runtime.run(Lane::snapshot, std::move(read));
    co_await std::move(reading);
    if (!*chunk) co_return chunk->error();
    const std::size_t size = (*chunk)->size();
    auto going = conversation_.go_there();
    auto gone = co_await std::move(going);
    if (!gone) co_return gone;
    const auto there = conversation_.other().shared_from_this();
    if (!is_newest()) co_return make_error(Errc::connection_failed, "replaced by a newer snapshot");
    auto work = conversation_.let_do(put_chunk(there, self_->self, number, std::move(**chunk)));
    auto put = co_await std::move(work);
    if (!put) co_return through_codec(std::move(put));
    const TimePoint now = self_->runtime.now();
    const TimePoint due = bucket_.spend(size, now);
    if (due <= now) co_return Result<void>();
    auto pausing = conversation_.pause(due - now);
    auto paused = co_await std::move(pausing);
    co_return paused;
  }

  awaitable<Result<void>> complete(Message message) {
    auto going = conversation_.go_there();
    auto gone = co_await std::move(going);
    if (!gone) co_return gone;
    const std::string bytes = wire::encode(message, wire::FrameKind::complete).joined();
    auto arrived = wire::decode_message(std::string_view(bytes).substr(wire::frame_head_size), nullptr);
    if (!arrived) co_return arrived.error();
    if (!is_newest()) co_return make_error(Errc::connection_failed, "replaced by a newer snapshot");
    const auto there = conversation_.other().shared_from_this();
    auto work = conversation_.let_do(end_receiving(there, self_->self, std::move(*arrived)));
    auto installed = co_await std::move(work);
    auto coming = conversation_.come_back();
    auto come = co_await std::move(coming);
    if (!come) co_return come;
    co_return through_codec(std::move(installed));
  }

  [[nodiscard]] bool is_newest() const { return conversation_.other().newest_snapshot[self_->self] == number_; }

  Conversation conversation_;
  std::shared_ptr<Endpoint> self_;
  std::shared_ptr<SnapshotReader> reader_;
  async::TokenBucket bucket_;
  std::uint32_t next_ = 0;    // chunk that the other side wants
  std::uint64_t number_ = 0;  // of this snapshot among those to that side
};

// What is known of a request that is under way.
struct Exchange : Awaited<std::string> {
  bool is_there = false;  // it may have been carried out
};

awaitable<Result<std::string>> converse(Conversation& conversation, NodeId self, Exchange& exchange,
                                        std::string address, std::string request) {
  auto opening = conversation.open(wire::Purpose::requests, std::move(address), NodeId());
  auto opened = co_await std::move(opening);
  if (!opened) co_return opened.error();
  auto going = conversation.go_there();
  auto gone = co_await std::move(going);
  if (!gone) co_return gone.error();
  exchange.is_there = true;
  TransportHandler* const handler = conversation.other().handler;
  auto work = conversation.let_do(handler->on_request(std::move(self), std::move(request)));
  auto answer = co_await std::move(work);
  auto coming = conversation.come_back();
  auto come = co_await std::move(coming);
  const bool other_is_up = conversation.other().is_up();
  if (!come || !other_is_up) co_return make_error(Errc::outcome_unknown, "the connection broke before the answer");
  co_return through_codec(std::move(answer));
}

awaitable<void> exchange_request(std::shared_ptr<Network> network, std::shared_ptr<Endpoint> self,
                                 std::shared_ptr<Exchange> exchange, std::string address, std::string request) {
  Conversation conversation(std::move(network), self);
  auto conversing = converse(conversation, self->self, *exchange, std::move(address), std::move(request));
  auto answer = co_await std::move(conversing);
  exchange->set(std::move(answer));
}

void take_down(Network& network, Endpoint& endpoint) {
  endpoint.handler = nullptr;
  endpoint.receivers.clear();
  network.detach(endpoint);
  endpoint.tasks.close_all(make_error(Errc::stopped, "the transport was stopped"));
}

}  // namespace

MemoryNetwork::MemoryNetwork(Runtime& runtime, NetworkPolicy& policy)
    : network_(std::make_shared<memory::Network>(runtime, policy)) {}

MemoryTransport::MemoryTransport(Runtime& runtime, MemoryNetwork& network, MemoryTransportOptions options)
    : network_(network.network_), endpoint_(std::make_shared<Endpoint>(runtime, std::move(options))) {}

MemoryTransport::~MemoryTransport() {
  take_down(*network_, *endpoint_);
}

awaitable<Result<void>> MemoryTransport::start(TransportHandler& handler, NodeId self) {
  endpoint_->self = std::move(self);
  auto attached = network_->attach(endpoint_);
  if (attached) endpoint_->handler = &handler;
  co_return attached;
}

void MemoryTransport::set_peers(std::span<const Member> peers) {
  const auto before = std::exchange(endpoint_->peers, {});
  for (const Member& peer : peers) {
    if (peer.id == endpoint_->self) continue;
    endpoint_->peers[peer.id] = peer.address;
    const auto known = before.find(peer.id);
    if (known != before.end() && known->second != peer.address) endpoint_->callers.erase(peer.id);
  }
}

void MemoryTransport::send(Message message) {
  network_->send(*endpoint_, message);
}

awaitable<Result<void>> MemoryTransport::send_snapshot(std::shared_ptr<SnapshotReader> reader, Message message,
                                                       std::uint64_t bytes_per_second) {
  const auto self = endpoint_;
  const async::Tasks::Guest guest(self->tasks);
  const auto address = self->address_of(message.to);
  if (!address) co_return make_error(Errc::not_member, "'" + message.to.name() + "' is no peer");
  SnapshotSender sender(network_, self, std::move(reader), bytes_per_second);
  auto sending = sender.run(*address, std::move(message));
  auto sent = co_await std::move(sending);
  co_return sent;
}

awaitable<Result<std::string>> MemoryTransport::request(std::string address, std::string request, Duration timeout) {
  const auto self = endpoint_;
  const async::Tasks::Guest guest(self->tasks);
  if (!self->is_up()) co_return make_error(Errc::stopped, address);
  const auto exchange = std::make_shared<Exchange>();
  self->tasks.spawn(self, exchange_request(network_, self, exchange, address, std::move(request)));
  const std::weak_ptr<Exchange> weak = exchange;
  network_->after(timeout, [weak, address] {
    const auto waiting = weak.lock();
    if (!waiting) return;
    waiting->set(
        make_error(waiting->is_there ? Errc::outcome_unknown : Errc::timeout, address + ": no answer in time"));
  });
  const std::shared_ptr<Awaited<std::string>> awaited = exchange;
  auto waiting = memory::wait_for<std::string>(*self, awaited);
  auto answer = co_await std::move(waiting);
  co_return answer;
}

awaitable<void> MemoryTransport::stop() {
  const auto self = endpoint_;
  take_down(*network_, *self);
  auto waiting = self->tasks.wait_until_idle();
  co_await std::move(waiting);
}

}  // namespace consensus
