// The pump of a running node: inputs to the core, outputs to the ports.
#include "node/running.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

namespace consensus {

Node::Running::Running(NodeOptions options, NodePorts ports, std::function<void(const NodeEvent&)> on_event)
    : options_(std::move(options)),
      ports_(ports),
      on_event_(std::move(on_event)),
      applier_(ports.state_machine),
      all_ended_(ports.runtime.executor()) {}

// ---- inputs -------------------------------------------------------------------------------------------------------

void Node::Running::push(Input input) {
  inbox_.push_back(std::move(input));
}

// What arrives while other handlers run is taken together.
void Node::Running::schedule_pump() {
  if (pump_scheduled_ || !active()) return;
  pump_scheduled_ = true;
  boost::asio::post(ports_.runtime.executor(), [self = shared_from_this()] {
    self->pump_scheduled_ = false;
    self->pump();
  });
}

void Node::Running::pump() {
  if (!active()) return;
  const TimePoint time = now();
  expire_requests(time);
  if (time >= core_deadline_) push(input::Tick{});
  if (inbox_.empty()) {
    arm_timer();
    return;
  }
  std::vector<Input> inputs;
  inputs.swap(inbox_);
  carry_out(core_->step(time, inputs));
}

void Node::Running::on_message(Message message) {
  if (!active()) return;
  push(input::Received{std::move(message)});
  schedule_pump();
}

void Node::Running::on_peer_lost(const NodeId& peer) {
  if (!active()) return;
  push(input::PeerLost{peer});
  schedule_pump();
}

// ---- outputs ------------------------------------------------------------------------------------------------------

void Node::Running::carry_out(Output output) {
  send(std::move(output.send));
  std::optional<OneShot<bool>> durable;
  if (output.restore) {
    durable.emplace(ports_.runtime.executor());
    enqueue(RestoreItem{std::move(*output.restore), *durable});
  }
  if (output.write) {
    spawn(write_log(std::move(*output.write), std::move(output.send_after_write), durable));
  } else if (durable) {
    durable->give(true);
  }
  // Who waits for an index must be known before that index is applied.
  for (Completion& completion : output.completions) complete(std::move(completion));
  if (output.apply) enqueue(std::move(*output.apply));
  if (output.take_snapshot && !writing_snapshot_) enqueue(SnapshotItem{});
  for (LogReadOrder& order : output.log_reads) spawn(read_log(std::move(order)));
  for (SnapshotOrder& order : output.snapshots) spawn(provision(std::move(order)));
  core_deadline_ = output.next_deadline;
  if (output.changed) notice_changes();
  if (!catching_up_.empty()) check_catching_up();
  arm_timer();
}

void Node::Running::send(std::vector<Message> messages) {
  for (Message& message : messages) ports_.transport.send(std::move(message));
}

void Node::Running::complete(Completion completion) {
  const auto at = waiting_.find(completion.request);
  if (at == waiting_.end()) return;  // its deadline has passed
  if (completion.result && at->second.until_applied && *completion.result > applied_) {
    until_applied_.emplace(*completion.result, completion.request);
    return;
  }
  const std::optional<Waiting> waiting = release(completion.request);
  if (completion.result) {
    waiting->done.give(Applied{*completion.result, {}});
  } else {
    waiting->done.give(completion.result.error());
  }
}

void Node::Running::notice_changes() {
  const CoreStatus status = core_->status();
  if (status.configuration_index != known_configuration_index_) {
    known_configuration_index_ = status.configuration_index;
    if (!status.configuration.voters.empty()) blank_ = false;
    std::vector<Member> peers = status.configuration.members();
    std::erase_if(peers, [this](const Member& member) { return member.id == id_; });
    if (!peers.empty() || status.configuration.contains(id_)) ports_.transport.set_peers(peers);
    tell(event::ConfigurationChanged{status.configuration_index, status.configuration});
  }
  if (status.role == known_role_ && status.term == known_term_ && status.leader == known_leader_) return;
  known_role_ = status.role;
  known_term_ = status.term;
  known_leader_ = status.leader;
  if (known_leader_) {
    for (const RequestId request : std::exchange(until_leader_, {})) complete({request, Index(0)});
  }
  tell(event::RoleChanged{known_role_, known_term_, known_leader_});
}

void Node::Running::tell(const NodeEvent& event) const {
  if (on_event_) on_event_(event);
}

// ---- the log ------------------------------------------------------------------------------------------------------

boost::asio::awaitable<void> Node::Running::write_log(Write write, std::vector<Message> after,
                                                      std::optional<OneShot<bool>> durable) {
  std::optional<Result<void>> result;
  std::function<void()> work = [this, &write, &result] { result.emplace(ports_.log.write(write)); };
  co_await ports_.runtime.run(Lane::log, std::move(work));
  if (stopping_) {
    if (durable) durable->give(false);
    co_return;
  }
  if (!*result && result->error().code != Errc::no_space) {
    // Whether it is durable is not known; only opening the store anew tells.
    if (durable) durable->give(false);
    fail(result->error());
    co_return;
  }
  const bool kept = result->has_value();
  count_written(write);
  if (durable) durable->give(kept);
  if (kept) send(std::move(after));
  push(input::Written{write.id, kept ? input::WriteOutcome::durable : input::WriteOutcome::no_space});
  pump();
}

boost::asio::awaitable<void> Node::Running::read_log(LogReadOrder order) {
  std::optional<Result<std::vector<Entry>>> result;
  std::function<void()> work = [this, &order, &result] {
    result.emplace(ports_.log.read(order.first, order.last, order.max_bytes));
  };
  co_await ports_.runtime.run(Lane::snapshot, std::move(work));
  if (!active()) co_return;
  if (!*result && result->error().code != Errc::compacted) {
    fail(result->error());
    co_return;
  }
  std::vector<Entry> entries;
  if (*result) entries = std::move(**result);
  push(input::LogRead{std::move(order.peer), std::move(entries)});
  schedule_pump();
}

// Every now and then, however much is written.
boost::asio::awaitable<void> Node::Running::keep_house() {
  while (active()) {
    const TimePoint next = now() + options_.housekeeping_interval;
    co_await ports_.runtime.sleep_until(next);
    if (active() && !tidying_) co_await tidy_log();
  }
}

// And sooner when much is written.
void Node::Running::count_written(const Write& write) {
  for (const Entry& entry : write.append) written_since_tidied_ += entry.payload.size();
  if (written_since_tidied_ >= options_.housekeeping_bytes && !tidying_) spawn(tidy_log());
}

// Looks after free space, and takes the log's housekeeping off the way of commits.
boost::asio::awaitable<void> Node::Running::tidy_log() {
  tidying_ = true;
  written_since_tidied_ = 0;
  std::optional<Result<std::uint64_t>> free;
  Result<void> kept;
  std::function<void()> work = [this, &free, &kept] {
    free.emplace(ports_.log.free_bytes());
    kept = ports_.log.maintain();
  };
  co_await ports_.runtime.run(Lane::upkeep, std::move(work));
  tidying_ = false;
  if (!active()) co_return;
  if (!kept && kept.error().code != Errc::no_space) {
    fail(kept.error());
    co_return;
  }
  if (!*free) co_return;
  const Space space = **free < options_.low_space_bytes ? Space::low : Space::enough;
  if (space == known_space_) co_return;
  known_space_ = space;
  push(input::SpaceChanged{space});
  schedule_pump();
}

// ---- time ---------------------------------------------------------------------------------------------------------

// Deadlines mostly move on, so a sleeper is replaced only when it would come too late.
void Node::Running::arm_timer() {
  TimePoint wanted = core_deadline_;
  if (!deadlines_.empty()) wanted = std::min(wanted, deadlines_.begin()->first);
  if (wanted >= armed_ || !active()) return;
  cancel(timer_);
  armed_ = wanted;
  ++timer_generation_;
  timer_ = spawn_cancellable(sleep_and_pump(wanted, timer_generation_));
}

boost::asio::awaitable<void> Node::Running::sleep_and_pump(TimePoint when, std::uint64_t generation) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  co_await ports_.runtime.sleep_until(when);
  if (generation != timer_generation_) co_return;
  armed_ = TimePoint::max();
  pump();
}

