// Puts a snapshot into the state machine while the rest of it still arrives.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>

#include "consensus/node.hpp"
#include "node/applier.hpp"
#include "node/one_shot.hpp"
#include "node/restoring.hpp"

namespace consensus {

// The state machine keeps its state until finish(), which comes only after the whole snapshot was verified and
// published. It is called for nothing else meanwhile: whoever wants it for something else drops this first, and the
// snapshot is read from the store later.
class EarlyRestore {
 public:
  EarlyRestore(boost::asio::any_io_executor executor, SnapshotMeta meta, std::unique_ptr<SnapshotFollower> follower);

  [[nodiscard]] const SnapshotMeta& meta() const noexcept { return meta_; }

  // On the executor, for one waiting coroutine. Something may have arrived, or, after end(), will not any more.
  [[nodiscard]] boost::asio::awaitable<void> wait_for_more();
  void tell_arrival();
  void end();
  [[nodiscard]] bool has_ended() const noexcept { return has_ended_; }

  // The rest is blocking, in the apply lane. Takes what has arrived, up to some pieces; whether there was any.
  [[nodiscard]] Result<bool> take_some(StateMachine& state_machine);
  // Takes what is left of a snapshot that was published, and replaces the state by it.
  [[nodiscard]] Result<void> finish(StateMachine& state_machine, Applier& applier);
  void drop();

 private:
  boost::asio::any_io_executor executor_;
  SnapshotMeta meta_;
  OneShot<bool> more_;
  bool has_ended_ = false;
  std::unique_ptr<SnapshotFollower> follower_;
  std::optional<Restoring> restoring_;
};

// A receiver that tells of each chunk.
class WatchedReceiver final : public SnapshotReceiver {
 public:
  // `on_arrival` is called by whatever thread puts the chunk; `on_break` by whatever thread gives this up unpublished.
  WatchedReceiver(std::unique_ptr<SnapshotReceiver> receiver, std::function<void()> on_arrival,
                  std::function<void()> on_break);
  ~WatchedReceiver() override;
  WatchedReceiver(const WatchedReceiver&) = delete;
  WatchedReceiver& operator=(const WatchedReceiver&) = delete;

  [[nodiscard]] std::uint32_t next_chunk() const noexcept override { return receiver_->next_chunk(); }
  [[nodiscard]] Result<void> put_chunk(std::uint32_t number, std::string_view bytes) override;
  [[nodiscard]] Result<void> publish() override;

 private:
  std::unique_ptr<SnapshotReceiver> receiver_;
  std::function<void()> on_arrival_;
  std::function<void()> on_break_;
};

}  // namespace consensus
