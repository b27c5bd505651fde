// What logs were told to keep, and what they have when they are opened again.
#include <algorithm>

#include "node_simulator/node_ledger.hpp"

namespace consensus::simulator {

void NodeLedger::Log::apply(const Write& write) {
  if (write.hard_state) hard_state = *write.hard_state;
  if (write.install) {
    entries.clear();
    base = write.install->position;
  }
  if (write.truncate_from) entries.erase(entries.lower_bound(*write.truncate_from), entries.end());
  for (const Entry& entry : write.append) entries.insert_or_assign(entry.index, entry.position());
  if (!write.compact_to || *write.compact_to <= base.index) return;
  const auto kept = entries.upper_bound(*write.compact_to);
  if (kept != entries.begin()) base = std::prev(kept)->second;
  entries.erase(entries.begin(), kept);
}

const LogPosition* NodeLedger::Log::find(Index index) const {
  if (index == base.index) return &base;
  const auto found = entries.find(index);
  return found == entries.end() ? nullptr : &found->second;
}

void NodeLedger::writes(const NodeId& id, const Write& write) {
  records_[id].pending = write;
}

void NodeLedger::wrote(const NodeId& id, const Result<void>& result) {
  Record& record = records_[id];
  if (!record.pending) return;
  if (!result) {
    // Whether it is there is known only after the log was opened anew.
    if (result.error().code == Errc::no_space) record.pending.reset();
    return;
  }
  if (record.pending->must_sync) record.acceptable.clear();
  record.log.apply(*record.pending);
  if (record.pending->recovered) record.damaged = false;
  record.acceptable.push_back({record.log.last(), record.log.hard_state});
  record.pending.reset();
}

void NodeLedger::complain_of_loss(const NodeId& id, const Record& record, const StoredLog& stored) const {
  const auto text = [](const LogPosition& last, const HardState& hard_state) {
    return "entry " + std::to_string(last.index.value()) + " of term " + std::to_string(last.term.value()) +
           " in term " + std::to_string(hard_state.term.value());
  };
  complain(id, "lost-write",
           "had acknowledged a log up to " + text(record.log.last(), record.log.hard_state) + "; it now ends at " +
               text(stored.last, stored.hard_state));
}

NodeLedger::Verdict NodeLedger::opened(const NodeId& id, const StoredLog& stored, const std::vector<Entry>& entries,
                                       Suspicion suspicion) {
  Record& record = records_[id];
  const Mark found{stored.last, stored.hard_state};
  std::vector<Mark> acceptable = record.acceptable;
  if (acceptable.empty()) acceptable.push_back({record.log.last(), record.log.hard_state});
  if (record.pending) {
    Log with_it = record.log;
    with_it.apply(*record.pending);
    acceptable.push_back({with_it.last(), with_it.hard_state});
  }
  const bool is_right = std::find(acceptable.begin(), acceptable.end(), found) != acceptable.end();
  const bool may_have_recovered = record.pending && record.pending->recovered;
  if (suspicion == Suspicion::none) {
    if (stored.damaged && !record.damaged) complain(id, "damage", "its log is damaged though its disk is not");
    if (!stored.damaged && record.damaged && !may_have_recovered) complain(id, "damage", "forgot that it is damaged");
    if (!is_right && !(stored.damaged && record.damaged)) complain_of_loss(id, record, stored);
  }
  if (!is_right && !stored.damaged) return Verdict::rolled_back;
  Log now{stored.base, {}, stored.hard_state};
  for (const Entry& entry : entries) now.entries.emplace(entry.index, entry.position());
  if (stored.damaged) {
    for (const auto& [index, position] : record.log.entries) record.lost.insert_or_assign(index, position);
  }
  record.log = std::move(now);
  record.damaged = stored.damaged;
  record.pending.reset();
  record.acceptable.assign(1, found);
  return stored.damaged ? Verdict::damaged : Verdict::as_it_was;
}

}  // namespace consensus::simulator
