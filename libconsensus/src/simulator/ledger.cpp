// Leaders, commits, applied entries and snapshots.
#include "simulator/ledger.hpp"

#include <algorithm>
#include <utility>

#include "consensus/simulator/random.hpp"
#include "simulator/member.hpp"
#include "simulator/world.hpp"

namespace consensus::simulator {
namespace {

constexpr std::uint64_t steps_between_window_checks = 32;

std::string text_of(Index index) {
  return std::to_string(index.value());
}

std::string text_of(Term term) {
  return std::to_string(term.value());
}

std::uint64_t hash_of(std::string_view bytes) {
  return mix(crc32c(bytes), bytes.size());
}

}  // namespace

void Ledger::fail(const SimulatedMember& member, const char* kind, const std::string& text) {
  world_.fail(kind, member.id().name() + ": " + text);
}

void Ledger::begin(const LogImage& image) {
  for (Index index(1); index <= image.last().index; index = index.next()) {
    committed_.push_back(image.entry(index)->position());
    committed_in_.push_back(image.entry(index)->term);
  }
  configurations_.push_back(image.configuration());
  begun_terms_.assign(2, true);
}

void Ledger::started(SimulatedMember& member) {
  const RaftCore& core = member.core();
  const LogImage& image = member.disk().image();
  LedgerMark& mark = member.ledger_mark();
  mark.term = core.term();
  mark.commit = core.commit();
  mark.given = member.applied();
  mark.configuration = mark.previous_configuration = core.configuration();
  if (core.term() < image.hard_state().term) fail(member, "term", "started with a lower term than it had stored");
  if (core.commit() > committed()) fail(member, "commit", "started with a commit index that nobody ever had");
  const PublishedSnapshot* snapshot = member.disk().newest_snapshot();
  const bool log_rules = snapshot == nullptr || snapshot->meta.position.index <= image.last().index;
  if (log_rules && core.configuration() != image.configuration().configuration) {
    fail(member, "configuration",
         "started with " + core.configuration().to_string() + " though its log says " +
             image.configuration().configuration.to_string());
  }
}

void Ledger::stepped(SimulatedMember& member, const Output& output) {
  LedgerMark& mark = member.ledger_mark();
  const RaftCore& core = member.core();
  if (output.changed) {
    mark.previous_configuration = std::move(mark.configuration);
    mark.configuration = core.configuration();
  }
  if (core.term() < mark.term) fail(member, "term", "its term went back");
  mark.term = core.term();
  highest_term_ = std::max(highest_term_, core.term());
  if (core.commit() < mark.commit) fail(member, "commit", "its commit index went back");
  if (core.commit() > committed()) commit(member, core.commit());
  // By way of an entry of its own term only: an older one on a majority may still be replaced (figure 8; MS-01).
  const bool led = std::exchange(mark.led, core.role() == Role::leader);
  if (led && mark.led && core.commit() > mark.commit && committed_[core.commit().value() - 1].term != core.term()) {
    fail(member, "commit", "counts on " + text_of(core.commit()) + " of an earlier term");
  }
  mark.commit = core.commit();
  if (core.role() == Role::leader) check_leader(member);
  if (!output.write && member.has_all_stored()) check_committed_prefix(member, nullptr);
  if (++mark.steps % steps_between_window_checks == 0) check_window(member);
  check_progress(member, output);
}

// What is given to be applied is committed and has no gaps.
void Ledger::check_progress(SimulatedMember& member, const Output& output) {
  LedgerMark& mark = member.ledger_mark();
  if (output.restore) {
    if (output.restore->position.index > committed()) fail(member, "restore", "restores what is not committed");
    mark.given = output.restore->position.index;
  }
  if (!output.apply) return;
  const CommittedRange& range = *output.apply;
  if (range.first != mark.given.next() || range.last < range.first) {
    fail(member, "apply",
         "gave " + text_of(range.first) + ".." + text_of(range.last) + " to apply after " + text_of(mark.given));
  }
  if (range.last > member.core().commit()) fail(member, "apply", "gave what is not committed to apply");
  if (!output.restore && range.last > member.disk().image().last().index) {
    fail(member, "apply", "gave what is not durable here to apply");
  }
  mark.given = range.last;
}

void Ledger::check_leader(const SimulatedMember& member) {
  const std::uint64_t term = member.core().term().value();
  if (leaders_.size() <= term) leaders_.resize(term + 1);
  Leadership& known = leaders_[term];
  if (known.member == 0) {
    known = {member.number(), member.life()};
    ++elections_;
    ++world_.statistics.elections;
    const LogImage& image = member.disk().image();
    if (image.damaged()) fail(member, "damaged-leader", "leads though its log is damaged");
    if (image.hard_state().term != member.core().term() || image.hard_state().vote != member.id()) {
      fail(member, "vote", "leads before its vote for itself is durable");
    }
  } else if (known.member != member.number() || known.life != member.life()) {
    fail(member, "two-leaders",
         "leads term " + text_of(member.core().term()) + " as n" + std::to_string(known.member) + " did");
  }
}

void Ledger::check_window(const SimulatedMember& member) {
  if (member.core().role() != Role::leader) return;
  const CoreStatus status = member.core().status();
  for (const PeerStatus& peer : status.peers) {
    if (peer.inflight_requests > std::max<std::size_t>(1, world_.setup.core.max_inflight_requests)) {
      fail(member, "window",
           "has " + std::to_string(peer.inflight_requests) + " requests under way to " + peer.id.name());
    }
    if (peer.match > status.last.index) fail(member, "match", "believes a peer to have more than it has itself");
    // What is not committed, applied and stored is in memory, so nothing keeps it from leaving (MS-54).
    const Index in_memory_after = std::min({status.commit, status.applied, status.durable});
    const bool has_room = peer.state == ReplicationState::replicate && !peer.paused && peer.inflight_requests == 0;
    if (peer.id != member.id() && has_room && peer.next <= status.last.index && peer.next > in_memory_after) {
      fail(member, "window", "keeps " + text_of(peer.next) + " from " + peer.id.name() + " that has nothing to do");
    }
  }
}

bool Ledger::is_durable(const Configuration& configuration, const LogPosition& position, Trust trust) const {
  const auto has = [&](const NodeId& id) -> std::optional<bool> {
    const SimulatedMember* voter = world_.member(world_.number_of(id));
    if (voter == nullptr) return false;
    // It may have acknowledged it before its disk lost it, or lost what came after it.
    if (trust == Trust::past && voter->had_before_damage(position)) return true;
    const LogImage& image = voter->disk().image();
    return !image.damaged() && image.position(position.index) == position;
  };
  return vote_result(configuration, has) == VoteResult::won;
}

// A member with the entry that a quorum has durably; null if there is none. Where disks have lied, what the one who
// decided has is believed, unless too few can ever have had it.
const SimulatedMember* Ledger::holder_of(const Configuration& configuration, Index index,
                                         const SimulatedMember& decider) const {
  for (const SimulatedMember* holder : world_.member_list()) {
    const auto held = holder->disk().image().position(index);
    if (held && is_durable(configuration, *held, Trust::present)) return holder;
  }
  const auto own = decider.disk().image().position(index);
  if (own && is_durable(configuration, *own, Trust::past)) return &decider;
  for (const SimulatedMember* holder : world_.member_list()) {
    const auto held = holder->disk().image().position(index);
    if (held && !own && is_durable(configuration, *held, Trust::past)) return holder;
  }
  return nullptr;
}

// Figure 3 does not say it, but everything hangs on it: what is committed is durable on a quorum of the configuration
// that is in force where it was decided.
void Ledger::commit(SimulatedMember& member, Index index) {
  const LedgerMark& mark = member.ledger_mark();
  const SimulatedMember* holder = holder_of(member.core().configuration(), index, member);
  // The configuration may have changed in the same step, after the commit.
  if (holder == nullptr) holder = holder_of(mark.previous_configuration, index, member);
  if (holder == nullptr) {
    return fail(member, "commit",
                "holds " + text_of(index) + " for committed, but no quorum of " +
                    member.core().configuration().to_string() + " has it durably");
  }
  const LogImage& image = holder->disk().image();
  for (Index next = committed().next(); next <= index; next = next.next()) {
    const Entry* entry = image.entry(next);
    if (entry == nullptr) return fail(member, "commit", "compacted " + text_of(next) + " before it was committed");
    committed_.push_back(entry->position());
    committed_in_.push_back(member.core().term());
    ++world_.statistics.committed;
    if (entry->kind != EntryKind::configuration) continue;
    if (auto decoded = decode_configuration(entry->payload.view())) {
      configurations_.push_back({entry->index, std::move(*decoded)});
      ++world_.statistics.configurations;
    }
  }
}

void Ledger::applies(const SimulatedMember& member, const Entry& entry) {
  if (entry.index > committed()) return fail(member, "apply", "applies what is not committed");
  if (committed_[entry.index.value() - 1] != entry.position()) {
    return fail(member, "divergence", "applies another entry at " + text_of(entry.index) + " than was committed there");
  }
  if (entry.index != member.applied().next()) fail(member, "apply", "applies out of order");
}

void Ledger::answered(const SimulatedMember& member, Index index, std::string_view answer) {
  const std::size_t place = index.value();
  if (answers_.size() <= place) answers_.resize(place + 1);
  const std::uint64_t hash = hash_of(answer);
  if (answers_[place].value_or(hash) != hash) {
    fail(member, "state-machine", "answers the command at " + text_of(index) + " differently than another member");
  }
  answers_[place] = hash;
}

void Ledger::check_snapshot(const SimulatedMember& member, const SnapshotMeta& meta, const char* kind) {
  const Index index = meta.position.index;
  if (index.is_zero() || index > committed()) return fail(member, kind, "a snapshot of what is not committed");
  if (committed_[index.value() - 1] != meta.position) {
    return fail(member, kind, "a snapshot at " + text_of(index) + " of another history than the committed one");
  }
  const auto behind = std::find_if(configurations_.begin(), configurations_.end(),
                                   [&](const ConfigurationAt& at) { return at.index > index; });
  const ConfigurationAt& then = *std::prev(behind);
  if (then.index != meta.configuration_index || then.configuration != meta.configuration) {
    fail(member, kind,
         "a snapshot at " + text_of(index) + " with " + meta.configuration.to_string() + " of " +
             text_of(meta.configuration_index) + " where " + then.configuration.to_string() + " of " +
             text_of(then.index) + " was in force");
  }
}

void Ledger::restores(const SimulatedMember& member, const SnapshotMeta& meta) {
  check_snapshot(member, meta, "restore");
}

void Ledger::took_snapshot(const SimulatedMember& member, const SnapshotMeta& meta) {
  check_snapshot(member, meta, "snapshot");
}

void Ledger::sends_snapshot(const SimulatedMember& member, const SnapshotOrder& order) {
  const auto* install = std::get_if<InstallSnapshot>(&order.message.body);
  if (install == nullptr) return fail(member, "snapshot", "orders a snapshot with another message");
  check_leads(member, order.message.term, {});
  check_snapshot(member, install->meta, "snapshot");
  if (member.disk().snapshot(install->meta) == nullptr) {
    fail(member, "snapshot", "orders a snapshot to be sent that it has not published");
  }
}

}  // namespace consensus::simulator
