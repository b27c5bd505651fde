// What an embedder asks of a node: proposals, reads, changes, transfers.
#include <algorithm>
#include <utility>

#include "node/envelope.hpp"
#include "node/running.hpp"

namespace consensus {
namespace {

// For callers without a deadline.
constexpr Duration longest_patience = std::chrono::hours(1);
// Between attempts to reach a leader that has just gone.
constexpr Duration forward_pause = std::chrono::milliseconds(10);

// Nothing has happened, and soon there will be another leader.
bool leader_is_passing(const Error& error) {
  return error.code == Errc::connection_failed || error.code == Errc::not_leader || error.code == Errc::stopped;
}

}  // namespace

RequestId Node::Running::next_request() noexcept {
  return RequestId(++last_request_);
}

std::optional<Error> Node::Running::refusal() const {
  if (failed_) return *failed_;
  if (!active()) return make_error(Errc::stopped, options_.name);
  if (waits_for_operator()) return make_error(Errc::corrupt, options_.name + ": " + damage_->message());
  if (waiting_.size() >= options_.max_pending_requests) {
    return make_error(Errc::overloaded,
                      options_.name + " has " + std::to_string(waiting_.size()) + " requests under way");
  }
  return std::nullopt;
}

// Nobody will ever lead; waiting for it would be in vain.
bool Node::Running::waits_for_operator() const noexcept {
  return damage_ && !damage_accepted_ && damage_->healing == LogDamage::Healing::by_operator && !known_leader_;
}

std::optional<Member> Node::Running::leader_member() const {
  if (!known_leader_) return std::nullopt;
  for (const Member& member : core_->configuration().members()) {
    if (member.id == *known_leader_) return member;
  }
  return std::nullopt;
}

Duration Node::Running::patience_until(TimePoint deadline) const {
  const TimePoint time = now();
  if (deadline <= time) return Duration::zero();
  return deadline - time > longest_patience ? longest_patience : deadline - time;
}

boost::asio::awaitable<Result<Applied>> Node::Running::ask_core(Input input, RequestId request, Waiting waiting) {
  const OneShot<Result<Applied>> done = waiting.done;
  waiting.handed_over = true;
  wait_for(request, std::move(waiting));
  push(std::move(input));
  schedule_pump();
  Result<Applied> answer = co_await done.wait();
  co_return answer;
}

boost::asio::awaitable<Result<Applied>> Node::Running::propose(std::string command, ProposeOptions options) {
  for (;;) {
    if (auto refused = refusal()) co_return std::move(*refused);
    if (core_->role() == Role::leader || !options.forward) break;
    const Result<void> led = co_await wait_for_leader(options.deadline);
    if (!led) co_return led.error();
    if (auto refused = refusal()) co_return std::move(*refused);
    if (core_->role() == Role::leader) break;
    Result<Applied> forwarded = co_await forward(command, options);
    const bool passing = !forwarded && leader_is_passing(forwarded.error());
    if (!passing || now() >= options.deadline) co_return forwarded;
    const TimePoint next = std::min(options.deadline, now() + forward_pause);
    co_await pause_until(next);
  }
  const RequestId request = next_request();
  Waiting waiting{OneShot<Result<Applied>>(ports_.runtime.executor()), options.deadline};
  waiting.changes_state = true;
  waiting.until_applied = true;
  Input input = input::Propose{request, seal(options.idempotency_key, command)};
  Result<Applied> applied = co_await ask_core(std::move(input), request, std::move(waiting));
  co_return applied;
}

// Ends early when the node stops: whoever has called may be gone, and the node with it, once stop() has come back.
boost::asio::awaitable<void> Node::Running::pause_until(TimePoint when) {
  if (!active()) co_return;
  const OneShot<Result<Applied>> done(ports_.runtime.executor());
  wait_for(next_request(), Waiting{done, when});
  arm_timer();
  const Result<Applied> over = co_await done.wait();
  static_cast<void>(over);
}

// Comes back when a leader is known, or with Errc::timeout.
boost::asio::awaitable<Result<void>> Node::Running::wait_for_leader(TimePoint deadline) {
  if (blank_) co_return make_error(Errc::not_leader, options_.name + " belongs to no group");
  if (known_leader_) co_return Result<void>();
  const RequestId request = next_request();
  const OneShot<Result<Applied>> done(ports_.runtime.executor());
  wait_for(request, Waiting{done, deadline});
  until_leader_.push_back(request);
  arm_timer();
  Result<Applied> known = co_await done.wait();
  if (!known) co_return known.error();
  co_return Result<void>();
}

boost::asio::awaitable<Result<Applied>> Node::Running::forward(std::string command, ProposeOptions options) {
  const std::optional<Member> leader = leader_member();
  if (!leader || leader->id == id_) co_return make_error(Errc::not_leader, "no leader is known to " + options_.name);
  NodeRequest request;
  request.patience = patience_until(options.deadline);
  request.passed_on = true;
  request.body = ForwardedCommand{std::move(options.idempotency_key), std::move(command)};
  std::string address = leader->address;
  std::string bytes = encode(request);
  const Duration patience = request.patience;
  Result<std::string> answer = co_await ports_.transport.request(std::move(address), std::move(bytes), patience);
  if (!answer) co_return answer.error();
  Result<AppliedAnswer> decoded = decode_applied(*answer);
  if (!decoded) co_return decoded.error();
  Applied applied{decoded->index, std::move(decoded->answer)};
  co_return applied;
}

boost::asio::awaitable<Result<Index>> Node::Running::read_barrier(ReadMode mode, TimePoint deadline) {
  if (auto refused = refusal()) co_return std::move(*refused);
  const RequestId request = next_request();
  Waiting waiting{OneShot<Result<Applied>>(ports_.runtime.executor()), deadline};
  waiting.until_applied = true;
  Input input = input::ReadBarrier{request, mode};
  Result<Applied> applied = co_await ask_core(std::move(input), request, std::move(waiting));
  if (!applied) co_return applied.error();
  co_return applied->index;
}

boost::asio::awaitable<Result<Index>> Node::Running::change(ConfigurationChange change, TimePoint deadline) {
  if (auto refused = refusal()) co_return std::move(*refused);
  const RequestId request = next_request();
  Waiting waiting{OneShot<Result<Applied>>(ports_.runtime.executor()), deadline};
  waiting.changes_state = true;
  Input input = input::ChangeConfiguration{request, std::move(change)};
  Result<Applied> applied = co_await ask_core(std::move(input), request, std::move(waiting));
  if (!applied) co_return applied.error();
  co_return applied->index;
}

boost::asio::awaitable<Result<void>> Node::Running::transfer(std::optional<NodeId> target, TimePoint deadline) {
  if (auto refused = refusal()) co_return std::move(*refused);
  const RequestId request = next_request();
  Waiting waiting{OneShot<Result<Applied>>(ports_.runtime.executor()), deadline};
  Input input = input::TransferLeadership{request, std::move(target)};
  Result<Applied> answer = co_await ask_core(std::move(input), request, std::move(waiting));
  if (!answer) co_return answer.error();
  co_return Result<void>();
}

}  // namespace consensus
