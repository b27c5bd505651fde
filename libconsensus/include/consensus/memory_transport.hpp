// A network inside one process, as unreliable as one likes and the same each time, for tests and simulations.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "consensus/ids.hpp"
#include "consensus/message.hpp"
#include "consensus/runtime.hpp"
#include "consensus/transport.hpp"

namespace consensus {

// How something fares on its way from one node to another.
struct Passage {
  bool arrives = true;
  Duration delay{};  // until it arrives, or until its sender notices that the connection broke
};

// Decides what the network does to what is sent. Asked on the network's executor, in the order of sending.
class NetworkPolicy {
 public:
  virtual ~NetworkPolicy() = default;
  // When each copy of the message arrives; none: it is lost. May overtake earlier ones.
  [[nodiscard]] virtual std::vector<TimePoint> message(const Message& message, TimePoint now) = 0;
  // One step of a connection: of a snapshot or request and what comes back, and the news that a process has ended.
  [[nodiscard]] virtual Passage step(const NodeId& from, const NodeId& to) = 0;
};

struct LossyNetworkOptions {
  enum class Order { kept, free };

  Duration min_delay = std::chrono::microseconds(50);
  Duration max_delay = std::chrono::microseconds(500);
  std::uint32_t lost_per_million = 0;     // of messages
  std::uint32_t doubled_per_million = 0;  // of messages
  std::uint32_t breaks_per_million = 0;   // of a connection's steps
  Order order = Order::kept;              // of the messages from one node to another
  Duration break_delay = std::chrono::seconds(1);
};

// Random delays, losses and copies, and directions that are cut until they are healed. All may be changed at any time;
// what is on its way stays on its way.
class LossyNetwork final : public NetworkPolicy {
 public:
  // `random` is asked for its numbers only.
  explicit LossyNetwork(Runtime& random, LossyNetworkOptions given = {});

  LossyNetworkOptions options;

  void cut(const NodeId& from, const NodeId& to) { cuts_.emplace(from, to); }
  void heal(const NodeId& from, const NodeId& to) { cuts_.erase({from, to}); }
  void heal_all() { cuts_.clear(); }

  [[nodiscard]] std::vector<TimePoint> message(const Message& message, TimePoint now) override;
  [[nodiscard]] Passage step(const NodeId& from, const NodeId& to) override;

 private:
  using Way = std::pair<NodeId, NodeId>;

  [[nodiscard]] bool happens(std::uint32_t per_million);
  [[nodiscard]] Duration random_delay();

  Runtime& random_;
  std::set<Way> cuts_;
  std::map<Way, TimePoint> last_arrival_;
};

namespace memory {
class Network;
struct Endpoint;
}  // namespace memory

// What MemoryTransports are connected to. Time and randomness are those of `runtime`, whose executor is also that of
// all nodes; the same seed gives the same run. Nodes are told apart by their addresses, which may be any text.
class MemoryNetwork {
 public:
  // `policy` outlives the network and what is on its way.
  MemoryNetwork(Runtime& runtime, NetworkPolicy& policy);

 private:
  friend class MemoryTransport;
  std::shared_ptr<memory::Network> network_;
};

struct MemoryTransportOptions {
  std::string group;  // nodes of other groups are not spoken with
  std::string address;
};

// Every message, manifest and error passes through the codec of the real transport. Differences to it: messages are not
// queued by the sender, and a peer that is not there is noticed when something is sent to it. Destroyed without stop()
// it is a process that died: what it was doing does not go on, and the others notice as the policy lets them.
class MemoryTransport final : public Transport {
 public:
  MemoryTransport(Runtime& runtime, MemoryNetwork& network, MemoryTransportOptions options);
  MemoryTransport(const MemoryTransport&) = delete;
  MemoryTransport& operator=(const MemoryTransport&) = delete;
  ~MemoryTransport() override;

  // Errors: Errc::invalid_argument if somebody is at that address.
  [[nodiscard]] boost::asio::awaitable<Result<void>> start(TransportHandler& handler, NodeId self) override;
  void set_peers(std::span<const Member> peers) override;
  void send(Message message) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> send_snapshot(std::shared_ptr<SnapshotReader> reader,
                                                                   Message message,
                                                                   std::uint64_t bytes_per_second) override;
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> request(std::string address, std::string request,
                                                                    Duration timeout) override;
  [[nodiscard]] boost::asio::awaitable<void> stop() override;

 private:
  std::shared_ptr<memory::Network> network_;
  std::shared_ptr<memory::Endpoint> endpoint_;
};

}  // namespace consensus
