// The nodes of an in-process network and what is on its way between them.
#include "memory/network.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <stdexcept>

#include "wire/message_codec.hpp"

namespace consensus::memory {

namespace asio = boost::asio;
using asio::awaitable;

// A peer may have moved, and the group may need it to take note of that.
std::optional<std::string> Endpoint::address_of(const NodeId& member) const {
  if (const auto caller = callers.find(member); caller != callers.end()) return caller->second;
  if (const auto peer = peers.find(member); peer != peers.end()) return peer->second;
  return std::nullopt;
}

void Endpoint::lose(const NodeId& peer) {
  callers.erase(peer);
  if (is_up() && reported.insert(peer).second) handler->on_peer_lost(peer);
}

Result<void> Network::attach(const std::shared_ptr<Endpoint>& endpoint) {
  if (!endpoints_.emplace(endpoint->options.address, endpoint).second) {
    return make_error(Errc::invalid_argument, "somebody is at " + endpoint->options.address);
  }
  return {};
}

void Network::detach(Endpoint& endpoint) {
  const auto attached = endpoints_.find(endpoint.options.address);
  if (attached == endpoints_.end() || attached->second.get() != &endpoint) return;
  endpoints_.erase(attached);
  const NodeId& gone = endpoint.self;
  for (const auto& [address, other] : endpoints_) {
    if (!other->peers.contains(gone) && !other->callers.contains(gone)) continue;
    const Passage news = policy_.step(gone, other->self);
    if (!news.arrives) continue;
    const std::weak_ptr<Endpoint> weak = other;
    after(news.delay, [weak, gone] {
      if (const auto told = weak.lock()) told->lose(gone);
    });
  }
}

std::shared_ptr<Endpoint> Network::node_at(const std::string& address) const {
  const auto found = endpoints_.find(address);
  return found == endpoints_.end() ? nullptr : found->second;
}

void Network::send(Endpoint& from, const Message& message) {
  const auto address = from.address_of(message.to);
  if (!from.is_up() || !address) return;
  const std::vector<TimePoint> arrivals = policy_.message(message, runtime_.now());
  if (arrivals.empty()) return;
  const auto bytes = std::make_shared<const std::string>(wire::encode(message).joined());
  const std::weak_ptr<Endpoint> sender = from.weak_from_this();
  for (const TimePoint due : arrivals) {
    at(due, [this, sender, to = *address, bytes] { arrive(sender, to, bytes); });
  }
}

void Network::arrive(const std::weak_ptr<Endpoint>& from, const std::string& address,
                     const std::shared_ptr<const std::string>& bytes) {
  const auto frame = wire::read_frame(*bytes, bytes);
  const auto message = frame ? wire::decode_message(frame->content, frame->owner) : Result<Message>(frame.error());
  if (!message) throw std::logic_error("a message that was encoded here: " + message.error().message());
  const auto sender = from.lock();
  const auto receiver = node_at(address);
  const bool fits = receiver && receiver->is_up() && receiver->self == message->to && sender &&
                    receiver->options.group == sender->options.group;
  if (!fits) {
    bounce(from, message->to);
    return;
  }
  sender->reported.erase(message->to);
  receiver->reported.erase(message->from);
  // News of the end of a process that died since come later.
  if (sender->is_up()) receiver->callers[message->from] = sender->options.address;
  receiver->handler->on_message(*message);
}

void Network::bounce(const std::weak_ptr<Endpoint>& from, const NodeId& peer) {
  const auto sender = from.lock();
  if (!sender) return;
  const Passage answer = policy_.step(peer, sender->self);
  if (!answer.arrives) return;
  after(answer.delay, [from, peer] {
    if (const auto told = from.lock()) told->lose(peer);
  });
}

void Network::after(Duration delay, std::function<void()> action) {
  at(runtime_.now() + delay, std::move(action));
}

void Network::at(TimePoint due, std::function<void()> action) {
  pending_.emplace(std::pair(due, ++sequence_), std::move(action));
  asio::co_spawn(runtime_.executor(), wake_at(shared_from_this(), due), asio::detached);
}

awaitable<void> Network::wake_at(std::shared_ptr<Network> self, TimePoint due) {
  auto sleeping = self->runtime_.sleep_until(due);
  co_await std::move(sleeping);
  self->run_due();
}

void Network::run_due() {
  const TimePoint now = runtime_.now();
  while (!pending_.empty() && pending_.begin()->first.first <= now) {
    const auto action = std::move(pending_.begin()->second);
    pending_.erase(pending_.begin());
    action();
  }
}

}  // namespace consensus::memory
