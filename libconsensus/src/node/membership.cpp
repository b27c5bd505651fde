// Joining a group, and letting others in: learner, catching up, voter.
#include <algorithm>
#include <utility>

#include "node/running.hpp"

namespace consensus {
namespace {

// One question to a seed; catching up may need several.
constexpr Duration request_patience = std::chrono::seconds(30);
constexpr Duration retry_pause = std::chrono::milliseconds(100);
// A learner is promoted after a round of catching up that took less than an election timeout (thesis, section 4.2.1).
constexpr int catch_up_rounds = 10;

// Trying again cannot help.
bool is_final(const Error& error) {
  return error.code == Errc::invalid_argument || error.code == Errc::incompatible || error.code == Errc::malformed ||
         error.code == Errc::tls_failed;
}

}  // namespace

// ---- asking -------------------------------------------------------------------------------------------------------

boost::asio::awaitable<Result<void>> Node::Running::join(std::vector<std::string> seeds, JoinOptions options) {
  Error last = make_error(Errc::timeout, "no seed was asked");
  while (active()) {
    const Configuration configuration = core_->configuration();
    const bool voter = configuration.is_voter(id_);
    const bool learner = configuration.is_learner(id_);
    if (voter || (learner && options.as == JoinAs::learner)) co_return Result<void>();
    if (now() >= options.deadline)
      co_return make_error(Errc::timeout, options_.name + " could not join; last: " + last.message());
    std::vector<std::string> addresses = member_addresses();
    addresses.insert(addresses.end(), seeds.begin(), seeds.end());
    NodeRequest request;
    request.body = JoinRequest{{id_, options_.address}};
    Result<std::string> answer = co_await ask_group(addresses, std::move(request), options.deadline);
    if (answer) {
      Result<std::vector<Member>> members = decode_members(*answer);
      if (!members) co_return members.error();
      // Until the log says so itself: a blank node must be able to answer those who send it.
      std::erase_if(*members, [this](const Member& member) { return member.id == id_; });
      if (blank_ && active()) ports_.transport.set_peers(*members);
      for (const Member& member : *members) addresses.push_back(member.address);
      if (options.as == JoinAs::voter) {
        NodeRequest promotion;
        promotion.body = PromoteRequest{id_};
        answer = co_await ask_group(std::move(addresses), std::move(promotion), options.deadline);
      }
    }
    if (answer && active()) {
      // What a member can serve, it has applied.
      Result<Index> caught_up = co_await read_barrier(ReadMode::quorum, options.deadline);
      if (caught_up) co_return Result<void>();
      answer = caught_up.error();
    }
    if (!answer) last = answer.error();
    if (!answer && is_final(last)) co_return last;
    const TimePoint next = std::min(options.deadline, now() + retry_pause);
    co_await pause_until(next);
  }
  co_return make_error(Errc::stopped, options_.name);
}

// The first answer of any of them; else the last error.
boost::asio::awaitable<Result<std::string>> Node::Running::ask_group(std::vector<std::string> addresses,
                                                                     NodeRequest request, TimePoint deadline) {
  Result<std::string> answer = make_error(Errc::connection_failed, "no address to ask");
  for (const std::string& address : addresses) {
    if (!active()) co_return make_error(Errc::stopped, options_.name);
    if (address == options_.address) continue;
    request.patience = std::min(patience_until(deadline), request_patience);
    std::string to = address;
    std::string bytes = encode(request);
    const Duration patience = request.patience;
    answer = co_await ports_.transport.request(std::move(to), std::move(bytes), patience);
    if (answer || is_final(answer.error())) co_return answer;
  }
  co_return answer;
}

std::vector<std::string> Node::Running::member_addresses() const {
  std::vector<std::string> addresses;
  const std::optional<Member> leader = leader_member();
  if (leader) addresses.push_back(leader->address);
  for (const Member& member : core_->configuration().members()) {
    if (!leader || member.id != leader->id) addresses.push_back(member.address);
  }
  return addresses;
}

// A node that came back elsewhere cannot be reached by a leader that looks for it at its old address, so it does not
// wait for one: it tells whoever answers. It may also have been made the leader itself.
boost::asio::awaitable<void> Node::Running::announce_address() {
  while (active() && is_known_elsewhere()) {
    const TimePoint deadline = now() + request_patience;
    Member self{id_, options_.address};
    Result<std::string> told = make_error(Errc::not_leader, options_.name);
    if (core_->role() == Role::leader) {
      told = co_await admit(std::move(self), deadline);
    } else {
      NodeRequest request;
      request.body = JoinRequest{std::move(self)};
      std::vector<std::string> addresses = member_addresses();
      told = co_await ask_group(std::move(addresses), std::move(request), deadline);
    }
    if (told || !active()) co_return;
    const TimePoint next = now() + retry_pause;
    co_await pause_until(next);
  }
}

bool Node::Running::is_known_elsewhere() const {
  const std::vector<Member> members = core_->configuration().members();
  return std::any_of(members.begin(), members.end(),
                     [this](const Member& member) { return member.id == id_ && member.address != options_.address; });
}

boost::asio::awaitable<Result<void>> Node::Running::remove(std::string name, TimePoint deadline) {
  if (auto refused = refusal()) co_return std::move(*refused);
  Result<std::string> answered = make_error(Errc::not_leader, options_.name);
  if (core_->role() == Role::leader) {
    answered = co_await expel(std::move(name), deadline);
  } else {
    NodeRequest request;
    request.body = RemoveRequest{std::move(name)};
    std::vector<std::string> addresses = member_addresses();
    answered = co_await ask_group(std::move(addresses), std::move(request), deadline);
  }
  if (!answered) co_return answered.error();
  co_return Result<void>();
}

// ---- answering ----------------------------------------------------------------------------------------------------

boost::asio::awaitable<Result<std::string>> Node::Running::on_request(NodeId, std::string request) {
  if (!active()) co_return make_error(Errc::stopped, options_.name);
  Result<NodeRequest> decoded = decode_request(request);
  if (!decoded) co_return decoded.error();
  if (std::holds_alternative<MembershipQuestion>(decoded->body)) co_return encode_membership(!blank_);
  if (core_->role() == Role::leader) {
    Result<std::string> answered = co_await answer(std::move(*decoded));
    co_return answered;
  }
  Result<std::string> passed = co_await pass_on(std::move(*decoded));
  co_return passed;
}

boost::asio::awaitable<Result<std::string>> Node::Running::pass_on(NodeRequest request) {
  const std::optional<Member> leader = leader_member();
  if (request.passed_on || !leader || leader->id == id_) {
    co_return make_error(Errc::not_leader, options_.name + (leader ? "; the leader is " + leader->address : ""));
  }
  request.passed_on = true;
  std::string address = leader->address;
  std::string bytes = encode(request);
  const Duration patience = request.patience;
  Result<std::string> answered = co_await ports_.transport.request(std::move(address), std::move(bytes), patience);
  co_return answered;
}

boost::asio::awaitable<Result<std::string>> Node::Running::answer(NodeRequest request) {
  const TimePoint deadline = now() + request.patience;
  Result<std::string> answered = make_error(Errc::malformed, "request of a node");
  if (auto* join_request = std::get_if<JoinRequest>(&request.body)) {
    answered = co_await admit(std::move(join_request->member), deadline);
  } else if (auto* promotion = std::get_if<PromoteRequest>(&request.body)) {
    answered = co_await promote(std::move(promotion->id), deadline);
  } else if (auto* removal = std::get_if<RemoveRequest>(&request.body)) {
    answered = co_await expel(std::move(removal->name), deadline);
  } else if (auto* command = std::get_if<ForwardedCommand>(&request.body)) {
    ProposeOptions options;
    options.deadline = deadline;
    options.idempotency_key = std::move(command->key);
    options.forward = false;
    Result<Applied> applied = co_await propose(std::move(command->command), std::move(options));
    if (applied) {
      answered = encode_applied(applied->index, applied->answer);
    } else {
      answered = applied.error();
    }
  }
  co_return answered;
}

boost::asio::awaitable<Result<std::string>> Node::Running::admit(Member member, TimePoint deadline) {
  if (member.id.empty() || member.address.empty() || member_name(member.id) == member.id.name()) {
    co_return make_error(Errc::invalid_argument, "a member needs a name, an incarnation and an address");
  }
  const Configuration configuration = core_->configuration();
  ConfigurationChange wanted;
  bool present = false;
  for (const Member& other : configuration.members()) {
    if (other.id == member.id) {
      present = true;
      if (other.address != member.address) wanted.changes.push_back({MemberAction::update_address, member});
    } else if (member_name(other.id) == member_name(member.id)) {
      // The same name with another incarnation: its data is gone, and with them what it had promised.
      wanted.changes.push_back({MemberAction::remove, other});
    }
  }
  if (!present) wanted.changes.push_back({MemberAction::add_learner, member});
  if (!wanted.changes.empty()) {
    Result<Index> changed = co_await change(std::move(wanted), deadline);
    if (!changed) co_return changed.error();
  }
  if (!active()) co_return make_error(Errc::stopped, options_.name);
  co_return encode_members(core_->configuration().members());
}

boost::asio::awaitable<Result<std::string>> Node::Running::promote(NodeId id, TimePoint deadline) {
  for (int round = 0; round < catch_up_rounds; ++round) {
    if (!active() || core_->role() != Role::leader) co_return make_error(Errc::not_leader, options_.name);
    const CoreStatus status = core_->status();
    if (status.configuration.is_voter(id)) co_return std::string();
    if (!status.configuration.is_learner(id)) co_return make_error(Errc::not_member, id.name());
    const TimePoint begun = now();
    const OneShot<Result<Index>> done(ports_.runtime.executor());
    catching_up_.push_back({id, status.last.index, deadline, done});
    check_catching_up();
    Result<Index> reached = co_await done.wait();
    if (!reached) co_return reached.error();
    if (now() - begun < options_.core.election_timeout) break;
  }
  if (!active()) co_return make_error(Errc::stopped, options_.name);
  const Configuration configuration = core_->configuration();
  ConfigurationChange wanted;
  for (const Member& member : configuration.learners) {
    if (member.id == id) wanted.changes.push_back({MemberAction::add_voter, member});
  }
  if (wanted.changes.empty()) co_return make_error(Errc::not_member, id.name());
  Result<Index> changed = co_await change(std::move(wanted), deadline);
  if (!changed) co_return changed.error();
  co_return std::string();
}

// Called after every step while someone waits; a leader steps at every heartbeat at least.
void Node::Running::check_catching_up() {
  const CoreStatus status = core_->status();
  const TimePoint time = now();
  std::erase_if(catching_up_, [&](const CatchingUp& learner) {
    if (status.role != Role::leader) {
      learner.done.give(make_error(Errc::not_leader, options_.name));
      return true;
    }
    const auto peer = std::find_if(status.peers.begin(), status.peers.end(),
                                   [&](const PeerStatus& one) { return one.id == learner.id; });
    if (peer == status.peers.end()) {
      learner.done.give(make_error(Errc::not_member, learner.id.name()));
      return true;
    }
    if (peer->match >= learner.target) {
      learner.done.give(peer->match);
      return true;
    }
    if (time < learner.deadline) return false;
    learner.done.give(make_error(
        Errc::timeout,
        learner.id.name() + " is " + std::to_string(distance(peer->match, learner.target)) + " entries behind"));
    return true;
  });
}

boost::asio::awaitable<Result<std::string>> Node::Running::expel(std::string name, TimePoint deadline) {
  ConfigurationChange wanted;
  const Configuration configuration = core_->configuration();
  for (const Member& member : configuration.members()) {
    if (member_name(member.id) == name) wanted.changes.push_back({MemberAction::remove, member});
  }
  if (wanted.changes.empty()) co_return make_error(Errc::not_member, name);
  Result<Index> changed = co_await change(std::move(wanted), deadline);
  if (!changed) co_return changed.error();
  co_return std::string();
}

}  // namespace consensus
