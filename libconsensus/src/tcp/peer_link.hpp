// The outgoing messages to one peer and the connection they go over.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "consensus/message.hpp"
#include "tcp/hub.hpp"
#include "tcp/send_queue.hpp"

namespace consensus::tcp {

// Keeps a connection until it is closed, and tells the handler when it is refused or breaks: once, until it has been
// connected again.
class PeerLink : public async::Closable, public std::enable_shared_from_this<PeerLink> {
 public:
  PeerLink(std::shared_ptr<Hub> hub, Member peer);

  void start();
  void send(const Message& message);
  // Reconnects if it is another one.
  void set_address(const std::string& address);
  // The peer is there, it just connected to us: do not wait with the next attempt, which goes to where it says it is.
  void heard_from(const std::string& address);
  // On purpose: the peer is told so.
  void part();
  void close(const Error& reason) override;
  [[nodiscard]] LinkStatus status() const;
  [[nodiscard]] const std::string& address() const noexcept {
    return called_from_.empty() ? peer_.address : called_from_;
  }

 private:
  enum class End { none, parted, closed };

  boost::asio::awaitable<void> run(std::shared_ptr<PeerLink> self);
  boost::asio::awaitable<Result<void>> connect();
  void retry_now();
  boost::asio::awaitable<void> write_until_over(std::shared_ptr<Channel> channel);
  boost::asio::awaitable<void> read_until_over(std::shared_ptr<PeerLink> self, std::shared_ptr<Channel> channel);
  boost::asio::awaitable<void> wait_before_retry();
  [[nodiscard]] Duration retry_delay();
  // What a frame that the peer sends back says about the connection.
  [[nodiscard]] static Error meaning_of(const Result<wire::Frame>& frame);
  void report(const Error& problem);

  std::shared_ptr<Hub> hub_;
  Member peer_;
  std::string called_from_{};  // until nobody is there: the peer has moved, and the group may need it to take note
  SendQueue queue_;
  async::WakeUp wake_;  // of run()
  async::Tasks::Registration registration_;
  LinkStatus::State state_ = LinkStatus::State::connecting;
  std::optional<Error> problem_;
  std::shared_ptr<Channel> channel_;
  std::uint64_t sent_ = 0;
  unsigned failures_ = 0;  // in a row
  bool is_reported_ = false;
  bool is_moved_ = false;
  bool shall_retry_ = false;
  End end_ = End::none;
};

}  // namespace consensus::tcp
