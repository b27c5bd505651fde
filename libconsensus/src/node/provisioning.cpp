// Snapshots of a node: writing them, giving them to peers and taking them from peers, piece by piece.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "node/envelope.hpp"
#include "node/running.hpp"

namespace consensus {

boost::asio::awaitable<void> Node::Running::write_snapshot(std::shared_ptr<SnapshotSource> source, SnapshotMeta meta,
                                                           std::string header, SnapshotItem item) {
  Result<SnapshotManifest> stored = co_await store_snapshot(std::move(source), meta, std::move(header));
  writing_snapshot_ = false;
  if (!stored) {
    if (item.done) item.done->give(stored.error());
    // A full disk is no reason to stop: the log goes on, and the policy asks again.
    if (stored.error().code != Errc::no_space && stored.error().code != Errc::stopped) fail(stored.error());
    co_return;
  }
  if (!newest_snapshot_ || newest_snapshot_->position.index < meta.position.index) newest_snapshot_ = meta;
  if (item.done) item.done->give(meta);
  if (!active()) co_return;
  tell(event::SnapshotPublished{meta, stored->size});
  push(input::SnapshotTaken{std::move(meta)});
  schedule_pump();
}

boost::asio::awaitable<Result<SnapshotManifest>> Node::Running::store_snapshot(std::shared_ptr<SnapshotSource> source,
                                                                               SnapshotMeta meta, std::string header) {
  std::unique_ptr<SnapshotWriter> writer;
  Result<void> result;
  std::string piece = std::move(header);
  std::function<void()> create = [this, &meta, &writer, &result] {
    Result<std::unique_ptr<SnapshotWriter>> created = ports_.snapshots.create(meta);
    if (created) {
      writer = std::move(*created);
    } else {
      result = created.error();
    }
  };
  co_await ports_.runtime.run(Lane::snapshot, std::move(create));
  // Piece by piece, so that other work of the lane has its turn.
  while (result && !piece.empty() && active()) {
    std::function<void()> step = [&writer, &source, &piece, &result] {
      result = writer->write(piece);
      if (!result) return;
      Result<std::string> next = source->read();
      if (next) {
        piece = std::move(*next);
      } else {
        result = next.error();
      }
    };
    co_await ports_.runtime.run(Lane::snapshot, std::move(step));
  }
  if (!result) co_return result.error();
  if (!active()) co_return make_error(Errc::stopped, options_.name);
  std::optional<Result<SnapshotManifest>> published;
  const std::size_t kept = options_.kept_snapshots;
  std::function<void()> publish = [this, &writer, &published, kept] {
    published.emplace(writer->publish());
    writer.reset();
    if (!*published) return;
    const Result<void> retained = ports_.snapshots.retain(kept);
    if (!retained) published.emplace(retained.error());
  };
  co_await ports_.runtime.run(Lane::snapshot, std::move(publish));
  co_return std::move(*published);
}

boost::asio::awaitable<Result<SnapshotMeta>> Node::Running::take_snapshot() {
  if (!active()) co_return make_error(Errc::stopped, options_.name);
  const OneShot<Result<SnapshotMeta>> done(ports_.runtime.executor());
  enqueue(SnapshotItem{done});
  Result<SnapshotMeta> taken = co_await done.wait();
  co_return taken;
}

boost::asio::awaitable<void> Node::Running::provision(SnapshotOrder order) {
  const NodeId peer = order.message.to;
  std::optional<Result<std::unique_ptr<SnapshotReader>>> reader;
  std::function<void()> open = [this, &reader] {
    Result<std::vector<SnapshotManifest>> snapshots = ports_.snapshots.list();
    if (!snapshots) {
      reader.emplace(snapshots.error());
    } else if (snapshots->empty()) {
      reader.emplace(make_error(Errc::storage_failed, "no snapshot to send"));
    } else {
      reader.emplace(ports_.snapshots.read(snapshots->front().id));
    }
  };
  co_await ports_.runtime.run(Lane::snapshot, std::move(open));
  if (!active()) co_return;
  Result<void> sent = make_error(Errc::storage_failed, "no snapshot");
  if (*reader) {
    std::shared_ptr<SnapshotReader> shared = std::move(**reader);
    // The newest one may be newer than the one the core knew of.
    order.message.body = InstallSnapshot{shared->manifest().meta};
    const std::uint64_t rate = options_.snapshot_bytes_per_second;
    sent = co_await ports_.transport.send_snapshot(std::move(shared), std::move(order.message), rate);
  } else {
    sent = reader->error();
  }
  if (!active()) co_return;
  tell(event::PeerProvisioned{peer, sent.has_value(), sent ? std::string() : sent.error().message()});
  push(input::SnapshotSent{peer, sent.has_value()});
  schedule_pump();
}

boost::asio::awaitable<Result<std::shared_ptr<SnapshotReceiver>>> Node::Running::on_snapshot(
    NodeId from, SnapshotManifest manifest) {
  if (!active()) co_return make_error(Errc::stopped, options_.name);
  // A member may send; a blank node takes one from whoever let it in. So may a leader that joined while this node was
  // away: it is what the snapshot will tell.
  const Configuration& group = core_->configuration();
  if (!group.voters.empty() && !group.contains(from) && known_leader_ != from) {
    co_return make_error(Errc::not_member, from.name() + " is not known to " + options_.name);
  }
  std::optional<Result<std::unique_ptr<SnapshotReceiver>>> receiver;
  std::unique_ptr<SnapshotFollower> follower;
  std::function<void()> work = [this, &manifest, &receiver, &follower] {
    receiver.emplace(ports_.snapshots.receive(manifest));
    if (!*receiver) return;
    // It is only to save time.
    Result<std::unique_ptr<SnapshotFollower>> following = (**receiver)->follow();
    if (following) follower = std::move(*following);
  };
  co_await ports_.runtime.run(Lane::snapshot, std::move(work));
  if (!*receiver) co_return receiver->error();
  if (follower) co_await drop_early();
  const bool is_free = active() && !applying_ && apply_items_.empty() && !early_;
  if (follower && is_free && manifest.meta.position.index > applied_) {
    std::shared_ptr<SnapshotReceiver> watched =
        restore_early(std::move(**receiver), manifest.meta, std::move(follower));
    co_return watched;
  }
  std::shared_ptr<SnapshotReceiver> shared = std::move(**receiver);
  co_return shared;
}

std::shared_ptr<SnapshotReceiver> Node::Running::restore_early(std::unique_ptr<SnapshotReceiver> receiver,
                                                               const SnapshotMeta& meta,
                                                               std::unique_ptr<SnapshotFollower> follower) {
  const boost::asio::any_io_executor executor = ports_.runtime.executor();
  const auto early = std::make_shared<EarlyRestore>(executor, meta, std::move(follower));
  early_ = early;
  spawn(take_arrivals(early));
  const std::weak_ptr<EarlyRestore> weak = early;
  auto on_arrival = [executor, weak] {
    boost::asio::post(executor, [weak] {
      if (const auto restore = weak.lock()) restore->tell_arrival();
    });
  };
  auto on_break = [executor, weak, self = weak_from_this()] {
    boost::asio::post(executor, [weak, self] {
      const auto restore = weak.lock();
      const auto node = self.lock();
      if (restore && node && node->early_ == restore) node->spawn(node->drop_early());
    });
  };
  return std::make_shared<WatchedReceiver>(std::move(receiver), std::move(on_arrival), std::move(on_break));
}

// Whatever goes wrong here, the restore from the store will meet and tell it.
boost::asio::awaitable<void> Node::Running::take_arrivals(std::shared_ptr<EarlyRestore> early) {
  while (!early->has_ended()) {
    std::optional<Result<bool>> took;
    std::function<void()> work = [this, &early, &took] { took.emplace(early->take_some(ports_.state_machine)); };
    co_await ports_.runtime.run(Lane::apply, std::move(work));
    if (early->has_ended()) co_return;
    if (!*took) {
      if (early_ == early) co_await drop_early();
      co_return;
    }
    if (!**took) co_await early->wait_for_more();
  }
}

// The apply lane has it no more when this is over.
boost::asio::awaitable<void> Node::Running::drop_early() {
  if (!early_) co_return;
  const std::shared_ptr<EarlyRestore> early = std::exchange(early_, nullptr);
  early->end();
  std::function<void()> work = [&early] { early->drop(); };
  co_await ports_.runtime.run(Lane::apply, std::move(work));
}

boost::asio::awaitable<Result<void>> Node::Running::on_snapshot_complete(std::shared_ptr<SnapshotReceiver> receiver,
                                                                         Message message) {
  std::optional<Result<void>> published;
  std::function<void()> work = [&receiver, &published] { published.emplace(receiver->publish()); };
  co_await ports_.runtime.run(Lane::snapshot, std::move(work));
  if (!*published) co_return published->error();
  if (!active()) co_return make_error(Errc::stopped, options_.name);
  push(input::Received{std::move(message)});
  schedule_pump();
  co_return Result<void>();
}

}  // namespace consensus
