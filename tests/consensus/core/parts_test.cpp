// The parts of a core by themselves: its log, its writes, its windows.
#include "catch.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"
#include "core/random.hpp"
#include "core/saving.hpp"

namespace consensus::core {
namespace {

StoredLog empty_log() {
  StoredLog stored;
  stored.base_configuration.configuration.voters = {{NodeId("a"), "a"}};
  return stored;
}

void append(Log& log, std::uint64_t term, const std::string& text = "x") {
  log.append(make_entry(log.last(), Term(term), EntryKind::command, Payload(text)));
}

void append_configuration(Log& log, std::uint64_t term, const std::string& voter) {
  Configuration next;
  next.voters = {{NodeId(voter), voter}};
  log.append_configuration(make_entry(log.last(), Term(term), EntryKind::configuration, encode(next)), next);
}

TEST_CASE("a log knows the term of every entry and of its base, and of nothing else") {
  Log log(empty_log());
  for (const std::uint64_t term : {1U, 1U, 3U, 3U, 4U}) append(log, term);
  const std::vector<std::uint64_t> terms = {0, 1, 1, 3, 3, 4};
  for (std::size_t index = 0; index < terms.size(); ++index) CHECK(log.term_at(Index(index)) == Term(terms[index]));
  CHECK_FALSE(log.term_at(Index(6)));
  log.compact_to(Index(2));
  CHECK_FALSE(log.term_at(Index(1)));
  CHECK(log.term_at(Index(2)) == Term(1));
  CHECK(log.term_at(Index(3)) == Term(3));
  log.truncate_from(Index(4));
  CHECK(log.last().index == Index(3));
  CHECK_FALSE(log.term_at(Index(4)));
  append(log, 5);
  CHECK(log.term_at(Index(4)) == Term(5));
}

TEST_CASE("a log tells who may win with which end") {
  Log log(empty_log());
  for (const std::uint64_t term : {1U, 2U, 2U}) append(log, term);
  CHECK(log.is_covered_by(Index(3), Term(2)));
  CHECK(log.is_covered_by(Index(1), Term(3)));
  CHECK_FALSE(log.is_covered_by(Index(2), Term(2)));
  CHECK_FALSE(log.is_covered_by(Index(9), Term(1)));
}

TEST_CASE("configurations come and go with their entries, also across compaction (MS-09, MS-39)") {
  Log log(empty_log());
  append(log, 1);
  append_configuration(log, 1, "b");
  append_configuration(log, 1, "c");
  append(log, 1);
  CHECK(log.configuration().index == Index(3));
  CHECK(log.configuration_at(Index(2)).configuration.voters[0].id == NodeId("b"));
  CHECK(log.configuration_at(Index(1)).configuration.voters[0].id == NodeId("a"));
  log.truncate_from(Index(3));
  CHECK(log.configuration().configuration.voters[0].id == NodeId("b"));
  append_configuration(log, 2, "d");
  log.compact_to(Index(2));
  CHECK(log.configuration_at(Index(2)).configuration.voters[0].id == NodeId("b"));
  CHECK(log.configuration().configuration.voters[0].id == NodeId("d"));
  log.truncate_from(Index(3));
  CHECK(log.configuration().index == Index(2));
}

TEST_CASE("the oldest entries leave memory, and what is known of them stays") {
  Log log(empty_log());
  for (int i = 0; i < 10; ++i) append(log, 1 + static_cast<std::uint64_t>(i / 5), std::string(10, 'x'));
  const LogPosition fourth = log.at(Index(4)).position();
  log.trim_cache(Index(4), 0);
  CHECK_FALSE(log.is_cached(Index(4)));
  CHECK(log.is_cached(Index(5)));
  CHECK(log.position_at(Index(4)) == fourth);
  CHECK_FALSE(log.position_at(Index(3)));
  CHECK(log.term_at(Index(3)) == Term(1));
  log.trim_cache(Index(10), 25);
  CHECK(log.cached_bytes() == 20);
  CHECK(log.copy(Index(9), Index(10), 100, 100).size() == 2);
  CHECK(log.copy(Index(9), Index(10), 100, 15).size() == 1);
  CHECK(log.copy(Index(9), Index(10), 1, 100).size() == 1);
  log.compact_to(Index(9));
  CHECK(log.base().index == Index(9));
  CHECK(log.copy(Index(10), Index(10), 1, 1).size() == 1);
}

TEST_CASE("a stored log whose tail begins in the middle is appended to and cut like any other") {
  Log whole(empty_log());
  for (const std::uint64_t term : {1U, 2U, 2U, 3U}) append(whole, term);
  StoredLog stored = empty_log();
  stored.last = whole.last();
  stored.terms = {{Index(1), Term(1)}, {Index(2), Term(2)}, {Index(4), Term(3)}};
  stored.tail = {whole.at(Index(3)), whole.at(Index(4))};
  Log log(stored);
  CHECK(log.cached_after() == Index(2));
  CHECK(log.term_at(Index(2)) == Term(2));
  CHECK_FALSE(log.position_at(Index(2)));
  append(log, 3);
  log.truncate_from(Index(4));
  CHECK(log.last() == whole.at(Index(3)).position());
}

const Index none;

TEST_CASE("what a message waits for depends on where what it relies on is") {
  Log log(empty_log());
  Saving saving(none);
  CHECK(saving.wait_for(none) == Saving::Wait::nothing);
  append(log, 1);
  CHECK(saving.wait_for(Index(1)) == Saving::Wait::next_write);
  const Write first = saving.begin(log, {}, none, TimePoint());
  CHECK(first.append.size() == 1);
  CHECK(first.must_sync);
  CHECK(saving.wait_for(Index(1)) == Saving::Wait::write_under_way);
  append(log, 1);
  CHECK(saving.wait_for(Index(2)) == Saving::Wait::next_write);
  saving.change_hard_state();
  CHECK(saving.wait_for(none) == Saving::Wait::next_write);
  saving.end();
  CHECK(saving.durable() == Index(1));
  const Write second = saving.begin(log, {Term(2), NodeId("a")}, none, TimePoint());
  CHECK(second.hard_state == HardState{Term(2), NodeId("a")});
  CHECK_FALSE(saving.is_hard_state_durable());
  CHECK(saving.wait_for(none) == Saving::Wait::write_under_way);
  saving.end();
  CHECK(saving.wait_for(Index(2)) == Saving::Wait::nothing);
  CHECK_FALSE(saving.has_work(log));
}

TEST_CASE("a compaction alone need not be synced") {
  Log log(empty_log());
  append(log, 1);
  Saving saving(Index(1));
  saving.compact_to(Index(1));
  const Write write = saving.begin(log, {}, Index(1), TimePoint());
  CHECK(write.compact_to == Index(1));
  CHECK_FALSE(write.must_sync);
}

TEST_CASE("a write that failed is written again together with what came since") {
  Log log(empty_log());
  Saving saving(none);
  for (int i = 0; i < 3; ++i) append(log, 1);
  CHECK(saving.begin(log, {}, none, TimePoint()).append.size() == 3);
  saving.end();
  // Replaced from the second on; that fails, and from the third on it is replaced again.
  log.truncate_from(Index(2));
  saving.truncate_from(Index(2));
  append(log, 2);
  append(log, 2);
  CHECK(saving.begin(log, {}, none, TimePoint()).truncate_from == Index(2));
  log.truncate_from(Index(3));
  saving.truncate_from(Index(3));
  append(log, 3);
  saving.undo();
  CHECK(saving.durable() == Index(1));
  const Write again = saving.begin(log, {}, none, TimePoint());
  CHECK(again.truncate_from == Index(2));
  REQUIRE(again.append.size() == 2);
  CHECK(again.append[0].term == Term(2));
  CHECK(again.append[1].term == Term(3));
  saving.end();
  CHECK(saving.durable() == Index(3));
}

TEST_CASE("an installation replaces what was to be written before it") {
  Log log(empty_log());
  Saving saving(none);
  append(log, 1);
  CHECK(saving.begin(log, {}, none, TimePoint()).append.size() == 1);
  const SnapshotMeta meta{{Index(9), Term(2), 7}, {}, none};
  log.reset_to(meta);
  saving.install(meta);
  append(log, 2);
  saving.end();
  // The old log's write has ended; nothing of the new one is durable.
  CHECK(saving.durable() < Index(9));
  CHECK(saving.is_installing());
  const Write write = saving.begin(log, {}, Index(9), TimePoint());
  CHECK(write.install == meta);
  CHECK_FALSE(write.truncate_from);
  CHECK(write.append.size() == 1);
  saving.undo();
  CHECK(saving.begin(log, {}, Index(9), TimePoint()).install == meta);
  saving.end();
  CHECK(saving.durable() == Index(10));
}

TEST_CASE("a window frees requests and bytes as they are answered (MS-25)") {
  InflightWindow window(3, 100);
  window.add(Index(1), 40);
  window.add(Index(2), 40);
  CHECK_FALSE(window.is_full());
  window.add(Index(3), 40);
  CHECK(window.is_full());
  window.free_through(Index(2));
  CHECK(window.size() == 1);
  CHECK_FALSE(window.is_full());
  window.add(Index(4), 60);
  CHECK(window.is_full());
  window.free_through(Index(9));
  CHECK(window.size() == 0);
  CHECK_FALSE(window.is_full());
}

TEST_CASE("refusals that are stale change nothing") {
  CoreOptions options;
  Peer peer(NodeId("b"), Index(10), options);
  CHECK_FALSE(peer.back_off(Index(5), Index(2)));
  CHECK(peer.back_off(Index(9), Index(4)));
  CHECK(peer.next == Index(5));
  CHECK(peer.acknowledge(Index(4)));
  peer.become_replicate();
  CHECK_FALSE(peer.back_off(Index(4), Index(1)));
  CHECK(peer.back_off(Index(7), Index(1)));
  CHECK(peer.next == Index(5));
}

TEST_CASE("random delays are the same everywhere and within their bounds") {
  Random random(1);
  CHECK(random.next() == 10451216379200822465U);
  CHECK(random.below(Duration(0)) == Duration(0));
  for (int i = 0; i < 1000; ++i) {
    const Duration drawn = random.below(Duration(7));
    CHECK((drawn >= Duration(0) && drawn < Duration(7)));
  }
}

}  // namespace
}  // namespace consensus::core
