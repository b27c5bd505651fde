// The queue in front of the state machine: committed ranges, snapshots to restore and to take, in their order.
#include <algorithm>
#include <utility>

#include "node/envelope.hpp"
#include "node/restoring.hpp"
#include "node/running.hpp"

namespace consensus {

void Node::Running::enqueue(ApplyItem item) {
  apply_items_.push_back(std::move(item));
  if (applying_) return;
  applying_ = true;
  spawn(apply_queue());
}

boost::asio::awaitable<void> Node::Running::apply_queue() {
  while (!apply_items_.empty() && active()) {
    ApplyItem item = std::move(apply_items_.front());
    apply_items_.pop_front();
    const auto* restored = std::get_if<RestoreItem>(&item);
    const bool is_arrived = early_ && restored != nullptr && restored->meta.position == early_->meta().position;
    if (early_ && !is_arrived) co_await drop_early();
    if (auto* range = std::get_if<CommittedRange>(&item)) {
      co_await apply_range(std::move(*range));
    } else if (auto* snapshot = std::get_if<RestoreItem>(&item)) {
      co_await restore(std::move(*snapshot));
    } else {
      co_await begin_snapshot(std::move(std::get<SnapshotItem>(item)));
    }
  }
  applying_ = false;
}

boost::asio::awaitable<void> Node::Running::apply_range(CommittedRange range) {
  constexpr std::size_t piece_bytes = std::size_t{4} << 20U;
  Index next = range.first;
  while (next <= range.last && active()) {
    std::vector<Entry> entries = std::move(range.entries);
    range.entries.clear();
    std::optional<Result<std::vector<Applier::Answer>>> answers;
    const Index last = range.last;
    std::function<void()> work = [this, &entries, &answers, next, last] {
      if (entries.empty()) {
        Result<std::vector<Entry>> stored = ports_.log.read(next, last, piece_bytes);
        if (!stored) {
          answers.emplace(stored.error());
          return;
        }
        entries = std::move(*stored);
      }
      answers.emplace(applier_.apply(entries));
    };
    if (options_.apply_on == ApplyOn::executor && !entries.empty()) {
      work();
    } else {
      co_await ports_.runtime.run(Lane::apply, std::move(work));
    }
    if (!active()) co_return;
    if (!*answers) {
      // A snapshot has taken the log's place meanwhile; its restore waits in the queue.
      const bool replaced = answers->error().code == Errc::compacted && drop_until_restore();
      if (!replaced) fail(answers->error());
      co_return;
    }
    next = entries.back().index.next();
    finish_applied(entries.back().index, std::move(**answers));
  }
}

// What is left before the next restore is not applied; false when there is none.
bool Node::Running::drop_until_restore() {
  const auto restores = [](const ApplyItem& item) { return std::holds_alternative<RestoreItem>(item); };
  const auto next = std::find_if(apply_items_.begin(), apply_items_.end(), restores);
  if (next == apply_items_.end()) return false;
  for (auto item = apply_items_.begin(); item != next; ++item) {
    const auto* snapshot = std::get_if<SnapshotItem>(&*item);
    if (snapshot != nullptr && snapshot->done) {
      snapshot->done->give(make_error(Errc::change_in_progress, "a snapshot is being restored"));
    }
  }
  apply_items_.erase(apply_items_.begin(), next);
  return true;
}

void Node::Running::finish_applied(Index through, std::vector<Applier::Answer> answers) {
  applied_ = through;
  answer_waiting(through, answers);
  push(input::Applied{through});
  schedule_pump();
}

void Node::Running::answer_waiting(Index through, const std::vector<Applier::Answer>& answers) {
  auto answer = answers.begin();
  while (!until_applied_.empty() && until_applied_.begin()->first <= through) {
    const auto [index, request] = *until_applied_.begin();
    until_applied_.erase(until_applied_.begin());
    const std::optional<Waiting> waiting = release(request);
    if (!waiting) continue;
    while (answer != answers.end() && answer->index < index) ++answer;
    Applied applied{index, {}};
    if (waiting->changes_state && answer != answers.end() && answer->index == index) applied.answer = answer->text;
    waiting->done.give(std::move(applied));
  }
}

boost::asio::awaitable<void> Node::Running::restore(RestoreItem item) {
  const bool durable = co_await item.durable.wait();
  if (!durable || !active()) {
    co_await drop_early();
    co_return;
  }
  std::optional<Result<void>> result;
  // Most of it may be there already.
  const std::shared_ptr<EarlyRestore> early = std::exchange(early_, nullptr);
  if (early) early->end();
  std::function<void()> work = [this, &item, &early, &result] {
    if (early) result.emplace(early->finish(ports_.state_machine, applier_));
    if (early) early->drop();
    if (!early || !*result) result.emplace(restore_from_store(ports_, item.meta, applier_));
  };
  co_await ports_.runtime.run(Lane::apply, std::move(work));
  if (!*result) {
    fail(result->error());
    co_return;
  }
  if (!active()) co_return;
  newest_snapshot_ = item.meta;
  tell(event::SnapshotRestored{item.meta});
  finish_applied(item.meta.position.index, {});
}

boost::asio::awaitable<void> Node::Running::begin_snapshot(SnapshotItem item) {
  if (writing_snapshot_ || applied_.is_zero()) {
    const Error why = applied_.is_zero() ? make_error(Errc::invalid_argument, "nothing was applied yet")
                                         : make_error(Errc::change_in_progress, "a snapshot is being written");
    if (item.done) item.done->give(why);
    co_return;
  }
  std::optional<Result<std::unique_ptr<SnapshotSource>>> source;
  SnapshotMeta meta;
  std::string header;
  std::function<void()> work = [this, &source, &meta, &header] {
    source.emplace(ports_.state_machine.take_snapshot());
    meta = applier_.meta();
    header = make_snapshot_header(applier_.keys().to_bytes());
  };
  co_await ports_.runtime.run(Lane::apply, std::move(work));
  if (!*source) {
    if (item.done) item.done->give(source->error());
    fail(source->error());
    co_return;
  }
  std::shared_ptr<SnapshotSource> shared = std::move(**source);
  writing_snapshot_ = true;
  spawn(write_snapshot(std::move(shared), std::move(meta), std::move(header), std::move(item)));
}

}  // namespace consensus
