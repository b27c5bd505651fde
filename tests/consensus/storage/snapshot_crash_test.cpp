// FileSnapshotStore on a simulated disk: the power fails at every write, sync and rename; the disk fails and fills up.
#include "catch.hpp"
#include "consensus/file_snapshot_store.hpp"
#include "consensus/simulator/simulated_disk.hpp"
#include "storage/snapshot_samples.hpp"
#include "storage/snapshot_store_contract.hpp"

namespace consensus {
namespace {

using simulator::Crash;
using simulator::DiskFaults;
using simulator::SimulatedDisk;

constexpr SnapshotFormat small{.chunk_size = 2048, .compression_level = 1};

FileSnapshotStore on(SimulatedDisk& disk) {
  return FileSnapshotStore(disk.folder("snapshots/"), small);
}

class Medium final : public SnapshotStoreMedium {
 public:
  std::unique_ptr<SnapshotStore> store(const SnapshotFormat& format) override {
    return std::make_unique<FileSnapshotStore>(disk_.folder("snapshots/"), format);
  }

 private:
  SimulatedDisk disk_{1};
};

TEST_CASE("the file snapshot store keeps the contract on a simulated disk") {
  for (const SnapshotStoreClause& clause : snapshot_store_contract()) {
    DYNAMIC_SECTION(clause.name) {
      Medium medium;
      clause.check(medium);
    }
  }
}

const std::string& state_of(std::uint64_t index) {
  static const std::string states[] = {sample_state(9'000, 1), sample_state(7'000, 2), sample_state(12'000, 3)};
  return states[index % 3];
}

Result<SnapshotManifest> make(FileSnapshotStore& store, std::uint64_t index) {
  Result<std::unique_ptr<SnapshotWriter>> writer = store.create(sample_meta(index));
  if (!writer) return writer.error();
  const Result<void> written = (*writer)->write(state_of(index));
  if (!written) return written.error();
  return (*writer)->publish();
}

// Takes snapshots 1 and 2, receives 3, keeps two of them. The newest that was acknowledged when it ended.
std::uint64_t run(SimulatedDisk& disk) {
  FileSnapshotStore store = on(disk);
  if (!store.open()) return 0;
  if (!make(store, 1)) return 0;
  if (!make(store, 2)) return 1;
  static MemorySnapshotStore sender(small);
  static const SnapshotManifest sent = publish(sender, sample_meta(3), state_of(3));
  auto reader = *sender.read(sent.id);
  Result<std::unique_ptr<SnapshotReceiver>> receiver = store.receive(sent);
  if (!receiver) return 2;
  for (std::uint32_t i = (*receiver)->next_chunk(); i < sent.chunk_checksums.size(); ++i) {
    if (!(*receiver)->put_chunk(i, *reader->read_chunk(i))) return 2;
  }
  if (!(*receiver)->publish()) return 2;
  static_cast<void>(store.retain(2));
  return 3;
}

// What there is, is whole; what was acknowledged, is there; and nothing else lies about.
void check(SimulatedDisk& disk, std::uint64_t acknowledged) {
  FileSnapshotStore store = on(disk);
  const Result<std::optional<SnapshotManifest>> newest = store.open();
  INFO(newest);
  REQUIRE(newest);
  CHECK((*newest ? (*newest)->meta.position.index : Index(0)) >= Index(acknowledged));
  const Result<std::vector<SnapshotManifest>> all = store.list();
  for (const SnapshotManifest& manifest : *all) {
    const Result<std::string> state = read_state(store, manifest.id);
    INFO(state);
    CHECK((state && *state == state_of(manifest.meta.position.index.value())));
  }
  CHECK(disk.names().size() <= 2 * all->size() + 1);
  CHECK(run(disk) == 3);
  CHECK(disk.names().size() == 4);
}

TEST_CASE("a crash at any point leaves whole snapshots, and all that were published") {
  std::uint64_t changes = 0;
  {
    SimulatedDisk disk(1);
    REQUIRE(run(disk) == 3);
    changes = disk.changes();
  }
  REQUIRE(changes > 30);
  for (const Crash how : {Crash::process_killed, Crash::nothing_kept, Crash::power_lost}) {
    for (std::uint64_t seed = 1; seed <= (how == Crash::power_lost ? 10U : 1U); ++seed) {
      for (std::uint64_t cut = 0; cut < changes; ++cut) {
        SimulatedDisk disk(seed);
        disk.cut_power_at(cut);
        const std::uint64_t acknowledged = run(disk);
        disk.crash(how);
        INFO("power lost at change " << cut << " of " << changes << ", seed " << seed);
        check(disk, acknowledged);
      }
    }
  }
}

TEST_CASE("a sync that fails publishes nothing, and loses nothing that was published") {
  for (std::uint64_t seed = 1; seed < 60; ++seed) {
    SimulatedDisk disk(seed);
    disk.set_faults({.failing_syncs = 200});
    const std::uint64_t acknowledged = run(disk);
    disk.set_faults({});
    disk.crash(seed % 2 == 0 ? Crash::process_killed : Crash::nothing_kept);
    INFO("seed " << seed);
    check(disk, acknowledged);
  }
}

TEST_CASE("a full disk refuses a snapshot and keeps the others") {
  for (std::uint64_t room = 0; room < 30'000; room += 1'000) {
    SimulatedDisk disk(1);
    DiskFaults faults;
    faults.capacity_bytes = room;
    disk.set_faults(faults);
    FileSnapshotStore store = on(disk);
    REQUIRE(store.open());
    for (std::uint64_t index = 1; index <= 3; ++index) {
      const Result<SnapshotManifest> made = make(store, index);
      if (!made) CHECK(made.error().code == Errc::no_space);
    }
    const Result<std::vector<SnapshotManifest>> kept = store.list();
    for (const SnapshotManifest& manifest : *kept) CHECK(read_state(store, manifest.id));
    disk.set_faults({});
    CHECK(make(store, 5));
    CHECK(store.list()->front().meta.position.index == Index(5));
  }
}

}  // namespace
}  // namespace consensus
