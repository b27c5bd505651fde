// Copies and verdicts of stores on simulated disks.
#include "storage/stored_image.hpp"

#include <algorithm>

#include "catch.hpp"
#include "storage/log_workload.hpp"

namespace consensus {

SqliteLogOptions log_on(const simulator::SimulatedDisk& disk) {
  SqliteLogOptions options;
  options.file = "raft.db";
  options.vfs = disk.vfs();
  options.boot = disk.boot();
  options.incarnation = Incarnation{77};
  options.wal_limit_bytes = 300'000;
  options.free_bytes = [&disk] { return disk.free_bytes(); };
  return options;
}

DiskImage image_of(const simulator::SimulatedDisk& disk) {
  DiskImage image;
  for (const std::string& name : disk.names()) image[name] = disk.content(name);
  return image;
}

void load(simulator::SimulatedDisk& disk, const DiskImage& image) {
  const std::shared_ptr<Folder> folder = disk.folder("");
  for (const auto& [name, bytes] : image) {
    auto file = *folder->open(name, FileOpening::make_new);
    REQUIRE(file->write(0, bytes));
    REQUIRE(file->sync());
  }
  REQUIRE(folder->sync());
}

Verdict judge(simulator::SimulatedDisk& disk, const LogHistory& history) {
  SqliteLogStore store(log_on(disk));
  const Result<StoredLog> stored = store.open();
  if (!stored) {
    INFO(stored);
    CHECK(stored.error().code == Errc::corrupt);
    CHECK(stored.error().code == Errc::corrupt);
    return Verdict::corrupt;
  }
  CHECK(store.incarnation() == Incarnation{77});
  INFO(store.damage());
  if (stored->damaged) {
    CHECK(std::any_of(history.rbegin(), history.rend(),
                      [&](const MemoryLog& log) { return difference_of_prefix(store, *stored, log).empty(); }));
    CHECK(stored->hard_state.term <= history.back().stored().hard_state.term);
    CHECK_FALSE(store.damage().empty());
    return Verdict::damaged;
  }
  const std::string differs = difference(store, *stored, history.back());
  if (differs.empty()) return Verdict::intact;
  INFO(differs);
  CHECK(std::any_of(history.rbegin(), history.rend(),
                    [&](const MemoryLog& log) { return difference(store, *stored, log).empty(); }));
  return Verdict::rolled_back;
}

}  // namespace consensus
