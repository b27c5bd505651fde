// Restores from a snapshot that is still arriving.
#include "node/early_restore.hpp"

#include <utility>

namespace consensus {
namespace {

// In one visit to the apply lane.
constexpr int pieces_at_once = 4;

}  // namespace

EarlyRestore::EarlyRestore(boost::asio::any_io_executor executor, SnapshotMeta meta,
                           std::unique_ptr<SnapshotFollower> follower)
    : executor_(std::move(executor)), meta_(std::move(meta)), more_(executor_), follower_(std::move(follower)) {}

boost::asio::awaitable<void> EarlyRestore::wait_for_more() {
  const OneShot<bool> more = more_;
  if (!has_ended_) co_await more.wait();
  more_ = OneShot<bool>(executor_);
}

void EarlyRestore::tell_arrival() {
  more_.give(true);
}

void EarlyRestore::end() {
  has_ended_ = true;
  more_.give(true);
}

Result<bool> EarlyRestore::take_some(StateMachine& state_machine) {
  if (!restoring_) {
    Result<Restoring> begun = Restoring::begin(state_machine, meta_);
    if (!begun) return begun.error();
    restoring_.emplace(std::move(*begun));
  }
  for (int i = 0; i < pieces_at_once; ++i) {
    const Result<std::string> piece = follower_->read();
    if (!piece) return piece.error();
    if (piece->empty()) return i > 0;
    const Result<void> taken = restoring_->take(*piece);
    if (!taken) return taken.error();
  }
  return true;
}

Result<void> EarlyRestore::finish(StateMachine& state_machine, Applier& applier) {
  for (bool more = true; more;) {
    const Result<bool> taken = take_some(state_machine);
    if (!taken) return taken.error();
    more = *taken;
  }
  if (!follower_->has_read_all()) return make_error(Errc::storage_failed, "a published snapshot has missing chunks");
  return restoring_->finish(applier);
}

void EarlyRestore::drop() {
  restoring_.reset();
  follower_.reset();
}

WatchedReceiver::WatchedReceiver(std::unique_ptr<SnapshotReceiver> receiver, std::function<void()> on_arrival,
                                 std::function<void()> on_break)
    : receiver_(std::move(receiver)), on_arrival_(std::move(on_arrival)), on_break_(std::move(on_break)) {}

WatchedReceiver::~WatchedReceiver() {
  if (on_break_) on_break_();
}

Result<void> WatchedReceiver::put_chunk(std::uint32_t number, std::string_view bytes) {
  Result<void> put = receiver_->put_chunk(number, bytes);
  if (put) on_arrival_();
  return put;
}

Result<void> WatchedReceiver::publish() {
  Result<void> published = receiver_->publish();
  if (published) on_break_ = nullptr;
  return published;
}

}  // namespace consensus
