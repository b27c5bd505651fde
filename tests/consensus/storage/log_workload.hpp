// Random but valid writes to a log store, with the log that must come of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "consensus/log_store.hpp"
#include "consensus/memory_log_store.hpp"
#include "consensus/simulator/random.hpp"

namespace consensus {

// Makes one write after the other, each valid after the ones before.
class LogWorkload {
 public:
  explicit LogWorkload(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] Write next();
  // What the log is after the writes so far that were accepted().
  [[nodiscard]] const MemoryLog& log() const noexcept { return log_; }
  // What it would be with the latest write.
  [[nodiscard]] MemoryLog log_with(const Write& write) const;
  void accepted(const Write& write);

 private:
  [[nodiscard]] std::vector<Entry> entries(LogPosition at, std::uint64_t term);

  simulator::Random random_;
  MemoryLog log_;
  std::uint64_t term_ = 0;
};

// Empty when the store has exactly the log, apart from a lower commit index; else what differs.
[[nodiscard]] std::string difference(LogStore& store, const StoredLog& stored, const MemoryLog& log);
// Empty when all entries of the store are those of the log, without the newest perhaps; else what differs.
[[nodiscard]] std::string difference_of_prefix(LogStore& store, const StoredLog& stored, const MemoryLog& log);

}  // namespace consensus
