// Random writes and comparisons of logs.
#include "storage/log_workload.hpp"

#include <algorithm>
#include <limits>
#include <sstream>

#include "storage/log_samples.hpp"

namespace consensus {
namespace {

constexpr std::size_t any_size = std::numeric_limits<std::size_t>::max();

}  // namespace

std::vector<Entry> LogWorkload::entries(LogPosition at, std::uint64_t term) {
  SampleLog sample(at);
  std::vector<Entry> made;
  const std::uint64_t count = random_.between(1, 4);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (random_.chance(100)) {
      made.push_back(sample.configuration(term, sample_configuration("n" + std::to_string(random_.below(9)))));
    } else {
      const std::uint64_t size = random_.chance(100) ? random_.below(30'000) : random_.below(300);
      made.push_back(sample.command(term, std::string(size, static_cast<char>('a' + random_.below(26)))));
    }
  }
  return made;
}

Write LogWorkload::next() {
  const StoredLog now = log_.stored();
  Write write;
  write.must_sync = true;
  write.commit = Index(now.base.index.value() + random_.below(distance(now.base.index, now.last.index) + 1));
  if (term_ == 0 || random_.chance(250)) {
    ++term_;
    write.hard_state = HardState{Term(term_), random_.chance(500) ? std::optional(NodeId("candidate")) : std::nullopt};
  }
  const std::uint64_t kind = random_.below(100);
  if (kind < 60) {
    write.append = entries(now.last, term_);
  } else if (kind < 75 && now.last.index > now.commit) {
    const Index keep(random_.between(now.commit.value(), now.last.index.value() - 1));
    const LogPosition at = keep == now.base.index ? now.base : log_.read(keep, keep, 0)->front().position();
    write.truncate_from = keep.next();
    write.append = entries(at, term_);
  } else if (kind < 85) {
    write.compact_to = now.commit;
  } else if (kind < 88) {
    SampleLog theirs({Index(now.last.index.value() + random_.below(20)), Term(term_), random_.next()});
    static_cast<void>(theirs.commands(term_, 1));
    write.install = SnapshotMeta{theirs.at(), sample_configuration("s"), theirs.at().index};
    if (random_.chance(300)) write.append = entries(theirs.at(), term_);
  }
  write.commit = std::max(write.commit, now.commit);
  return write;
}

MemoryLog LogWorkload::log_with(const Write& write) const {
  MemoryLog log = log_;
  static_cast<void>(log.apply(write));
  return log;
}

void LogWorkload::accepted(const Write& write) {
  static_cast<void>(log_.apply(write));
}

std::string difference_of_prefix(LogStore& store, const StoredLog& stored, const MemoryLog& log) {
  const StoredLog expected = log.stored();
  std::ostringstream out;
  if (stored.last.index > expected.last.index) out << "last index " << stored.last.index;
  if (stored.last.index <= stored.base.index || !out.str().empty()) return out.str();
  const Result<std::vector<Entry>> found = store.read(stored.base.index.next(), stored.last.index, any_size);
  if (!found) return found.error().message();
  for (const Entry& entry : *found) {
    if (entry.index <= expected.base.index) continue;
    const Result<std::vector<Entry>> wanted = log.read(entry.index, entry.index, 0);
    if (!wanted || wanted->front() != entry) out << "entry " << entry.index << "; ";
  }
  return out.str();
}

std::string difference(LogStore& store, const StoredLog& stored, const MemoryLog& log) {
  const StoredLog expected = log.stored();
  std::ostringstream out;
  if (stored.hard_state != expected.hard_state) {
    out << "term " << stored.hard_state.term << " instead of " << expected.hard_state.term << ", or the vote; ";
  }
  if (stored.base != expected.base) out << "base " << stored.base.index << " not " << expected.base.index << "; ";
  if (stored.last != expected.last) out << "last " << stored.last.index << " not " << expected.last.index << "; ";
  if (stored.base_configuration != expected.base_configuration) out << "configuration at the base; ";
  if (stored.configurations != expected.configurations) out << "configurations; ";
  if (stored.terms != expected.terms) out << "terms; ";
  if (stored.commit > expected.commit) out << "commit " << stored.commit << " beyond " << expected.commit << "; ";
  const Index from = stored.commit.next();
  for (Index index = from; index <= stored.last.index; index = index.next()) {
    const bool is_there = std::any_of(stored.tail.begin(), stored.tail.end(),
                                      [index](const Entry& entry) { return entry.index == index; });
    if (!is_there) out << "tail without " << index << "; ";
  }
  return out.str() + difference_of_prefix(store, stored, log);
}

}  // namespace consensus
