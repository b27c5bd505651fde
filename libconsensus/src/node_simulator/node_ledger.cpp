// Leaders, commits, and what is applied.
#include "node_simulator/node_ledger.hpp"

#include <algorithm>

namespace consensus::simulator {
namespace {

std::string text_of(Index index) {
  return std::to_string(index.value());
}

}  // namespace

void NodeLedger::complain(const NodeId& id, const char* kind, const std::string& text) const {
  complain_(kind, id.name() + ": " + text);
}

void NodeLedger::observe(const CoreStatus& status, std::uint64_t life) {
  Record& record = records_[status.id];
  if (record.life != life) {
    record.life = life;
    record.term = record.log.hard_state.term;
    record.commit = Index();
    record.verified = Index();
    record.configuration = status.configuration;
  }
  if (status.term < record.term) complain(status.id, "term", "its term went back");
  record.term = status.term;
  if (status.commit < record.commit) complain(status.id, "commit", "its commit index went back");
  if (status.role == Role::leader) check_leader(status, life);
  if (status.commit > highest_commit_) {
    if (status.role == Role::leader) check_quorum(record, status);
    highest_commit_ = status.commit;
  }
  record.commit = status.commit;
  if (highest_applied_ > highest_commit_) {
    complain(status.id, "apply", text_of(highest_applied_) + " was applied, which nobody has committed");
  }
  compare_log(record, status);
  if (record.configuration != status.configuration) record.configuration = status.configuration;
}

void NodeLedger::check_leader(const CoreStatus& status, std::uint64_t life) {
  const auto [known, is_new] = leaders_.try_emplace(status.term, Leader{status.id, life});
  if (!is_new && (known->second.id != status.id || known->second.life != life)) {
    complain(status.id, "two-leaders",
             "leads term " + std::to_string(status.term.value()) + " as " + known->second.id.name() + " did");
  }
  if (status.recovering) complain(status.id, "damaged-leader", "leads though its log is damaged");
  if (status.term < configuration_term_ || status.configuration_index > status.commit) return;
  configuration_term_ = status.term;
  if (configuration_ != status.configuration) configuration_ = status.configuration;
}

// What a leader holds for committed is on the disks of a quorum of the configuration it knew before or after.
void NodeLedger::check_quorum(const Record& record, const CoreStatus& status) {
  auto held = held_by_quorum(status.configuration, status.commit);
  if (!held) held = held_by_quorum(record.configuration, status.commit);
  if (!held) {
    return complain(status.id, "commit",
                    "holds " + text_of(status.commit) + " for committed, but no quorum of " +
                        status.configuration.to_string() + " has it on its disks");
  }
  const auto [known, is_new] = committed_.try_emplace(status.commit, *held);
  if (!is_new && known->second != *held) complain(status.id, "divergence", "committed another entry");
}

// A position that a quorum has at this index: now, or before its disks lost it.
std::optional<LogPosition> NodeLedger::held_by_quorum(const Configuration& configuration, Index index) const {
  std::vector<LogPosition> candidates;
  for (const auto& [id, record] : records_) {
    if (const LogPosition* here = record.log.find(index)) candidates.push_back(*here);
    if (const auto lost = record.lost.find(index); lost != record.lost.end()) candidates.push_back(lost->second);
  }
  for (const LogPosition& candidate : candidates) {
    const auto has = [&](const NodeId& id) -> std::optional<bool> {
      const auto record = records_.find(id);
      if (record == records_.end()) return false;
      const LogPosition* here = record->second.log.find(index);
      if (here != nullptr && *here == candidate) return true;
      const auto lost = record->second.lost.find(index);
      return lost != record->second.lost.end() && lost->second == candidate;
    };
    if (vote_result(configuration, has) == VoteResult::won) return candidate;
  }
  return std::nullopt;
}

// Wherever a member takes its log for committed and durable, it is the log of everybody else.
void NodeLedger::compare_log(Record& record, const CoreStatus& status) {
  const Index until = std::min({status.commit, status.durable, record.log.last().index});
  // While a snapshot is being installed the disk has what the core has thrown away.
  const Index after = std::max({record.verified, record.log.base.index, status.first.index});
  for (Index index = after.next(); index <= until; index = index.next()) {
    const LogPosition* here = record.log.find(index);
    if (here == nullptr) continue;
    const auto [known, is_new] = committed_.try_emplace(index, *here);
    if (!is_new && known->second != *here) {
      return complain(status.id, "divergence", "has another entry at " + text_of(index) + " than was committed there");
    }
  }
  record.verified = std::max(record.verified, until);
}

// A vote is given once in a term (figure 2).
void NodeLedger::sends(const Message& message) {
  const auto* reply = std::get_if<VoteReply>(&message.body);
  if (reply == nullptr || !reply->granted || reply->kind == CampaignKind::pre_vote) return;
  Record& record = records_[message.from];
  const auto [vote, is_new] = record.votes.try_emplace(message.term, message.to);
  if (!is_new && vote->second != message.to) {
    complain(message.from, "vote",
             "votes for " + message.to.name() + " in term " + std::to_string(message.term.value()) + " after " +
                 vote->second.name());
  }
  if (record.log.hard_state.term < message.term ||
      (record.log.hard_state.term == message.term && record.log.hard_state.vote != message.to)) {
    complain(message.from, "vote", "votes before its vote is on its disk");
  }
}

void NodeLedger::applies(const NodeId& id, Index after, std::span<const std::pair<Index, std::uint64_t>> commands) {
  Index last = after;
  for (const auto& [index, bytes] : commands) {
    if (index <= last) complain(id, "apply", "applies " + text_of(index) + " after " + text_of(last));
    // Not before it has been looked at: it may be applied in the handler that commits it.
    if (index > highest_applied_) highest_applied_ = index;
    const auto [known, is_new] = commands_.try_emplace(index, bytes);
    if (!is_new && known->second != bytes) {
      complain(id, "divergence", "applies another command at " + text_of(index) + " than was applied elsewhere");
    }
    last = index;
  }
}

void NodeLedger::answers(const NodeId& id, Index index, std::uint64_t answer) {
  const auto [known, is_new] = answers_.try_emplace(index, answer);
  if (!is_new && known->second != answer) {
    complain(id, "state-machine", "answers the command at " + text_of(index) + " differently than another member");
  }
}

void NodeLedger::has_state(const NodeId& id, Index index, std::uint64_t bytes) {
  const auto [known, is_new] = states_.try_emplace(index, bytes);
  if (!is_new && known->second != bytes) {
    complain(id, "state-machine", "has another state at " + text_of(index) + " than another member");
  }
}

}  // namespace consensus::simulator
