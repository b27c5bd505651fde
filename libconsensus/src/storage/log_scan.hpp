// Builds the index of a stored log from its records, and finds out what is missing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "storage/log_index.hpp"
#include "storage/log_record.hpp"

namespace consensus {

struct ScannedLog {
  HardState hard_state;
  Index commit;
  LogIndex index;
  bool marked = false;            // the damage of an earlier time is not healed yet
  std::string damage;             // what was found missing now, for people; empty: nothing
  std::uint64_t last_record = 0;  // the last one that belongs to the log
};

// Is given all records from the anchor's first on, in order. From the first bad or missing one on, the rest only
// serves to know the latest term and vote.
class LogScan {
 public:
  explicit LogScan(LogAnchor anchor);

  void add(std::uint64_t number, const std::shared_ptr<const std::string>& bytes);
  // What is added from now on only serves to know the latest term and vote.
  void give_up(std::string reason);
  // There must have been all records up to `reached`.
  [[nodiscard]] ScannedLog finish(std::uint64_t reached);

 private:
  void place(std::uint64_t number, const LogRecord& record);

  ScannedLog log_;
};

}  // namespace consensus
