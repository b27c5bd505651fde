// A disk in memory that loses power, lies, rots and fills up, for the real SQLite log store and the real snapshot
// files.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/folder.hpp"
#include "consensus/ids.hpp"

namespace consensus::simulator {

// What is left of the things that were written but not synced.
enum class Crash {
  process_killed,  // everything: the operating system lives on
  power_lost,      // of each file any sectors, of the names the older changes; which ones is a matter of chance
  nothing_kept,    // nothing
};

// Chances are per mille of the operations of that kind.
struct DiskFaults {
  std::uint64_t capacity_bytes = std::numeric_limits<std::uint64_t>::max();  // of all files together
  std::uint64_t failing_reads = 0;
  std::uint64_t failing_writes = 0;
  // An error, and what was to be synced is dropped: the next sync succeeds without it (as Linux does).
  std::uint64_t failing_syncs = 0;
  // Success, but nothing is durable until the next honest sync.
  std::uint64_t lying_syncs = 0;
  std::uint64_t stalling_syncs = 0;
  Duration longest_stall = Duration::zero();
};

// Files with a page cache and what is durable below it, in sectors of 512 bytes. Deterministic: the same seed and the
// same operations give the same disk. SQLite draws numbers of its own for its write-ahead log; seed_sqlite() makes
// those deterministic, too. Outlives everything that has files of it open. Used from one thread at a time.
class SimulatedDisk {
 public:
  explicit SimulatedDisk(std::uint64_t seed);
  ~SimulatedDisk();
  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;

  // For SqliteLogOptions::vfs. No shared memory: only for databases in exclusive locking mode.
  [[nodiscard]] const std::string& vfs() const noexcept;
  // The files whose names begin with the prefix, which must end with "/".
  [[nodiscard]] std::shared_ptr<Folder> folder(std::string prefix);
  [[nodiscard]] std::uint64_t free_bytes() const;
  [[nodiscard]] std::uint64_t used_bytes() const;

  void set_faults(const DiskFaults& faults);
  // Is told how long a stall lasts, which the caller's clock must then show.
  void on_stall(std::function<void(Duration)> stalled);

  // Operations that change something, so far: writes, syncs, truncations, and changes of names.
  [[nodiscard]] std::uint64_t changes() const noexcept;
  // The change with this number (counted as by changes(), from 0) and everything after it fails. A write that fails so
  // may have happened in part.
  void cut_power_at(std::uint64_t change);
  [[nodiscard]] bool is_cut() const noexcept;
  // Every open file fails from now on; after that the disk works again.
  void crash(Crash how);
  // For SqliteLogOptions::boot: another after each loss of power.
  [[nodiscard]] std::string boot() const;

  // The next write goes to a sector of the same file where it does not belong.
  void misdirect_next_write();
  // The next write says that it succeeded, and does nothing.
  void lose_next_write();

  // At rest. Names of all files, sorted; their contents as the next reader sees them.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::string content(const std::string& name) const;
  // Changes both what is seen and what is durable, without counting as a change. Nothing beyond the end.
  void spoil(const std::string& name, std::uint64_t offset, std::string_view bytes);
  void flip_bit(const std::string& name, std::uint64_t offset, unsigned bit);
  void remove(const std::string& name);

  // For the whole process: SQLite's own random numbers begin anew from here.
  static void seed_sqlite(std::uint32_t seed);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace consensus::simulator
