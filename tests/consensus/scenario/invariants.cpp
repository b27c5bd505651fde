// The invariants of Raft, on what a script can see.
#include "invariants.hpp"

#include <algorithm>
#include <stdexcept>

namespace scenario {
namespace {

using namespace consensus;

[[noreturn]] void broken(const std::string& what) {
  throw std::logic_error("invariant broken: " + what);
}

std::string at(Index index) {
  return std::to_string(index.value());
}

// The chain of the entry at `index`, if the disk has it.
std::optional<std::uint64_t> chain_at(const Disk& disk, Index index) {
  if (index == disk.base().index) return disk.base().chain;
  for (const Entry& entry : disk.entries()) {
    if (entry.index == index) return entry.chain;
  }
  return std::nullopt;
}

Index last_index(const Disk& disk) {
  return disk.entries().empty() ? disk.base().index : disk.entries().back().index;
}

bool majority_has(const std::vector<Member>& half, Index index, std::uint64_t chain,
                  const std::map<NodeId, const Disk*>& all) {
  if (half.empty()) return true;
  const auto have = std::count_if(half.begin(), half.end(), [&](const Member& member) {
    const auto disk = all.find(member.id);
    if (disk == all.end()) return false;
    return disk->second->base().index > index || chain_at(*disk->second, index) == chain;
  });
  return 2 * static_cast<std::size_t>(have) > half.size();
}

void check_append_request(const Message& message, const AppendRequest& request) {
  Index before = request.previous_index;
  for (const Entry& entry : request.entries) {
    if (entry.index != before.next()) broken("a request with a gap at " + at(entry.index));
    if (entry.term > message.term) broken("an entry of a later term than its leader's");
    before = entry.index;
  }
  if (!request.previous_index.is_zero() && request.previous_term.is_zero()) {
    broken("a request that follows an entry whose term is not known");
  }
}

}  // namespace

void Invariants::before_write(const NodeId& node, const Write& write, const Disk& disk) {
  if (write.hard_state) {
    const HardState& state = *write.hard_state;
    Term& term = terms_[node];
    if (state.term < term) broken("the stored term of " + node.name() + " goes back");
    term = state.term;
    if (state.vote) {
      const auto [known, fresh] = votes_.try_emplace({node, state.term}, *state.vote);
      if (!fresh && known->second != *state.vote) broken(node.name() + " votes twice in one term");
    }
  }
  Index last = last_index(disk);
  if (write.install) last = write.install->position.index;
  if (write.truncate_from) {
    if (!write.truncate_from->is_zero()) last = std::min(last, write.truncate_from->previous());
    const auto lost = committed_.lower_bound(*write.truncate_from);
    if (lost != committed_.end() && chain_at(disk, lost->first) == lost->second.chain) {
      broken(node.name() + " forgets the committed entry " + at(lost->first));
    }
  }
  if (!write.append.empty()) {
    if (write.append.front().index != last.next()) broken("a write that leaves a hole");
    last = write.append.back().index;
  }
  if (write.commit > last) broken("a stored commit index past the stored log");
  const bool matters = write.hard_state || write.install || write.truncate_from || !write.append.empty();
  if (matters && !write.must_sync) broken("a write that others rely on, without sync");
}

void Invariants::sent(const Message& message, const Disk& disk) {
  if (const auto* request = std::get_if<AppendRequest>(&message.body)) check_append_request(message, *request);
  if (const auto* reply = std::get_if<AppendReply>(&message.body)) {
    if (reply->accepted && reply->match > last_index(disk)) broken("acknowledged before durable: " + at(reply->match));
  }
  const auto* reply = std::get_if<VoteReply>(&message.body);
  if (reply != nullptr && reply->granted && reply->kind != CampaignKind::pre_vote) {
    const HardState state = disk.stored().hard_state;
    if (state.term != message.term || state.vote != message.to) broken("a vote before it is durable");
  }
}

void Invariants::apply(const NodeId& node, Index applied, const std::vector<Entry>& entries) {
  Index before = applied;
  for (const Entry& entry : entries) {
    if (entry.index != before.next()) broken(node.name() + " applies with a gap at " + at(entry.index));
    const auto [known, fresh] = committed_.try_emplace(entry.index, entry);
    if (!fresh && known->second.chain != entry.chain) broken("two histories at " + at(entry.index));
    before = entry.index;
  }
}

void Invariants::stepped(const CoreStatus& status, const std::map<NodeId, const Disk*>& all) {
  if (status.commit > status.last.index) broken("a commit index past the log");
  // A state machine may have kept what a damaged log has lost.
  if (status.applied > status.commit && !status.recovering) broken("applied what is not committed");
  Index& commit = commits_[status.id];
  if (status.commit < commit) broken("the commit index of " + status.id.name() + " goes back");
  const bool advanced = status.commit > commit;
  commit = status.commit;
  if (status.role != Role::leader) return;
  const auto [known, fresh] = leaders_.try_emplace(status.term, status.id);
  if (!fresh && known->second != status.id) broken("two leaders in term " + std::to_string(status.term.value()));
  if (fresh || advanced) check_leader(status, all);
}

// A leader has every committed entry; what it commits is on a majority.
void Invariants::check_leader(const CoreStatus& status, const std::map<NodeId, const Disk*>& all) {
  const Disk& own = *all.at(status.id);
  for (const auto& [index, entry] : committed_) {
    const std::optional<std::uint64_t> chain = chain_at(own, index);
    if (index > own.base().index && chain && *chain != entry.chain) broken("a leader with another history");
    if (index > status.last.index) broken("a leader without the committed entry " + at(index));
  }
  const std::optional<std::uint64_t> chain = chain_at(own, status.commit);
  if (!chain) {
    // Not durable here (a majority may have it without the leader): then the others must agree among themselves.
    return;
  }
  if (status.configuration_index > status.commit) return;  // another configuration governs what is committed
  for (const auto* half : {&status.configuration.voters, &status.configuration.outgoing}) {
    if (!majority_has(*half, status.commit, *chain, all)) broken("committed without a majority: " + at(status.commit));
  }
}

void Invariants::forget(const NodeId& node) {
  commits_.erase(node);
}

}  // namespace scenario
