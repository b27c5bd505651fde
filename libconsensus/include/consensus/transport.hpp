// The port to the other members: lossy messages, snapshot streams and requests of nodes that are not members yet.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "consensus/configuration.hpp"
#include "consensus/error.hpp"
#include "consensus/ids.hpp"
#include "consensus/message.hpp"
#include "consensus/snapshot_store.hpp"

namespace consensus {

// Where what arrives goes. Called on the executor the transport was made with, from one thread at a time; must not
// block. `from` is who the connection's handshake proved or said it is.
class TransportHandler {
 public:
  virtual ~TransportHandler() = default;

  virtual void on_message(Message message) = 0;
  // A connection to or from this peer was refused or reset (not: closed because we no longer want it).
  virtual void on_peer_lost(const NodeId& peer) = 0;
  // Someone begins to send a snapshot: the receiver to put its chunks into, or why not.
  virtual boost::asio::awaitable<Result<std::shared_ptr<SnapshotReceiver>>> on_snapshot(NodeId from,
                                                                                        SnapshotManifest manifest) = 0;
  // All chunks have arrived: verify and publish, then give `message` to the core.
  virtual boost::asio::awaitable<Result<void>> on_snapshot_complete(std::shared_ptr<SnapshotReceiver> receiver,
                                                                    Message message) = 0;
  // A request and its answer, of any content (joining, forwarded proposals and reads); `from` may be no member.
  virtual boost::asio::awaitable<Result<std::string>> on_request(NodeId from, std::string request) = 0;
};

// send() never blocks and may lose messages (a full queue, no connection); order per peer is kept. Nothing is lost or
// mixed up silently within what does arrive: every frame has its length and checksum.
class Transport {
 public:
  virtual ~Transport() = default;

  // Before anything else; the handler outlives stop(). `self` is who this node is from now on: its id contains the
  // incarnation of its log store, which is known only once that is open.
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> start(TransportHandler& handler, NodeId self) = 0;
  // Where the members are; connections to others are closed. Addresses may change. A peer that calls from elsewhere is
  // answered there: the members cannot take note of its new address when they need its vote for that.
  virtual void set_peers(std::span<const Member> peers) = 0;
  virtual void send(Message message) = 0;
  // Sends the chunks that the peer has not got yet, over a connection of its own, at most `bytes_per_second` (zero: as
  // fast as it goes); suspends until the peer's on_snapshot_complete has answered.
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> send_snapshot(std::shared_ptr<SnapshotReader> reader,
                                                                           Message message,
                                                                           std::uint64_t bytes_per_second) = 0;
  // To any address, member or not.
  [[nodiscard]] virtual boost::asio::awaitable<Result<std::string>> request(std::string address, std::string request,
                                                                            Duration timeout) = 0;
  // Closes everything; nothing is called afterwards.
  [[nodiscard]] virtual boost::asio::awaitable<void> stop() = 0;
};

}  // namespace consensus
