// Messages, snapshots and requests between nodes over TCP.
#include "consensus/tcp_transport.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "tcp/hub.hpp"
#include "tcp/peer_link.hpp"
#include "tcp/request_client.hpp"
#include "tcp/server.hpp"
#include "tcp/snapshot_stream.hpp"
#include "tcp/tls.hpp"

namespace consensus {

namespace asio = boost::asio;
using asio::awaitable;

struct TcpTransport::Parts : std::enable_shared_from_this<Parts> {
  Parts(Runtime& runtime, TcpTransportOptions options)
      : hub(std::make_shared<tcp::Hub>(runtime, std::move(options))),
        requests(std::make_shared<tcp::RequestClient>(hub)) {}

  tcp::PeerLink& add_link(const Member& peer) {
    auto link = std::make_shared<tcp::PeerLink>(hub, peer);
    links[peer.id] = link;
    link->start();
    return *link;
  }
  // Of a peer, or of someone who is connected to us; null if neither.
  tcp::PeerLink* link_to(const NodeId& member) {
    if (const auto link = links.find(member); link != links.end()) return link->second.get();
    if (!server || hub->tasks.is_closed()) return nullptr;
    const auto address = server->caller_address(member);
    return address ? &add_link({member, *address}) : nullptr;
  }
  void close() {
    hub->handler = nullptr;
    requests->close_idle();
    links.clear();
    hub->tasks.close_all(make_error(Errc::stopped, "the transport was stopped"));
  }

  std::shared_ptr<tcp::Hub> hub;
  std::shared_ptr<tcp::Server> server;
  std::shared_ptr<tcp::RequestClient> requests;
  std::map<NodeId, std::shared_ptr<tcp::PeerLink>> links;
};

TcpTransport::TcpTransport(Runtime& runtime, TcpTransportOptions options)
    : parts_(std::make_shared<Parts>(runtime, std::move(options))) {}

TcpTransport::~TcpTransport() {
  parts_->close();
}

awaitable<Result<void>> TcpTransport::start(TransportHandler& handler, NodeId self) {
  const auto parts = parts_;
  tcp::Hub& hub = *parts->hub;
  hub.self = std::move(self);
  const async::Tasks::Guest guest(hub.tasks);
  if (hub.options.tls) {
    const auto context = tcp::make_tls_context(*hub.options.tls);
    if (!context) co_return make_error(Errc::invalid_argument, context.error().context);
  }
  if (!hub.options.address.empty()) {
    const auto address = tcp::parse_address(hub.options.address);
    if (!address) co_return address.error();
  }
  const std::weak_ptr<Parts> weak = parts;
  const auto on_caller = [weak](const Member& caller) {
    const auto alive = weak.lock();
    if (!alive) return;
    const auto link = alive->links.find(caller.id);
    if (link != alive->links.end()) link->second->heard_from(caller.address);
  };
  parts->server = std::make_shared<tcp::Server>(parts->hub, on_caller);
  hub.handler = &handler;
  auto listening = parts->server->listen();
  auto listens = co_await std::move(listening);
  if (!listens) {
    hub.handler = nullptr;
    co_return listens;
  }
  if (hub.options.address.empty()) hub.options.address = parts->server->address();
  co_return listens;
}

void TcpTransport::set_peers(std::span<const Member> peers) {
  if (parts_->hub->tasks.is_closed()) return;
  auto& links = parts_->links;
  for (auto link = links.begin(); link != links.end();) {
    const auto is_this = [&](const Member& peer) { return peer.id == link->first; };
    if (std::ranges::any_of(peers, is_this)) {
      ++link;
    } else {
      link->second->part();
      link = links.erase(link);
    }
  }
  for (const Member& peer : peers) {
    if (peer.id == parts_->hub->self) continue;
    if (const auto link = links.find(peer.id); link != links.end()) {
      link->second->set_address(peer.address);
    } else {
      parts_->add_link(peer);
    }
  }
}

void TcpTransport::send(Message message) {
  const auto* append = std::get_if<AppendRequest>(&message.body);
  if (append != nullptr && !append->entries.empty()) ++parts_->hub->appends;
  if (auto* const link = parts_->link_to(message.to)) link->send(message);
}

awaitable<Result<void>> TcpTransport::send_snapshot(std::shared_ptr<SnapshotReader> reader, Message message,
                                                    std::uint64_t bytes_per_second) {
  const auto parts = parts_;
  const async::Tasks::Guest guest(parts->hub->tasks);
  const tcp::PeerLink* const link = parts->link_to(message.to);
  if (link == nullptr) co_return make_error(Errc::not_member, "'" + message.to.name() + "' is no peer");
  tcp::Destination destination;
  destination.purpose = wire::Purpose::snapshot;
  destination.address = link->address();
  destination.member = message.to;
  auto opening = tcp::open_channel(parts->hub, std::move(destination), parts->hub->options.connect_timeout);
  auto opened = co_await std::move(opening);
  if (!opened) co_return opened.error();
  auto sending =
      tcp::send_snapshot(parts->hub, std::move(*opened), std::move(reader), std::move(message), bytes_per_second);
  auto sent = co_await std::move(sending);
  co_return sent;
}

awaitable<Result<std::string>> TcpTransport::request(std::string address, std::string request, Duration timeout) {
  const auto parts = parts_;
  const async::Tasks::Guest guest(parts->hub->tasks);
  auto requesting = parts->requests->request(std::move(address), std::move(request), timeout);
  auto answer = co_await std::move(requesting);
  co_return answer;
}

awaitable<void> TcpTransport::stop() {
  const auto parts = parts_;
  parts->close();
  auto waiting = parts->hub->tasks.wait_until_idle();
  co_await std::move(waiting);
}

std::string TcpTransport::address() const {
  return parts_->hub->options.address;
}

std::vector<LinkStatus> TcpTransport::peers() const {
  std::vector<LinkStatus> all;
  for (const auto& [id, link] : parts_->links) all.push_back(link->status());
  return all;
}

std::optional<Error> TcpTransport::last_refusal() const {
  return parts_->hub->last_refusal;
}

}  // namespace consensus
