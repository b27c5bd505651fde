// SqliteLogStore on a simulated disk: the power fails at every write and sync of a workload.
#include "catch.hpp"
#include "consensus/simulator/simulated_disk.hpp"
#include "consensus/sqlite_log_store.hpp"
#include "storage/log_samples.hpp"
#include "storage/log_store_contract.hpp"
#include "storage/log_workload.hpp"

namespace consensus {
namespace {

using simulator::Crash;
using simulator::SimulatedDisk;

SqliteLogOptions on(const SimulatedDisk& disk, TornTail torn_tail = TornTail::is_damage) {
  SqliteLogOptions options;
  options.file = "raft.db";
  options.vfs = disk.vfs();
  options.torn_tail = torn_tail;
  options.incarnation = Incarnation{77};
  options.boot = disk.boot();
  options.wal_limit_bytes = 300'000;
  options.free_bytes = [&disk] { return disk.free_bytes(); };
  return options;
}

class Medium final : public LogStoreMedium {
 public:
  std::unique_ptr<LogStore> store() override { return std::make_unique<SqliteLogStore>(on(disk_)); }

 private:
  SimulatedDisk disk_{1};
};

TEST_CASE("the SQLite log store keeps the contract on a simulated disk") {
  for (const LogStoreClause& clause : log_store_contract()) {
    DYNAMIC_SECTION(clause.name) {
      Medium medium;
      clause.check(medium);
    }
  }
}

// Where a workload ended: what was acknowledged, and the write that was under way.
struct Ending {
  MemoryLog acknowledged;
  std::optional<Write> under_way;
  bool was_opened = false;
};

Ending run(SimulatedDisk& disk, std::uint64_t seed, int writes) {
  LogWorkload workload(seed);
  Ending ending;
  SqliteLogStore store(on(disk));
  if (!store.open()) return ending;
  ending.was_opened = true;
  for (int i = 0; i < writes; ++i) {
    const Write write = workload.next();
    ending.acknowledged = workload.log();
    ending.under_way = write;
    if (!store.write(write)) return ending;
    workload.accepted(write);
    if (i % 10 == 9 && !store.maintain()) break;
  }
  ending.acknowledged = workload.log();
  ending.under_way.reset();
  return ending;
}

// Nothing acknowledged is missing, and the write under way is there as a whole or not at all.
// True when the store is damaged.
bool check_after_crash(SimulatedDisk& disk, const Ending& ending, TornTail torn_tail) {
  SqliteLogStore store(on(disk, torn_tail));
  const Result<StoredLog> stored = store.open();
  INFO(stored);
  REQUIRE(stored);
  CHECK(store.incarnation() == Incarnation{77});
  std::string differs = difference(store, *stored, ending.acknowledged);
  MemoryLog now = ending.acknowledged;
  if (!differs.empty() && ending.under_way) {
    REQUIRE(now.apply(*ending.under_way));
    differs += " | with the write under way: " + difference(store, *stored, now);
    if (difference(store, *stored, now).empty()) differs.clear();
  }
  CHECK(differs == "");
  // It goes on from there, and the damage is remembered until it is healed.
  Write more = append({make_entry(stored->last, stored->last.term, EntryKind::command, Payload("more"))});
  REQUIRE(store.write(more));
  SqliteLogStore other(on(disk));
  CHECK_FALSE(other.open());
  return stored->damaged;
}

void check_again(SimulatedDisk& disk, bool damaged) {
  {
    SqliteLogStore store(on(disk));
    const Result<StoredLog> stored = store.open();
    REQUIRE(stored);
    INFO(store.damage());
    CHECK(stored->damaged == damaged);
    Write healed;
    healed.recovered = true;
    healed.must_sync = true;
    REQUIRE(store.write(healed));
  }
  SqliteLogStore store(on(disk));
  const Result<StoredLog> stored = store.open();
  REQUIRE(stored);
  CHECK_FALSE(stored->damaged);
}

std::uint64_t changes_of(std::uint64_t seed, int writes) {
  SimulatedDisk::seed_sqlite(1);
  SimulatedDisk disk(seed);
  run(disk, seed, writes);
  return disk.changes();
}

void crash_everywhere(Crash how, std::uint64_t seed, int writes, TornTail torn_tail = TornTail::is_damage) {
  const std::uint64_t changes = changes_of(seed, writes);
  REQUIRE(changes > 100);
  std::uint64_t damaged = 0;
  for (std::uint64_t cut = 0; cut < changes; ++cut) {
    SimulatedDisk::seed_sqlite(1);
    SimulatedDisk disk(seed);
    disk.cut_power_at(cut);
    const Ending ending = run(disk, seed, writes);
    REQUIRE(disk.is_cut());
    disk.crash(how);
    INFO("power lost at change " << cut << " of " << changes << ", seed " << seed);
    const bool is_damaged = check_after_crash(disk, ending, torn_tail);
    // What the first crash left behind must not be taken for damage after a second one.
    disk.crash(Crash::nothing_kept);
    check_again(disk, is_damaged);
    if (is_damaged) ++damaged;
  }
  // A torn tail cannot be told from damage; but that is no reason to see damage everywhere.
  CHECK(damaged <= (how == Crash::power_lost && torn_tail == TornTail::is_damage ? changes / 2 : 0));
}

TEST_CASE("whatever was acknowledged survives a process that is killed at any write or sync") {
  crash_everywhere(Crash::process_killed, 11, 40);
}

TEST_CASE("whatever was acknowledged survives a loss of power that keeps nothing else") {
  crash_everywhere(Crash::nothing_kept, 12, 40);
}

TEST_CASE("whatever was acknowledged survives a loss of power with torn writes") {
  for (std::uint64_t seed = 20; seed < 24; ++seed) crash_everywhere(Crash::power_lost, seed, 40);
}

TEST_CASE("on a disk that syncs honestly nothing acknowledged is lost when torn tails are discarded") {
  for (std::uint64_t seed = 30; seed < 32; ++seed) {
    crash_everywhere(Crash::power_lost, seed, 40, TornTail::is_discarded);
  }
}

}  // namespace
}  // namespace consensus
