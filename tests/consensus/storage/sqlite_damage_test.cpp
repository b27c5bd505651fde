// SqliteLogStore after bits on its disk were flipped or files lost: never silently wrong.
#include <map>

#include "catch.hpp"
#include "storage/log_samples.hpp"
#include "storage/log_workload.hpp"
#include "storage/stored_image.hpp"

namespace consensus {
namespace {

using simulator::Crash;
using simulator::SimulatedDisk;

struct Written {
  DiskImage image;
  LogHistory history;
};

// A store with a part of its log in the database and a part in the write-ahead log.
Written written(std::uint64_t seed, int before_checkpoint, int after) {
  SimulatedDisk::seed_sqlite(1);
  SimulatedDisk disk(seed);
  LogWorkload workload(seed);
  LogHistory history{workload.log()};
  {
    SqliteLogStore store(log_on(disk));
    REQUIRE(store.open());
    for (int i = 0; i < before_checkpoint + after; ++i) {
      const Write write = workload.next();
      REQUIRE(store.write(write));
      workload.accepted(write);
      history.push_back(workload.log());
      if (i + 1 == before_checkpoint) REQUIRE(store.maintain());
    }
  }
  return {image_of(disk), std::move(history)};
}

// A store whose log lies in the database, but for a few writes of 90.
Written mostly_in_database(std::uint64_t checkpoint_after = 85) {
  SimulatedDisk::seed_sqlite(1);
  SimulatedDisk disk(1);
  SampleLog sample;
  LogHistory history(1);
  {
    SqliteLogStore store(log_on(disk));
    REQUIRE(store.open());
    for (std::uint64_t i = 1; i <= 90; ++i) {
      Write write = append(sample.commands(i, 2, 100 + i * 7));
      write.hard_state = HardState{Term(i), NodeId("candidate")};
      write.commit = Index(i);
      REQUIRE(store.write(write));
      history.push_back(history.back());
      REQUIRE(history.back().apply(write));
      if (i == checkpoint_after) REQUIRE(store.maintain());
    }
    // So that the write-ahead log begins anew: it heals the pages that it still has.
    const Write last = vote(91, "candidate");
    REQUIRE(store.write(last));
    history.push_back(history.back());
    REQUIRE(history.back().apply(last));
  }
  return {image_of(disk), std::move(history)};
}

using Verdicts = std::map<Verdict, std::uint64_t>;

Verdicts flip_everywhere(const Written& written, const std::string& name, std::uint64_t step) {
  Verdicts verdicts;
  SimulatedDisk disk(1);
  const std::uint64_t size = written.image.at(name).size();
  for (std::uint64_t at = 0; at < size; at += step) {
    load(disk, written.image);
    disk.flip_bit(name, at, static_cast<unsigned>(at / step % 8));
    INFO(name << " with a flipped bit in byte " << at);
    ++verdicts[judge(disk, written.history)];
    disk.crash(Crash::process_killed);
  }
  return verdicts;
}

TEST_CASE("a flipped bit in the database is found, or was of no importance") {
  const Written log = mostly_in_database();
  Verdicts verdicts = flip_everywhere(log, "raft.db", 53);
  CHECK(verdicts[Verdict::damaged] > 1000);
  CHECK(verdicts[Verdict::corrupt] <= 10);
}

TEST_CASE("a flipped bit in the write-ahead log is found, or was of no importance") {
  const Written log = written(6, 20, 30);
  Verdicts verdicts = flip_everywhere(log, "raft.db-wal", 211);
  CHECK(verdicts[Verdict::damaged] > 150);
  CHECK(verdicts[Verdict::corrupt] == 0);
}

TEST_CASE("a flipped bit in the mark of what was acknowledged does no harm") {
  const Written log = written(7, 20, 30);
  Verdicts verdicts = flip_everywhere(log, "raft.db-acknowledged", 1);
  CHECK(verdicts[Verdict::intact] == log.image.at("raft.db-acknowledged").size());
}

TEST_CASE("a sector that became zeros anywhere in the database is found, or was of no importance") {
  const Written log = mostly_in_database();
  std::map<Verdict, std::uint64_t> verdicts;
  SimulatedDisk disk(1);
  for (std::uint64_t at = 0; at < log.image.at("raft.db").size(); at += 512) {
    load(disk, log.image);
    disk.spoil("raft.db", at, std::string(512, '\0'));
    INFO("zeros at byte " << at);
    ++verdicts[judge(disk, log.history)];
    disk.crash(Crash::process_killed);
  }
  CHECK(verdicts[Verdict::damaged] > 100);
  CHECK(verdicts[Verdict::corrupt] <= 8);
}

TEST_CASE("a flipped bit in what leads to the records is found") {
  const Written log = mostly_in_database(90);
  std::map<Verdict, std::uint64_t> verdicts;
  SimulatedDisk disk(1);
  // The root of the records' table is the third page; its cells are at its end.
  for (std::uint64_t at = 2 * 4096; at < 3 * 4096; at += at < 2 * 4096 + 100 || at >= 3 * 4096 - 300 ? 1 : 100) {
    load(disk, log.image);
    disk.flip_bit("raft.db", at, static_cast<unsigned>(at % 8));
    INFO("byte " << at);
    ++verdicts[judge(disk, log.history)];
    disk.crash(Crash::process_killed);
  }
  CHECK(verdicts[Verdict::damaged] > 50);
  CHECK(verdicts[Verdict::corrupt] == 0);
}

// A store right after the write-ahead log began anew, without a transaction in it: it heals nothing.
Written only_in_database() {
  Written log = mostly_in_database(90);
  SimulatedDisk disk(1);
  load(disk, log.image);
  {
    SqliteLogStore store(log_on(disk));
    REQUIRE(store.open());
  }
  const std::uint64_t wal_bytes = disk.content("raft.db-wal").size();
  disk.spoil("raft.db-wal", 32, std::string(wal_bytes - 32, '\0'));
  disk.remove("raft.db-acknowledged");
  REQUIRE(judge(disk, log.history) == Verdict::intact);
  log.image = image_of(disk);
  return log;
}

bool is_leaf(const std::string& database, std::uint64_t page) {
  return page >= 2 * 4096 && database[page] == '\x0d';
}

TEST_CASE("records that vanish from their page are missed, also the last") {
  const Written log = only_in_database();
  const std::string& database = log.image.at("raft.db");
  int leaves = 0;
  for (std::uint64_t page = 0; page < database.size(); page += 4096) {
    if (!is_leaf(database, page)) continue;
    SimulatedDisk disk(1);
    load(disk, log.image);
    // The count of the page's cells.
    const auto fewer = static_cast<char>(database[page + 4] - 1);
    disk.spoil("raft.db", page + 4, std::string(1, fewer));
    INFO("page at " << page);
    CHECK(judge(disk, log.history) == Verdict::damaged);
    ++leaves;
  }
  CHECK(leaves > 10);
}

TEST_CASE("a flipped bit in the latest record is found") {
  const Written log = only_in_database();
  const std::string& database = log.image.at("raft.db");
  const std::size_t vote = database.rfind("candidate");
  REQUIRE(vote != std::string::npos);
  SimulatedDisk disk(1);
  for (std::size_t at = vote - 7; at < vote + 12; ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      load(disk, log.image);
      disk.flip_bit("raft.db", at, bit);
      INFO("byte " << at << ", bit " << bit);
      CHECK(judge(disk, log.history) != Verdict::intact);
      disk.crash(Crash::process_killed);
    }
  }
}

TEST_CASE("an acknowledged transaction that vanished is missed as long as the operating system runs") {
  const Written log = written(6, 20, 30);
  const std::string& mark = log.image.at("raft.db-acknowledged");
  const auto frames = static_cast<std::uint64_t>(static_cast<unsigned char>(mark[16])) |
                      static_cast<std::uint64_t>(static_cast<unsigned char>(mark[17])) << 8U;
  REQUIRE(frames > 3);
  for (std::uint64_t gone = 1; gone <= 3; ++gone) {
    SimulatedDisk disk(1);
    load(disk, log.image);
    disk.spoil("raft.db-wal", 32 + (frames - gone) * (4096 + 24), std::string(gone * (4096 + 24), '\0'));
    CHECK(judge(disk, log.history) == Verdict::damaged);
  }
}

TEST_CASE("a store goes on after the damage, and remembers it until it is healed") {
  const Written log = mostly_in_database();
  SimulatedDisk disk(1);
  for (std::uint64_t at = 8 * 4096; at < log.image.at("raft.db").size(); at += 4096) {
    load(disk, log.image);
    disk.spoil("raft.db", at, std::string(4096, '\xee'));
    INFO("page at byte " << at);
    if (judge(disk, log.history) != Verdict::damaged) continue;
    LogPosition last;
    for (int round = 0; round < 3; ++round) {
      SqliteLogStore store(log_on(disk));
      const Result<StoredLog> stored = store.open();
      REQUIRE(stored);
      CHECK(stored->damaged == (round < 2));
      CHECK((round == 0 || stored->last == last));
      Write write = append(SampleLog(stored->last).commands(200, 3));
      last = write.append.back().position();
      write.recovered = round == 1;
      REQUIRE(store.write(write));
      REQUIRE(store.maintain());
    }
  }
}

TEST_CASE("a write-ahead log that was removed is missed, also after the operating system started anew") {
  for (const bool is_same_boot : {true, false}) {
    const Written log = written(6, 20, 30);
    SimulatedDisk disk(1);
    load(disk, log.image);
    disk.remove("raft.db-wal");
    if (!is_same_boot) disk.crash(Crash::nothing_kept);
    CHECK(judge(disk, log.history) == Verdict::damaged);
  }
}

}  // namespace
}  // namespace consensus
