// Messages, snapshots and requests between nodes over TCP, in the clear or with mutual TLS.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consensus/ids.hpp"
#include "consensus/runtime.hpp"
#include "consensus/transport.hpp"

namespace consensus {

// Both sides show a certificate that the CA has signed; TLS 1.2 or later. The files (PEM) are read anew for each
// connection, so renewed ones take effect without a restart.
struct TcpTls {
  std::string ca_file;
  std::string certificate_file;  // with the chain
  std::string key_file{};        // empty: in certificate_file
  // The name that the certificate of this member must have (a DNS name of its subjectAltName, or its common name if
  // there is none). Empty: any certificate of the CA will do.
  std::function<std::string(const NodeId&)> certificate_name{};
};

struct TcpTransportOptions {
  std::string group;            // nodes of other groups are refused
  std::string listen;           // "host:port", "[::]:port"; port 0: any that is free
  std::string address{};        // where the others reach this node, "host:port"; empty: where it listens
  std::optional<TcpTls> tls{};  // none: in the clear
  std::size_t max_message_bytes = 64 * 1024 * 1024;  // also of a snapshot's chunk; a peer that sends more is cut off
  std::size_t max_request_bytes = 16 * 1024 * 1024;  // also of an answer
  std::size_t max_queue_bytes = 64 * 1024 * 1024;    // of the messages that wait for one peer
  std::size_t max_queue_messages = 8192;
  std::size_t max_connections = 512;                   // accepted ones at a time
  std::size_t max_requests = 256;                      // at a time, in each direction; one more is Errc::overloaded
  Duration connect_timeout = std::chrono::seconds(3);  // with both handshakes
  Duration min_retry_delay = std::chrono::milliseconds(20);  // doubles with each failure; half of it is random
  Duration max_retry_delay = std::chrono::seconds(1);
  Duration vanished_after = std::chrono::seconds(10);  // a peer that acknowledges nothing, not even keepalives
  Duration snapshot_stall = std::chrono::seconds(30);  // no progress of a snapshot for so long breaks it off
  // While entries are sent too, a snapshot's stream rests after each chunk for so much of the time that the chunk took.
  std::uint32_t snapshot_rest_percent = 50;
  Duration install_timeout = std::chrono::minutes(10);  // of the peer's on_snapshot_complete
};

// How it stands with one peer.
struct LinkStatus {
  enum class State { connecting, connected, waiting };  // waiting: to try again
  NodeId id;
  std::string address;
  State state = State::connecting;
  std::optional<Error> problem;  // of the last attempt; none once connected
  std::size_t queued_messages = 0;
  std::size_t queued_bytes = 0;
  std::uint64_t sent_messages = 0;
  std::uint64_t lost_messages = 0;  // no room or no connection

  friend bool operator==(const LinkStatus&, const LinkStatus&) = default;
};

// Messages go over one connection to each peer, kept up all the time; snapshots and requests over connections of their
// own. A handshake makes sure that both speak the same protocol and belong to one group, and that the peer is the
// member that is meant: Errc::incompatible otherwise.
//
// All calls and all callbacks happen on the executor of the runtime. send_snapshot() and request() may be cancelled;
// stop() must not be called from within a callback's coroutine. Destroyed without stop(), it cuts its connections as a
// crash would; its last coroutines then need the runtime until the executor has run them.
//
// Besides those of the port: start() gives Errc::invalid_argument for an address or TLS file that cannot be used,
// Errc::connection_failed if it cannot listen. A request that was sent and not answered is Errc::outcome_unknown. A
// snapshot whose connection breaks or stalls can be sent again: what has arrived is not sent a second time.
class TcpTransport final : public Transport {
 public:
  TcpTransport(Runtime& runtime, TcpTransportOptions options);
  TcpTransport(const TcpTransport&) = delete;
  TcpTransport& operator=(const TcpTransport&) = delete;
  ~TcpTransport() override;

  [[nodiscard]] boost::asio::awaitable<Result<void>> start(TransportHandler& handler, NodeId self) override;
  void set_peers(std::span<const Member> peers) override;
  // To someone who is no peer it goes to the address that he gave when he connected to us.
  void send(Message message) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> send_snapshot(std::shared_ptr<SnapshotReader> reader,
                                                                   Message message,
                                                                   std::uint64_t bytes_per_second) override;
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> request(std::string address, std::string request,
                                                                    Duration timeout) override;
  [[nodiscard]] boost::asio::awaitable<void> stop() override;

  // Where the others reach this node; known after start().
  [[nodiscard]] std::string address() const;
  // Sorted by id.
  [[nodiscard]] std::vector<LinkStatus> peers() const;
  // Why the last caller was turned away or cut off, if there was one.
  [[nodiscard]] std::optional<Error> last_refusal() const;

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace consensus
