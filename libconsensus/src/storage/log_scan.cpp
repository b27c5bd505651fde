// Reads a stored log's records in order.
#include "storage/log_scan.hpp"

#include <algorithm>
#include <utility>

namespace consensus {
namespace {

// The position in the record's part of the log, if the record has that index.
std::optional<LogPosition> position_in(const LogRecord& record, Index index) {
  if (index == record.before.index) return record.before;
  if (index < record.before.index || index > record.last().index) return std::nullopt;
  return record.entries[distance(record.before.index, index) - 1].position();
}

}  // namespace

LogScan::LogScan(LogAnchor anchor)
    : log_{.hard_state = {},
           .commit = anchor.base.index,
           .index = LogIndex(anchor),
           .marked = false,
           .damage = {},
           .last_record = anchor.first_record - 1} {}

void LogScan::give_up(std::string reason) {
  if (log_.damage.empty()) log_.damage = std::move(reason);
}

void LogScan::add(std::uint64_t number, const std::shared_ptr<const std::string>& bytes) {
  const Result<LogRecord> record = decode_record(number, bytes);
  if (!record) {
    give_up(record.error().context + " is spoiled");
    return;
  }
  if (record->hard_state.term >= log_.hard_state.term) log_.hard_state = record->hard_state;
  if (!log_.damage.empty()) return;
  if (number != log_.last_record + 1) {
    give_up("log record " + std::to_string(log_.last_record + 1) + " is missing");
    return;
  }
  place(number, *record);
}

void LogScan::place(std::uint64_t number, const LogRecord& record) {
  const LogPosition& base = log_.index.anchor().base;
  const bool is_first = number == log_.index.anchor().first_record;
  // The first record may begin before the base, where nothing is known of the log any more.
  const bool fits = is_first ? record.before.index <= base.index && record.last().index >= base.index
                             : record.before.index >= base.index && record.before.index <= log_.index.last().index;
  if (!fits) return give_up("log record " + std::to_string(number) + " does not fit");
  const Index shared = is_first ? base.index : log_.index.last().index;
  const LogPosition& expected = is_first ? base : log_.index.last();
  const std::optional<LogPosition> found = position_in(record, shared);
  if (found && (is_first || record.before.index == shared) && *found != expected) {
    return give_up("log record " + std::to_string(number) + " belongs to another history");
  }
  Result<std::vector<ConfigurationAt>> configurations = configurations_of(record.entries);
  if (!configurations) return give_up("a configuration in log record " + std::to_string(number) + " is not readable");
  if (!is_first && record.before.index < log_.index.last().index) log_.index.truncate_after(record.before);
  log_.index.append(number, record.entries, std::move(*configurations));
  log_.commit = record.commit;
  log_.marked = record.damaged;
  log_.last_record = number;
}

ScannedLog LogScan::finish(std::uint64_t reached) {
  if (log_.last_record < reached) give_up("log record " + std::to_string(log_.last_record + 1) + " is missing");
  const LogPosition& last = log_.index.last();
  log_.commit = std::min(std::max(log_.commit, log_.index.anchor().base.index), last.index);
  return std::move(log_);
}

}  // namespace consensus
