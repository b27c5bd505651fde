// The files of a simulated disk: what readers see, what is durable, and what lies between.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "consensus/simulator/random.hpp"
#include "consensus/simulator/simulated_disk.hpp"

namespace consensus::simulator {

inline constexpr std::uint64_t sector_bytes = 512;

enum class DiskStatus { done, failed, no_space };

// A file without its name. Changes that are not synced are kept in order.
struct DiskFile {
  struct Change {
    std::uint64_t offset = 0;  // of whole sectors, or the new size
    std::string bytes;
    bool is_truncation = false;
  };
  std::string seen;
  std::string durable;
  std::vector<Change> pending;
  std::vector<const int*> locks;  // levels of those who have it locked; see the VFS
};

using DiskFilePointer = std::shared_ptr<DiskFile>;

// A file that somebody has open, until the next crash.
struct OpenFile {
  DiskFilePointer file;
  std::uint64_t life = 0;
};

class DiskFiles {
 public:
  explicit DiskFiles(std::uint64_t seed) : random_(seed) {}

  void set_faults(const DiskFaults& faults) { faults_ = faults; }
  void on_stall(std::function<void(Duration)> stalled) { stalled_ = std::move(stalled); }
  [[nodiscard]] Random& random() noexcept { return random_; }

  [[nodiscard]] bool exists(const std::string& name) const { return names_.contains(name); }
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] DiskFilePointer find(const std::string& name) const;
  [[nodiscard]] OpenFile opened(DiskFilePointer file) const { return {std::move(file), life_}; }
  // The file of that name, made when it is not there; none when the disk fails.
  [[nodiscard]] DiskFilePointer make(const std::string& name);
  [[nodiscard]] DiskStatus rename(const std::string& from, const std::string& to);
  [[nodiscard]] DiskStatus remove(const std::string& name);
  [[nodiscard]] DiskStatus sync_names();

  // The bytes that are there; an empty optional when reading fails.
  [[nodiscard]] std::optional<std::string> read(const OpenFile& open, std::uint64_t offset, std::size_t bytes);
  [[nodiscard]] DiskStatus write(const OpenFile& open, std::uint64_t offset, std::string_view bytes);
  [[nodiscard]] DiskStatus truncate(const OpenFile& open, std::uint64_t size);
  [[nodiscard]] DiskStatus sync(const OpenFile& open);

  [[nodiscard]] std::uint64_t used_bytes() const;
  [[nodiscard]] std::uint64_t free_bytes() const;
  [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }
  void cut_power_at(std::uint64_t change) { cut_at_ = change; }
  [[nodiscard]] bool is_cut() const noexcept { return is_cut_; }
  void crash(Crash how);
  [[nodiscard]] std::uint64_t boots() const noexcept { return boots_; }

  void misdirect_next_write() { misdirect_ = true; }
  void lose_next_write() { lose_ = true; }
  void spoil(const std::string& name, std::uint64_t offset, std::string_view bytes);

 private:
  using Names = std::map<std::string, DiskFilePointer>;
  // Of one name: the file it now means, or none.
  using NameChange = std::vector<std::pair<std::string, DiskFilePointer>>;

  // Counts a change; false when it must not happen any more.
  [[nodiscard]] bool begin_change();
  [[nodiscard]] bool is_alive(const OpenFile& open) const { return open.life == life_ && !is_cut_; }
  [[nodiscard]] DiskStatus change_names(NameChange change);
  void put(DiskFile& file, std::uint64_t offset, std::string_view bytes);
  void drop_pending(DiskFile& file);
  void lose_power(DiskFile& file);

  Random random_;
  DiskFaults faults_;
  std::function<void(Duration)> stalled_;
  Names names_;
  Names durable_names_;
  std::vector<NameChange> pending_names_;
  std::uint64_t life_ = 0;
  std::uint64_t boots_ = 0;
  std::uint64_t changes_ = 0;
  std::uint64_t cut_at_ = std::numeric_limits<std::uint64_t>::max();
  bool is_cut_ = false;
  bool misdirect_ = false;
  bool lose_ = false;
};

}  // namespace consensus::simulator
