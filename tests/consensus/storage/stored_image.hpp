// Stores on simulated disks: how to open them, to copy them, and to judge what they say after something was spoiled.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "consensus/memory_log_store.hpp"
#include "consensus/simulator/simulated_disk.hpp"
#include "consensus/sqlite_log_store.hpp"

namespace consensus {

[[nodiscard]] SqliteLogOptions log_on(const simulator::SimulatedDisk& disk);

// All files of a disk, to begin with again and again.
using DiskImage = std::map<std::string, std::string>;
[[nodiscard]] DiskImage image_of(const simulator::SimulatedDisk& disk);
void load(simulator::SimulatedDisk& disk, const DiskImage& image);

// The log after each write. What is lost may be the newest writes, with the truncations among them.
using LogHistory = std::vector<MemoryLog>;

enum class Verdict {
  intact,       // says that it has everything, and has
  rolled_back,  // says that it has everything, and has what there was at an earlier time
  damaged,      // says that something is missing, and what it has is right
  corrupt,      // refuses to be opened
};

// Opens the store and checks that what it says is one of these.
[[nodiscard]] Verdict judge(simulator::SimulatedDisk& disk, const LogHistory& history);

}  // namespace consensus
