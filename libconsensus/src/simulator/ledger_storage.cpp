// The part of the ledger about what is stored, and what is said because it is stored.
#include <algorithm>

#include "simulator/ledger.hpp"
#include "simulator/member.hpp"
#include "simulator/world.hpp"

namespace consensus::simulator {
namespace {

std::string text_of(Index index) {
  return std::to_string(index.value());
}

}  // namespace

void Ledger::writes(const SimulatedMember& member, const Write& write) {
  if (write.hard_state) check_hard_state(member, *write.hard_state);
  if (write.install) {
    check_snapshot(member, *write.install, "install");
    if (member.disk().snapshot(*write.install) == nullptr) {
      fail(member, "install", "installs a snapshot that was never published here");
    }
  }
  if (write.truncate_from) check_truncation(member, *write.truncate_from);
  check_append(member, write);
  if (write.compact_to) check_compaction(member, *write.compact_to);
  check_configuration(member, write);
  if (write.recovered) check_recovery(member, write);
  check_committed_prefix(member, &write);
  if (write.commit > committed()) fail(member, "commit", "stores a commit index that nobody has");
  const bool relied_on = write.hard_state || write.install || write.truncate_from || !write.append.empty();
  if (relied_on && !write.must_sync) fail(member, "sync", "does not sync what others may rely on");
}

void Ledger::check_hard_state(const SimulatedMember& member, const HardState& next) {
  const HardState& before = member.disk().image().hard_state();
  if (next.term < before.term) fail(member, "term", "stores a lower term than it had");
  if (next.term == before.term && before.vote && next.vote != before.vote) {
    fail(member, "vote", "stores another vote in the same term");
  }
}

void Ledger::check_truncation(const SimulatedMember& member, Index from) {
  const LogImage& image = member.disk().image();
  if (from <= image.base().index) return fail(member, "truncation", "truncates what it has compacted");
  for (Index index = from; index <= std::min(image.last().index, committed()); index = index.next()) {
    if (image.position(index) == committed_[index.value() - 1]) {
      return fail(member, "truncation", "removes the committed entry " + text_of(index));
    }
  }
  if (member.core().role() != Role::leader) return;
  if (image.entry(from) != nullptr && image.entry(from)->term == member.core().term()) {
    fail(member, "append-only", "removes an entry of the term it leads");
  }
}

void Ledger::check_append(const SimulatedMember& member, const Write& write) {
  if (write.append.empty()) return;
  const LogImage& image = member.disk().image();
  const Index first = write.append.front().index;
  std::optional<LogPosition> previous = image.position(first.previous());
  if (write.install) previous = write.install->position;
  const Index kept = write.truncate_from ? write.truncate_from->previous() : image.last().index;
  if (!write.install && kept != first.previous()) {
    return fail(member, "log", "appends " + text_of(first) + " behind " + text_of(kept));
  }
  for (const Entry& entry : write.append) {
    if (!previous || !follows(entry, *previous)) {
      return fail(member, "log", "writes an entry at " + text_of(entry.index) + " that does not follow the one before");
    }
    previous = entry.position();
    SeenEntry* known = seen(entry.index, entry.term);
    if (known->chain == 0) {
      known->chain = entry.chain;
      if (entry.kind == EntryKind::configuration) check_new_configuration(member, write, entry);
    }
    if (known->chain != entry.chain) {
      return fail(member, "log-matching",
                  "writes at " + text_of(entry.index) + " an entry of the same term as another with another history");
    }
    check_first_of_term(member, write, entry);
  }
}

// When the store has what the core has, or is about to, the log up to the core's commit index is the committed one
// (MS-21).
void Ledger::check_committed_prefix(const SimulatedMember& member, const Write* write) {
  const Index commit = member.core().commit();
  if (commit.is_zero() || commit > committed()) return;
  std::optional<LogPosition> position = member.disk().image().position(commit);
  if (write != nullptr) {
    const bool is_cut_off = write->truncate_from && *write->truncate_from <= commit;
    if (is_cut_off || write->install) position.reset();
    if (write->install && write->install->position.index == commit) position = write->install->position;
    if (!write->append.empty() && commit >= write->append.front().index && commit <= write->append.back().index) {
      position = write->append[static_cast<std::size_t>(distance(write->append.front().index, commit))].position();
    }
  }
  const bool is_compacted = commit < member.disk().image().base().index;
  if (!is_compacted && position != committed_[commit.value() - 1]) {
    fail(member, "commit", "holds " + text_of(commit) + " for committed, but has something else there");
  }
}

// Whoever lost something votes again only with all of it that was committed (MS-31, MS-49).
void Ledger::check_recovery(const SimulatedMember& member, const Write& write) {
  LogImage after = member.disk().image();
  after.apply(write);
  for (const LogPosition& lost : member.lost()) {
    if (lost.index > committed() || committed_[lost.index.value() - 1] != lost) continue;
    if (lost.index >= after.base().index && after.position(lost.index) != lost) {
      return fail(member, "recovery", "is whole again without the committed entry " + text_of(lost.index));
    }
  }
}

// What is acknowledged is durable, and it is what the leader has there (MS-33).
void Ledger::check_acknowledgement(const SimulatedMember& member, Term term, const AppendReply& reply) {
  const LogImage& image = member.disk().image();
  if (reply.match > image.last().index) {
    return fail(member, "acknowledgement", "acknowledges " + text_of(reply.match) + " before it is durable");
  }
  const std::size_t place = term.value();
  const SimulatedMember* leader = place < leaders_.size() ? world_.member(leaders_[place].member) : nullptr;
  if (leader == nullptr || leader->disk().image().hard_state().term != term) return;
  const auto theirs = leader->disk().image().position(reply.match);
  const auto ours = image.position(reply.match);
  if (theirs && ours && *theirs != *ours) {
    fail(member, "acknowledgement", "acknowledges another entry at " + text_of(reply.match) + " than the leader's");
  }
}

// A write brings the store to what the core has; the newest configuration in the log is the one in force (MS-09).
void Ledger::check_configuration(const SimulatedMember& member, const Write& write) {
  const Configuration& in_force = member.core().configuration();
  for (auto entry = write.append.rbegin(); entry != write.append.rend(); ++entry) {
    if (entry->kind != EntryKind::configuration) continue;
    const auto decoded = decode_configuration(entry->payload.view());
    if (!decoded || *decoded != in_force) fail(member, "configuration", "does not go by the configuration it appends");
    return;
  }
  if (write.install) {
    if (write.install->configuration != in_force) fail(member, "configuration", "does not go by that of its snapshot");
  } else if (write.truncate_from) {
    const ConfigurationAt& before = member.disk().image().configuration_before(*write.truncate_from);
    if (before.configuration != in_force) fail(member, "configuration", "still goes by one that it removes");
  }
}

// A leader changes the configuration when an entry of its term and the last change are committed (MS-02, MS-03, MS-04).
void Ledger::check_new_configuration(const SimulatedMember& member, const Write& write, const Entry& entry) {
  Index previous = write.install ? write.install->configuration_index
                                 : member.disk().image().configuration_before(write.append.front().index).index;
  for (const Entry& one : write.append) {
    if (one.index < entry.index && one.kind == EntryKind::configuration) previous = one.index;
  }
  if (previous > committed()) {
    fail(member, "configuration",
         "the configuration at " + text_of(entry.index) + " was appended before the one at " + text_of(previous) +
             " was committed");
  }
  // A late copy may be the first that is written.
  const auto later = std::find_if(committed_.rbegin(), committed_.rend(),
                                  [&](const LogPosition& one) { return one.term <= entry.term; });
  if (later == committed_.rend() || later->term != entry.term) {
    fail(member, "configuration",
         "the configuration at " + text_of(entry.index) + " was appended before anything of its term was committed");
  }
}

// Leader completeness: whoever writes the first entry of a term has the whole log of its leader before it, and thus all
// that was committed in earlier terms.
void Ledger::check_first_of_term(const SimulatedMember& member, const Write& write, const Entry& entry) {
  const std::size_t term = entry.term.value();
  if (begun_terms_.size() <= term) begun_terms_.resize(term + 1);
  if (begun_terms_[term]) return;
  begun_terms_[term] = true;
  Index last = committed();
  while (!last.is_zero() && committed_in_[last.value() - 1] >= entry.term) last = last.previous();
  if (last.is_zero()) return;
  std::optional<LogPosition> position;
  if (last < write.append.front().index) {
    position = member.disk().image().position(last);
    if (write.install && write.install->position.index >= last) return;
    // Compacted: it was committed and is the same.
    if (!position && last <= member.disk().image().base().index) return;
  } else if (last <= write.append.back().index) {
    position = write.append[static_cast<std::size_t>(distance(write.append.front().index, last))].position();
  }
  if (position != committed_[last.value() - 1] || entry.index <= last) {
    fail(member, "completeness",
         "the leader of term " + std::to_string(term) + " lacks the committed entry " + text_of(last));
  }
}

void Ledger::check_compaction(const SimulatedMember& member, Index to) {
  const PublishedSnapshot* snapshot = member.disk().newest_snapshot();
  if (snapshot == nullptr || snapshot->meta.position.index < to) {
    fail(member, "compaction", "compacts up to " + text_of(to) + " without a snapshot of it");
  }
}

Ledger::SeenEntry* Ledger::seen(Index index, Term term) {
  const std::size_t place = index.value();
  if (entries_.size() <= place) entries_.resize(place + 1);
  for (SeenEntry& one : entries_[place]) {
    if (one.term == term) return &one;
  }
  entries_[place].push_back({term, 0});
  return &entries_[place].back();
}

void Ledger::sends(const SimulatedMember& member, const Message& message) {
  const LogImage& image = member.disk().image();
  if (const auto* reply = std::get_if<AppendReply>(&message.body)) {
    if (reply->accepted) check_acknowledgement(member, message.term, *reply);
    if (image.damaged() && !reply->recovering) fail(member, "recovering", "hides that its log is damaged");
  } else if (const auto* vote = std::get_if<VoteReply>(&message.body)) {
    if (vote->granted && vote->kind != CampaignKind::pre_vote) check_granted(member, message.term, message.to);
  } else if (const auto* request = std::get_if<VoteRequest>(&message.body)) {
    if (request->kind != CampaignKind::pre_vote) check_granted(member, message.term, member.id());
  } else if (const auto* append = std::get_if<AppendRequest>(&message.body)) {
    check_append_request(member, message.term, *append);
  } else if (const auto* heartbeat = std::get_if<Heartbeat>(&message.body)) {
    check_leads(member, message.term, heartbeat->commit);
  } else if (std::holds_alternative<TimeoutNow>(message.body)) {
    check_leads(member, message.term, {});
    check_successor(member, message);
  }
}

// Whoever is asked to take over has everything, or an election would be lost for nothing (MS-18).
void Ledger::check_successor(const SimulatedMember& member, const Message& message) {
  const SimulatedMember* successor = world_.member(world_.number_of(message.to));
  if (successor == nullptr || successor->is_wiped()) return;
  const LogImage& image = successor->disk().image();
  if (image.damaged() || image.hard_state().term > message.term) return;
  const LogPosition last = member.core().status().last;
  if (image.base().index < last.index && image.position(last.index) != last) {
    fail(member, "successor", "hands leadership to " + message.to.name() + " that lacks " + text_of(last.index));
  }
}

// A vote is durable before anybody hears of it, and there is one in a term, whatever crashes there were.
void Ledger::check_granted(const SimulatedMember& member, Term term, const NodeId& to) {
  const HardState& stored = member.disk().image().hard_state();
  if (member.disk().image().damaged()) fail(member, "recovering", "votes though its log is damaged");
  if (stored.term != term || stored.vote != to) fail(member, "vote", "votes before its vote is durable");
  const std::size_t place = term.value();
  if (votes_.size() <= member.number()) votes_.resize(member.number() + 1);
  auto& votes = votes_[member.number()];
  if (votes.size() <= place) votes.resize(place + 1);
  const MemberNumber candidate = world_.number_of(to);
  if (votes[place] == 0) votes[place] = candidate;
  if (votes[place] != candidate) {
    fail(member, "vote",
         "votes for " + to.name() + " and for n" + std::to_string(votes[place]) + " in term " +
             std::to_string(term.value()));
  }
}

void Ledger::check_append_request(const SimulatedMember& member, Term term, const AppendRequest& request) {
  check_leads(member, term, request.commit);
  const CoreOptions& options = world_.setup.core;
  if (request.entries.size() > options.max_request_entries) fail(member, "bounds", "sends too many entries at once");
  std::size_t bytes = 0;
  Index previous = request.previous_index;
  for (const Entry& entry : request.entries) {
    bytes += entry.payload.size();
    if (entry.index != previous.next()) fail(member, "log", "sends entries that do not follow each other");
    previous = entry.index;
    const SeenEntry* known = seen(entry.index, entry.term);
    if (known->chain != 0 && known->chain != entry.chain) {
      fail(member, "log-matching", "sends another history at " + text_of(entry.index));
    }
  }
  if (request.entries.size() > 1 && bytes > options.max_request_bytes) fail(member, "bounds", "sends too many bytes");
}

void Ledger::check_leads(const SimulatedMember& member, Term term, Index told_commit) {
  const std::size_t place = term.value();
  if (leaders_.size() <= place || leaders_[place].member != member.number()) {
    fail(member, "two-leaders", "speaks as the leader of term " + std::to_string(place) + " that it never led");
  }
  if (told_commit > committed()) fail(member, "commit", "tells of a commit index that nobody has");
}

}  // namespace consensus::simulator
