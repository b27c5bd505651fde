// SqliteLogStore on a disk that fails, lies, misplaces and fills up while it is used.
#include <algorithm>

#include "catch.hpp"
#include "storage/log_samples.hpp"
#include "storage/log_workload.hpp"
#include "storage/stored_image.hpp"

namespace consensus {
namespace {

using simulator::Crash;
using simulator::DiskFaults;
using simulator::SimulatedDisk;

// What was acknowledged, and whether the workload came to its end.
struct Ending {
  LogHistory history;
  std::optional<Write> under_way;
};

// Stops at the first error. The fault begins after `calm` writes.
Ending run(SimulatedDisk& disk, std::uint64_t seed, int calm, const std::function<void(int)>& fault) {
  LogWorkload workload(seed);
  Ending ending{{workload.log()}, {}};
  SqliteLogStore store(log_on(disk));
  REQUIRE(store.open());
  for (int i = 0; i < 60; ++i) {
    if (i >= calm) fault(i - calm);
    const Write write = workload.next();
    const Result<void> done = store.write(write);
    if (!done) {
      CHECK(done.error().code == Errc::storage_failed);
      disk.set_faults({});
      CHECK(store.write(write).error().code == Errc::storage_failed);  // never tried again
      CHECK_FALSE(store.read(Index(1), Index(1), 0));
      CHECK_FALSE(store.maintain());
      ending.under_way = write;
      return ending;
    }
    workload.accepted(write);
    ending.history.push_back(workload.log());
    if (i % 20 == 19 && !store.maintain()) return ending;
  }
  return ending;
}

void with_the_last(LogHistory& history, const std::optional<Write>& under_way) {
  if (!under_way) return;
  history.push_back(history.back());
  REQUIRE(history.back().apply(*under_way));
}

// With honest syncs otherwise, nothing acknowledged may be missing after a failure.
void check_acknowledged(SimulatedDisk& disk, const Ending& ending) {
  SqliteLogStore store(log_on(disk));
  const Result<StoredLog> stored = store.open();
  INFO(stored);
  REQUIRE(stored);
  LogHistory history{ending.history.back()};
  with_the_last(history, ending.under_way);
  const bool is_right = std::any_of(history.begin(), history.end(),
                                    [&](const MemoryLog& log) { return difference(store, *stored, log).empty(); });
  INFO(difference(store, *stored, history.front()) << " | " << difference(store, *stored, history.back()));
  CHECK(is_right);
}

TEST_CASE("a sync that fails once is final for the store, and what was acknowledged is there afterwards") {
  for (const Crash how : {Crash::process_killed, Crash::nothing_kept, Crash::power_lost}) {
    int failures = 0;
    for (std::uint64_t seed = 100; seed < 160; ++seed) {
      SimulatedDisk::seed_sqlite(1);
      SimulatedDisk disk(seed);
      const Ending ending = run(disk, seed, 3, [&](int) { disk.set_faults({.failing_syncs = 30}); });
      disk.set_faults({});
      failures += ending.under_way ? 1 : 0;
      disk.crash(how);
      INFO("seed " << seed);
      check_acknowledged(disk, ending);
    }
    CHECK(failures > 20);
  }
}

TEST_CASE("a write that fails is final for the store, and what was acknowledged is there afterwards") {
  for (std::uint64_t seed = 200; seed < 260; ++seed) {
    SimulatedDisk::seed_sqlite(1);
    SimulatedDisk disk(seed);
    const Ending ending = run(disk, seed, 3, [&](int) { disk.set_faults({.failing_writes = 10}); });
    disk.set_faults({});
    disk.crash(seed % 2 == 0 ? Crash::power_lost : Crash::process_killed);
    INFO("seed " << seed);
    check_acknowledged(disk, ending);
  }
}

TEST_CASE("after lying syncs and a loss of power the log is of an earlier time, or damaged, or refused") {
  std::map<Verdict, int> verdicts;
  for (std::uint64_t seed = 300; seed < 400; ++seed) {
    SimulatedDisk::seed_sqlite(1);
    SimulatedDisk disk(seed);
    Ending ending = run(disk, seed, 10, [&](int) { disk.set_faults({.lying_syncs = 300}); });
    disk.set_faults({});
    disk.crash(Crash::power_lost);
    INFO("seed " << seed);
    ++verdicts[judge(disk, ending.history)];
  }
  CHECK(verdicts[Verdict::intact] > 0);
  CHECK(verdicts[Verdict::damaged] > 0);
}

enum class Misdeed { misdirect, lose };

void misdeeds_everywhere(Misdeed misdeed) {
  std::map<Verdict, int> verdicts;
  for (int at = 0; at < 57; ++at) {
    for (std::uint64_t seed = 500; seed < 504; ++seed) {
      SimulatedDisk::seed_sqlite(1);
      SimulatedDisk disk(seed);
      Ending ending = run(disk, seed, 3, [&](int i) {
        if (i != at) return;
        if (misdeed == Misdeed::misdirect) disk.misdirect_next_write();
        if (misdeed == Misdeed::lose) disk.lose_next_write();
      });
      with_the_last(ending.history, ending.under_way);
      disk.crash(seed % 2 == 0 ? Crash::process_killed : Crash::nothing_kept);
      INFO("at write " << at << ", seed " << seed);
      const Verdict verdict = judge(disk, ending.history);
      CHECK(verdict != Verdict::rolled_back);
      ++verdicts[verdict];
    }
  }
  CHECK(verdicts[Verdict::damaged] > 0);
}

TEST_CASE("a write that lands in a wrong place is never taken for good") {
  misdeeds_everywhere(Misdeed::misdirect);
}

TEST_CASE("a write that gets lost is noticed") {
  misdeeds_everywhere(Misdeed::lose);
}

TEST_CASE("a full disk changes nothing, and the store works again once there is space") {
  for (std::uint64_t room = 0; room < 400'000; room += 7'000) {
    SimulatedDisk::seed_sqlite(1);
    SimulatedDisk disk(room + 1);
    LogWorkload workload(room + 1);
    SqliteLogStore store(log_on(disk));
    REQUIRE(store.open());
    const auto write_some = [&](int count) {
      int refused = 0;
      for (int i = 0; i < count; ++i) {
        const Write write = workload.next();
        Result<void> done = store.write(write);
        if (done) workload.accepted(write);
        if (!done) ++refused;
        if (!done) CHECK(done.error().code == Errc::no_space);
        if (i % 10 == 9) {
          done = store.maintain();
          if (!done) CHECK(done.error().code == Errc::no_space);
        }
      }
      return refused;
    };
    INFO("room for " << room << " bytes");
    CHECK(write_some(20) == 0);
    DiskFaults full;
    full.capacity_bytes = disk.used_bytes() + room;
    disk.set_faults(full);
    write_some(60);
    CHECK(store
              .write(append({make_entry(workload.log().stored().last, Term(1000), EntryKind::command,
                                        Payload(std::string(5'000'000, 'x')))}))
              .error()
              .code == Errc::no_space);
    disk.set_faults({});
    CHECK(write_some(20) == 0);
    const MemoryLog log = workload.log();
    disk.crash(room % 2 == 0 ? Crash::process_killed : Crash::nothing_kept);
    CHECK(judge(disk, {log}) == Verdict::intact);
  }
}

TEST_CASE("what a write that found no space left behind is not taken for damage") {
  int refused = 0;
  for (std::uint64_t room = 0; room < 60'000; room += 4'000) {
    SimulatedDisk disk(1);
    SampleLog log;
    {
      SqliteLogStore store(log_on(disk));
      REQUIRE(store.open());
      DiskFaults full;
      full.capacity_bytes = disk.used_bytes() + room;
      disk.set_faults(full);
      const std::vector<Entry> large = SampleLog(log.at()).commands(1, 50, 10'000);
      const Result<void> done = store.write(append(large));
      REQUIRE_FALSE(done);
      CHECK(done.error().code == Errc::no_space);
      if (!store.write(append(SampleLog(log.at()).commands(1, 1)))) ++refused;
      disk.set_faults({});
      const Result<std::vector<Entry>> first = store.read(Index(1), Index(1), 0);
      if (first) static_cast<void>(log.commands(1, 1));
      REQUIRE(store.write(append(log.commands(1, 1))));
    }
    disk.crash(Crash::nothing_kept);
    SqliteLogStore store(log_on(disk));
    const Result<StoredLog> stored = store.open();
    REQUIRE(stored);
    INFO("room for " << room << " bytes; " << store.damage());
    CHECK_FALSE(stored->damaged);
    CHECK(stored->last == log.at());
  }
  CHECK(refused < 15);
}

TEST_CASE("a read that fails is final for the store") {
  SimulatedDisk disk(1);
  SampleLog log;
  SqliteLogOptions options = log_on(disk);
  SqliteLogStore store(options);
  REQUIRE(store.open());
  for (int i = 0; i < 100; ++i) REQUIRE(store.write(append(log.commands(1, 1, 100'000))));
  disk.set_faults({.failing_reads = 1000});
  CHECK(store.read(Index(1), Index(100), 100'000'000).error().code == Errc::storage_failed);
  disk.set_faults({});
  CHECK(store.write(append(log.commands(1, 1))).error().code == Errc::storage_failed);
}

TEST_CASE("stalls are told to the clock") {
  SimulatedDisk disk(1);
  Duration stalled = Duration::zero();
  disk.on_stall([&](Duration duration) { stalled += duration; });
  SampleLog log;
  SqliteLogStore store(log_on(disk));
  REQUIRE(store.open());
  disk.set_faults({.stalling_syncs = 500, .longest_stall = std::chrono::seconds(10)});
  for (int i = 0; i < 20; ++i) REQUIRE(store.write(append(log.commands(1, 1))));
  CHECK(stalled > std::chrono::seconds(10));
}

}  // namespace
}  // namespace consensus
