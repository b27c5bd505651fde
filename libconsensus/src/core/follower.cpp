// What a member does with its leader's messages.
#include <algorithm>
#include <utility>

#include "core/state.hpp"
#include "invariant.hpp"

namespace consensus {
namespace {

// How many of the entries are the ones that may go behind `previous`: whole, contiguous, with readable configurations.
// The chain before the first is unknown only just after a start; then the leader's word is taken for it.
bool can_follow(std::span<const Entry> entries, std::optional<LogPosition> previous) {
  for (const Entry& entry : entries) {
    const bool fits = previous ? follows(entry, *previous) : entry.checksum == crc32c(entry.payload.view());
    if (!fits) return false;
    if (entry.kind == EntryKind::configuration && !decode_configuration(entry.payload.view())) return false;
    previous = entry.position();
  }
  return true;
}

bool are_numbered_from(std::span<const Entry> entries, Index first) noexcept {
  for (const Entry& entry : entries) {
    if (entry.index != first) return false;
    first = first.next();
  }
  return true;
}

}  // namespace

void RaftCore::State::receive(const NodeId& from, Term, AppendRequest& request) {
  if (request.previous_index < commit_) {
    // Everything committed equals the leader's log.
    reply_accepted(from, commit_);
    return;
  }
  if (!log_.matches(request.previous_index, request.previous_term)) {
    reply_refused(from, request);
    return;
  }
  // Entries that are there already stay: a late request must not cut off what came after it (MS-22).
  std::span<Entry> news = request.entries;
  if (!are_numbered_from(news, request.previous_index.next())) return;
  std::optional<LogPosition> previous = log_.position_at(request.previous_index);
  while (!news.empty() && log_.matches(news.front().index, news.front().term)) {
    previous = log_.position_at(news.front().index);
    // The same place with another history: either side has been tampered with. Not answering is safe.
    if (previous && previous->chain != news.front().chain) return;
    news = news.subspan(1);
  }
  if (!can_follow(news, previous)) return;
  const Index match = request.previous_index + request.entries.size();
  append_received(news);
  verified_ = std::max(verified_, match);
  if (request.recovered_life == life_) accept_recovery(from);
  // Not further than this request has shown to be equal: behind it there may be entries of another leader (MS-21).
  if (request.commit > commit_) advance_commit(std::max(commit_, std::min(request.commit, match)));
  reply_accepted(from, match);
}

void RaftCore::State::append_received(std::span<Entry> entries) {
  if (entries.empty()) return;
  if (entries.front().index <= log_.last().index) {
    invariant(entries.front().index > commit_, "what is committed is never replaced");
    log_.truncate_from(entries.front().index);
    saving_.truncate_from(entries.front().index);
    verified_ = std::min(verified_, log_.last().index);
  }
  for (Entry& entry : entries) {
    if (entry.kind == EntryKind::configuration) {
      Configuration next = *decode_configuration(entry.payload.view());
      log_.append_configuration(std::move(entry), std::move(next));
    } else {
      log_.append(std::move(entry));
    }
  }
}

AppendReply RaftCore::State::blank_reply() const {
  AppendReply reply;
  // What is said is sent only when the end of the damage is stored.
  reply.recovering = recovering_ && !saving_.takes_away_damage();
  reply.space = space();
  reply.life = life_;
  return reply;
}

void RaftCore::State::reply_accepted(const NodeId& to, Index match) {
  AppendReply reply = blank_reply();
  reply.accepted = true;
  reply.match = match;
  send_when_saved(to, reply, match);
}

void RaftCore::State::reply_refused(const NodeId& to, const AppendRequest& request) {
  const core::Log::Place hint = log_.last_not_after(request.previous_index, request.previous_term);
  AppendReply reply = blank_reply();
  reply.rejected = request.previous_index;
  reply.hint_index = hint.index;
  reply.hint_term = hint.term;
  send_when_saved(to, reply);
}

void RaftCore::State::receive(const NodeId& from, Term, Heartbeat& heartbeat) {
  if (heartbeat.lease) {
    promised_to_ = from;
    promised_until_ = std::max(promised_until_, now_ + options_.election_timeout);
  }
  // The leader names what it knows to be here; after a loss nobody noticed it may not be here any more (MS-31).
  const Index commit = std::min(heartbeat.commit, verified_);
  if (commit > commit_) advance_commit(commit);
  send_when_saved(from, HeartbeatReply{.round = heartbeat.round,
                                       .recovering = recovering_ && !saving_.takes_away_damage(),
                                       .space = space(),
                                       .life = life_});
}

void RaftCore::State::receive(const NodeId& from, Term, InstallSnapshot& request) {
  install(request.meta);
  reply_accepted(from, commit_);
}

void RaftCore::State::install(const SnapshotMeta& meta) {
  if (leading() != nullptr) return;
  const LogPosition& position = meta.position;
  if (!snapshot_ || snapshot_->position.index < position.index) snapshot_ = meta;
  if (position.index <= commit_) return;
  if (log_.matches(position.index, position.term)) {
    // The log has all of it: nothing is thrown away (MS-20).
    verified_ = std::max(verified_, position.index);
    advance_commit(position.index);
    return;
  }
  // A log that differs there is worth nothing, also what is behind (MS-19).
  log_.reset_to(meta);
  saving_.install(meta);
  commit_ = verified_ = position.index;
  // The state machine of a member whose log was damaged may already be further.
  if (position.index <= handed_out_) return;
  handed_out_ = position.index;
  handed_ranges_.clear();
  restore_ = meta;
  snapshot_asked_at_ = position.index;
  bytes_since_snapshot_ = 0;
}

void RaftCore::State::advance_commit(Index index) {
  invariant(index >= commit_ && index <= log_.last().index, "what is committed is in the log");
  commit_ = index;
}

}  // namespace consensus
