// The simulated disk's parts put together.
#include "consensus/simulator/simulated_disk.hpp"

#include <sqlite3.h>

#include <utility>

#include "simulated_disk/disk_files.hpp"
#include "simulated_disk/disk_folder.hpp"
#include "simulated_disk/disk_vfs.hpp"

namespace consensus::simulator {

class SimulatedDisk::Implementation {
 public:
  explicit Implementation(std::uint64_t seed) : files(seed), vfs(files) {}

  DiskFiles files;
  DiskVfs vfs;
};

SimulatedDisk::SimulatedDisk(std::uint64_t seed) : implementation_(std::make_unique<Implementation>(seed)) {}

SimulatedDisk::~SimulatedDisk() = default;

const std::string& SimulatedDisk::vfs() const noexcept {
  return implementation_->vfs.name();
}

std::shared_ptr<Folder> SimulatedDisk::folder(std::string prefix) {
  return make_disk_folder(implementation_->files, std::move(prefix));
}

std::uint64_t SimulatedDisk::free_bytes() const {
  return implementation_->files.free_bytes();
}

std::uint64_t SimulatedDisk::used_bytes() const {
  return implementation_->files.used_bytes();
}

void SimulatedDisk::set_faults(const DiskFaults& faults) {
  implementation_->files.set_faults(faults);
}

void SimulatedDisk::on_stall(std::function<void(Duration)> stalled) {
  implementation_->files.on_stall(std::move(stalled));
}

std::uint64_t SimulatedDisk::changes() const noexcept {
  return implementation_->files.changes();
}

void SimulatedDisk::cut_power_at(std::uint64_t change) {
  implementation_->files.cut_power_at(change);
}

bool SimulatedDisk::is_cut() const noexcept {
  return implementation_->files.is_cut();
}

void SimulatedDisk::crash(Crash how) {
  implementation_->files.crash(how);
}

std::string SimulatedDisk::boot() const {
  return "boot " + std::to_string(implementation_->files.boots());
}

void SimulatedDisk::misdirect_next_write() {
  implementation_->files.misdirect_next_write();
}

void SimulatedDisk::lose_next_write() {
  implementation_->files.lose_next_write();
}

std::vector<std::string> SimulatedDisk::names() const {
  return implementation_->files.names();
}

std::string SimulatedDisk::content(const std::string& name) const {
  const DiskFilePointer file = implementation_->files.find(name);
  return file ? file->seen : std::string();
}

void SimulatedDisk::spoil(const std::string& name, std::uint64_t offset, std::string_view bytes) {
  implementation_->files.spoil(name, offset, bytes);
}

void SimulatedDisk::flip_bit(const std::string& name, std::uint64_t offset, unsigned bit) {
  const DiskFilePointer file = implementation_->files.find(name);
  if (!file || offset >= file->seen.size()) return;
  const auto flipped = static_cast<char>(file->seen[static_cast<std::size_t>(offset)] ^ static_cast<char>(1U << bit));
  implementation_->files.spoil(name, offset, std::string_view(&flipped, 1));
}

void SimulatedDisk::remove(const std::string& name) {
  static_cast<void>(implementation_->files.remove(name));
  static_cast<void>(implementation_->files.sync_names());
}

void SimulatedDisk::seed_sqlite(std::uint32_t seed) {
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(seed), static_cast<sqlite3*>(nullptr));
}

}  // namespace consensus::simulator