void Node::Running::wait_for(RequestId request, Waiting waiting) {
  if (waiting.deadline != TimePoint::max()) deadlines_.emplace(waiting.deadline, request);
  waiting_.emplace(request, std::move(waiting));
}

// None: it was answered before.
std::optional<Node::Running::Waiting> Node::Running::release(RequestId request) {
  const auto at = waiting_.find(request);
  if (at == waiting_.end()) return std::nullopt;
  std::optional<Waiting> waiting = std::move(at->second);
  deadlines_.erase({waiting->deadline, request});
  waiting_.erase(at);
  return waiting;
}

void Node::Running::expire_requests(TimePoint time) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= time) {
    const std::optional<Waiting> waiting = release(deadlines_.begin()->second);
    const bool unknown = waiting->handed_over && waiting->changes_state;
    waiting->done.give(make_error(unknown ? Errc::outcome_unknown : Errc::timeout, options_.name));
  }
}

// ---- tasks --------------------------------------------------------------------------------------------------------

void Node::Running::spawn(boost::asio::awaitable<void> task) {
  ++tasks_;
  boost::asio::co_spawn(ports_.runtime.executor(), std::move(task),
                        [self = shared_from_this()](std::exception_ptr) { self->task_ended(); });
}

// Each has a signal of its own: a slot that is bound again takes the state of the coroutine before it away.
Node::Running::Signal Node::Running::spawn_cancellable(boost::asio::awaitable<void> task) {
  auto signal = std::make_shared<boost::asio::cancellation_signal>();
  ++tasks_;
  boost::asio::co_spawn(
      ports_.runtime.executor(), std::move(task),
      boost::asio::bind_cancellation_slot(
          signal->slot(), [self = shared_from_this(), signal](std::exception_ptr) { self->task_ended(); }));
  return signal;
}

