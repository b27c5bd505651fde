// The nodes of an in-process network and what is on its way between them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "async/tasks.hpp"
#include "consensus/memory_transport.hpp"
#include "wire/hello.hpp"

namespace consensus::memory {

// One started transport.
struct Endpoint : std::enable_shared_from_this<Endpoint> {
  Endpoint(Runtime& of_node, MemoryTransportOptions given)
      : runtime(of_node), options(std::move(given)), tasks(of_node.executor()) {}

  Runtime& runtime;
  MemoryTransportOptions options;
  NodeId self{};  // known when started
  async::Tasks tasks;
  TransportHandler* handler = nullptr;                // while it is up
  std::map<NodeId, std::string> peers{};              // and their addresses
  std::map<NodeId, std::string> callers{};            // whoever has sent something, and where they are
  std::set<NodeId> reported{};                        // as lost, and not reached since
  std::map<NodeId, std::uint64_t> newest_snapshot{};  // that each peer has begun to send; ends those before
  // What each peer's newest snapshot goes into. Here and not with the sender, because it ends with this process.
  std::map<NodeId, std::shared_ptr<SnapshotReceiver>> receivers{};

  [[nodiscard]] bool is_up() const noexcept { return handler != nullptr; }
  [[nodiscard]] std::optional<std::string> address_of(const NodeId& member) const;
  // Tells the handler, once until the peer has been reached or heard again.
  void lose(const NodeId& peer);
};

class Network : public std::enable_shared_from_this<Network> {
 public:
  Network(Runtime& runtime, NetworkPolicy& policy) : runtime_(runtime), policy_(policy) {}

  [[nodiscard]] Result<void> attach(const std::shared_ptr<Endpoint>& endpoint);
  // The others are told as far as the policy lets the news through.
  void detach(Endpoint& endpoint);
  // Null if nobody is there.
  [[nodiscard]] std::shared_ptr<Endpoint> node_at(const std::string& address) const;

  void send(Endpoint& from, const Message& message);
  // Does it at that time; things due at the same time in the order of the calls.
  void at(TimePoint due, std::function<void()> action);
  void after(Duration delay, std::function<void()> action);
  [[nodiscard]] Passage step(const NodeId& from, const NodeId& to) { return policy_.step(from, to); }

 private:
  boost::asio::awaitable<void> wake_at(std::shared_ptr<Network> self, TimePoint due);
  void run_due();
  void arrive(const std::weak_ptr<Endpoint>& from, const std::string& address,
              const std::shared_ptr<const std::string>& bytes);
  // The sender learns that its connection was refused or reset.
  void bounce(const std::weak_ptr<Endpoint>& from, const NodeId& peer);

  Runtime& runtime_;
  NetworkPolicy& policy_;
  std::map<std::string, std::shared_ptr<Endpoint>> endpoints_;
  std::map<std::pair<TimePoint, std::uint64_t>, std::function<void()>> pending_;
  std::uint64_t sequence_ = 0;
};

}  // namespace consensus::memory
