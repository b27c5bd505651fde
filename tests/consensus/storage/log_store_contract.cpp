// The clauses of the LogStore contract.
#include "storage/log_store_contract.hpp"

#include <algorithm>
#include <limits>

#include "catch.hpp"
#include "storage/log_samples.hpp"

namespace consensus {
namespace {

constexpr std::size_t any_size = std::numeric_limits<std::size_t>::max();

StoredLog opened(LogStore& store) {
  Result<StoredLog> stored = store.open();
  REQUIRE(stored);
  return *stored;
}

void written(LogStore& store, const Write& write) {
  const Result<void> result = store.write(write);
  INFO(result);
  REQUIRE(result);
}

StoredLog reopened(LogStoreMedium& medium) {
  return opened(*medium.store());
}

void starts_blank(LogStoreMedium& medium) {
  CHECK(reopened(medium).hard_state == HardState{});
  const StoredLog stored = reopened(medium);
  CHECK(stored.last == LogPosition{});
  CHECK(stored.base == LogPosition{});
  CHECK(stored.tail.empty());
  CHECK(stored.configurations.empty());
  CHECK_FALSE(stored.damaged);
}

void keeps_its_incarnation(LogStoreMedium& medium) {
  Incarnation first;
  {
    auto store = medium.store();
    opened(*store);
    first = store->incarnation();
  }
  CHECK(first.value != 0);
  auto store = medium.store();
  opened(*store);
  CHECK(store->incarnation() == first);
}

void keeps_term_and_vote(LogStoreMedium& medium) {
  {
    auto store = medium.store();
    opened(*store);
    written(*store, vote(7, "b"));
  }
  CHECK(reopened(medium).hard_state == HardState{Term(7), NodeId("b")});
  {
    auto store = medium.store();
    opened(*store);
    Write without_vote;
    without_vote.hard_state = HardState{Term(8), std::nullopt};
    without_vote.must_sync = true;
    written(*store, without_vote);
  }
  CHECK(reopened(medium).hard_state == HardState{Term(8), std::nullopt});
}

void keeps_entries(LogStoreMedium& medium) {
  SampleLog log;
  std::vector<Entry> entries = log.commands(1, 3);
  entries.push_back(log.command(2, ""));
  entries.push_back(log.command(2, std::string(300'000, 'x')));
  {
    auto store = medium.store();
    opened(*store);
    written(*store, append({entries.begin(), entries.begin() + 2}));
    written(*store, append({entries.begin() + 2, entries.end()}));
    CHECK(*store->read(Index(1), Index(5), any_size) == entries);
  }
  const StoredLog stored = reopened(medium);
  CHECK(stored.last == log.at());
  CHECK(stored.tail == entries);
  CHECK(stored.terms == std::vector<TermStart>{{Index(1), Term(1)}, {Index(4), Term(2)}});
}

void reads_what_is_asked(LogStoreMedium& medium) {
  SampleLog log;
  const std::vector<Entry> entries = log.commands(1, 100, 10);
  auto store = medium.store();
  opened(*store);
  for (std::size_t i = 0; i < 100; i += 10) {
    written(*store, append({entries.begin() + static_cast<long>(i), entries.begin() + static_cast<long>(i) + 10}));
  }
  for (std::uint64_t first = 1; first <= 100; first += 7) {
    const Result<std::vector<Entry>> some = store->read(Index(first), Index(first + 12), any_size);
    REQUIRE(some);
    const auto begin = entries.begin() + static_cast<long>(first) - 1;
    CHECK(*some == std::vector<Entry>(begin, std::min(begin + 13, entries.end())));
  }
  CHECK(store->read(Index(5), Index(100), 0)->size() == 1);
  CHECK(store->read(Index(5), Index(100), 25)->size() == 2);
  CHECK(store->read(Index(5), Index(100), 30)->size() == 3);
  CHECK(store->read(Index(101), Index(102), any_size).error().code == Errc::invalid_argument);
}

void truncates_and_appends_at_once(LogStoreMedium& medium) {
  SampleLog log;
  std::vector<Entry> entries = log.commands(1, 10);
  {
    auto store = medium.store();
    opened(*store);
    written(*store, append(entries));
    SampleLog other(entries[3].position());
    entries.resize(4);
    Write write = append(other.commands(2, 2));
    entries.insert(entries.end(), write.append.begin(), write.append.end());
    write.truncate_from = Index(5);
    write.hard_state = HardState{Term(2), std::nullopt};
    written(*store, write);
    CHECK(*store->read(Index(1), Index(10), any_size) == entries);
  }
  const StoredLog stored = reopened(medium);
  CHECK(stored.tail == entries);
  CHECK(stored.last == entries.back().position());
  CHECK(stored.terms == std::vector<TermStart>{{Index(1), Term(1)}, {Index(5), Term(2)}});
}

void truncates_at_every_place(LogStoreMedium& medium) {
  SampleLog log;
  const std::vector<Entry> entries = log.commands(1, 9);
  auto store = medium.store();
  opened(*store);
  written(*store, append(entries));
  for (std::size_t keep = 9; keep-- > 0;) {
    for (std::size_t i = keep; i < 9; i += 3) {
      const auto end = std::min<std::size_t>(i + 3, 9);
      Write write = append({entries.begin() + static_cast<long>(i), entries.begin() + static_cast<long>(end)});
      if (i == keep) write.truncate_from = Index(keep + 1);
      written(*store, write);
    }
    CHECK(*store->read(Index(1), Index(9), any_size) == entries);
  }
}

void compacts(LogStoreMedium& medium) {
  SampleLog log;
  const Configuration one = sample_configuration("b");
  const Configuration two = sample_configuration("c");
  std::vector<Entry> entries{log.configuration(1, one), log.command(1, "x"), log.command(2, "y"),
                             log.configuration(3, two), log.command(3, "z")};
  {
    auto store = medium.store();
    opened(*store);
    written(*store, append(entries));
  }
  {
    auto store = medium.store();
    opened(*store);
    Write write = compact(3);
    write.commit = Index(4);
    written(*store, write);
    CHECK(store->read(Index(3), Index(5), any_size).error().code == Errc::compacted);
    CHECK(*store->read(Index(4), Index(5), any_size) == std::vector<Entry>(entries.begin() + 3, entries.end()));
  }
  const StoredLog stored = reopened(medium);
  CHECK(stored.base == entries[2].position());
  CHECK(stored.base_configuration == ConfigurationAt{Index(1), one});
  CHECK(stored.configurations == std::vector<ConfigurationAt>{{Index(4), two}});
  CHECK(stored.terms == std::vector<TermStart>{{Index(4), Term(3)}});
  CHECK(stored.commit == Index(4));
  CHECK(stored.last == log.at());
  REQUIRE_FALSE(stored.tail.empty());
  CHECK(stored.tail.back() == entries.back());
}

void compacts_everything(LogStoreMedium& medium) {
  SampleLog log;
  const Configuration one = sample_configuration("b");
  {
    auto store = medium.store();
    opened(*store);
    written(*store, append({log.configuration(1, one), log.command(1, "x")}));
    Write write = append({log.command(2, "y")});
    write.compact_to = Index(3);
    written(*store, write);
  }
  const StoredLog empty = reopened(medium);
  CHECK(empty.base == log.at());
  CHECK(empty.last == log.at());
  CHECK(empty.base_configuration == ConfigurationAt{Index(1), one});
  CHECK(empty.commit == Index(3));
  CHECK(empty.tail.empty());
  auto store = medium.store();
  opened(*store);
  const Entry next = log.command(2, "after");
  written(*store, append({next}));
  CHECK(*store->read(Index(4), Index(4), any_size) == std::vector<Entry>{next});
}

void installs_a_snapshot(LogStoreMedium& medium) {
  SampleLog log;
  SampleLog theirs;
  const Configuration two = sample_configuration("c");
  static_cast<void>(theirs.commands(2, 20));
  Write install;
  install.install = SnapshotMeta{theirs.at(), two, Index(11)};
  install.must_sync = true;
  {
    auto store = medium.store();
    opened(*store);
    written(*store, append(log.commands(1, 50)));
    written(*store, install);
    CHECK(store->read(Index(20), Index(30), any_size).error().code == Errc::compacted);
    CHECK(store->read(Index(21), Index(30), any_size).error().code == Errc::invalid_argument);
  }
  const StoredLog stored = reopened(medium);
  CHECK(stored.base == theirs.at());
  CHECK(stored.last == theirs.at());
  CHECK(stored.base_configuration == ConfigurationAt{Index(11), two});
  CHECK(stored.commit == Index(20));
  CHECK(stored.terms.empty());
  auto store = medium.store();
  opened(*store);
  const std::vector<Entry> next = theirs.commands(2, 3);
  written(*store, append(next));
  CHECK(*store->read(Index(21), Index(30), any_size) == next);
}

void forgets_truncated_configurations(LogStoreMedium& medium) {
  SampleLog log;
  const Configuration one = sample_configuration("b");
  const Configuration two = sample_configuration("c");
  {
    auto store = medium.store();
    opened(*store);
    std::vector<Entry> entries{log.configuration(1, one), log.command(1, "x")};
    const LogPosition fork = log.at();
    entries.push_back(log.configuration(1, two));
    written(*store, append(entries));
    Write write = append({SampleLog(fork).command(2, "instead")});
    write.truncate_from = Index(3);
    written(*store, write);
  }
  CHECK(reopened(medium).configurations == std::vector<ConfigurationAt>{{Index(1), one}});
}

void refuses_what_does_not_fit(LogStoreMedium& medium) {
  SampleLog log;
  const std::vector<Entry> entries = log.commands(1, 5);
  auto store = medium.store();
  opened(*store);
  written(*store, append({entries.begin(), entries.begin() + 3}));
  Write gap = append({entries[4]});
  gap.hard_state = HardState{Term(9), std::nullopt};
  CHECK(store->write(gap).error().code == Errc::invalid_argument);
  CHECK(store->write(append({entries[2]})).error().code == Errc::invalid_argument);
  CHECK(store->write(compact(4)).error().code == Errc::invalid_argument);
  Entry spoiled = entries[3];
  spoiled.payload = Payload("not what the checksum says");
  CHECK(store->write(append({spoiled})).error().code == Errc::invalid_argument);
  written(*store, compact(2));
  Write below = append({entries[2]});
  below.truncate_from = Index(2);
  CHECK(store->write(below).error().code == Errc::invalid_argument);
  written(*store, append({entries[3], entries[4]}));
  store.reset();
  const StoredLog stored = reopened(medium);
  CHECK(stored.hard_state.term == Term(0));
  CHECK(stored.last == entries[4].position());
}

void knows_the_commit_index_only_as_a_bound(LogStoreMedium& medium) {
  SampleLog log;
  {
    auto store = medium.store();
    opened(*store);
    Write write = append(log.commands(1, 5));
    write.commit = Index(9);
    written(*store, write);
    write = vote(2, "b");
    write.commit = Index(3);
    written(*store, write);
    Write idle;
    idle.commit = Index(4);
    written(*store, idle);
    CHECK(store->free_bytes());
    CHECK(store->maintain());
  }
  const StoredLog stored = reopened(medium);
  CHECK(stored.commit <= Index(5));
  for (Index index = stored.commit.next(); index <= Index(5); index = index.next()) {
    CHECK(std::count_if(stored.tail.begin(), stored.tail.end(),
                        [&](const Entry& entry) { return entry.index == index; }) == 1);
  }
}

void survives_many_rounds(LogStoreMedium& medium) {
  SampleLog log;
  std::vector<Entry> kept;
  for (int round = 0; round < 10; ++round) {
    auto store = medium.store();
    CHECK(opened(*store).last == log.at());
    for (int i = 0; i < 10; ++i) {
      std::vector<Entry> more = log.commands(static_cast<std::uint64_t>(round) + 1, 20, 100);
      Write write = append(more);
      if (i == 5) write.compact_to = more.front().index;
      written(*store, write);
      if (i == 5) kept.clear();
      kept.insert(kept.end(), more.begin() + (i == 5 ? 1 : 0), more.end());
    }
    REQUIRE(store->maintain());
    CHECK(*store->read(kept.front().index, kept.back().index, any_size) == kept);
  }
}

}  // namespace

const std::vector<LogStoreClause>& log_store_contract() {
  static const std::vector<LogStoreClause> clauses{
      {"starts blank", starts_blank},
      {"keeps its incarnation", keeps_its_incarnation},
      {"keeps term and vote", keeps_term_and_vote},
      {"keeps entries", keeps_entries},
      {"reads what is asked", reads_what_is_asked},
      {"truncates and appends at once", truncates_and_appends_at_once},
      {"truncates at every place", truncates_at_every_place},
      {"compacts", compacts},
      {"compacts everything", compacts_everything},
      {"installs a snapshot in place of its log", installs_a_snapshot},
      {"forgets truncated configurations", forgets_truncated_configurations},
      {"refuses what does not fit", refuses_what_does_not_fit},
      {"knows the commit index only as a bound", knows_the_commit_index_only_as_a_bound},
      {"survives many rounds", survives_many_rounds},
  };
  return clauses;
}

}  // namespace consensus