void Node::Running::cancel(const Signal& signal) {
  if (signal) signal->emit(boost::asio::cancellation_type::terminal);
}

void Node::Running::task_ended() {
  --tasks_;
  if (tasks_ == 0 && stopping_) all_ended_.give(true);
}

void Node::Running::fail(Error error) {
  if (failed_ || stopping_) return;
  failed_ = error;
  stopping_ = true;
  end_requests(error);
  cancel(timer_);
  cancel(housekeeping_);
  if (early_) spawn(drop_early());
  tell(event::Failed{std::move(error)});
}

void Node::Running::end_requests(const Error& reason) {
  for (auto& [request, waiting] : std::exchange(waiting_, {})) {
    const bool unknown = waiting.handed_over && waiting.changes_state;
    waiting.done.give(unknown ? make_error(Errc::outcome_unknown, options_.name + " stops") : reason);
  }
  deadlines_.clear();
  until_applied_.clear();
  until_leader_.clear();
  for (const CatchingUp& learner : std::exchange(catching_up_, {})) learner.done.give(reason);
}

boost::asio::awaitable<void> Node::Running::stop() {
  if (!stopping_) {
    stopping_ = true;
    end_requests(make_error(Errc::stopped, options_.name));
    cancel(timer_);
    cancel(housekeeping_);
  }
  co_await ports_.transport.stop();
  co_await drop_early();
  for (ApplyItem& item : std::exchange(apply_items_, {})) {
    if (auto* snapshot = std::get_if<SnapshotItem>(&item); snapshot != nullptr && snapshot->done) {
      snapshot->done->give(make_error(Errc::stopped, options_.name));
    }
  }
  if (tasks_ == 0) all_ended_.give(true);
  co_await all_ended_.wait();
}

NodeStatus Node::Running::status() const {
  NodeStatus status;
  if (core_) status.core = core_->status();
  status.core.id = id_;
  status.address = options_.address;
  status.incarnation = ports_.log.incarnation();
  status.blank = blank_;
  status.snapshot = newest_snapshot_;
  status.pending_requests = waiting_.size();
  if (status.core.recovering) status.damage = damage_;
  status.failed = failed_;
  return status;
}

}  // namespace consensus
