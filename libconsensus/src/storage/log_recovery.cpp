// Recovers stored logs.
#include "storage/log_recovery.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <random>
#include <utility>

namespace consensus {
namespace {

std::uint64_t random_number() {
  std::random_device device;
  const std::uint64_t high = device();
  return std::max<std::uint64_t>(high << 32U | device(), 1);
}

enum class Repair {
  of_end,         // records after the last good one go
  of_table,       // the table is not sound: the good records move to a new one
  of_everything,  // not even those can be read again
};

class Recovery {
 public:
  Recovery(SqliteLogFile& file, const SqliteLogOptions& options) : file_(file), options_(options) {}

  Result<RecoveredLog> run() {
    Result<void> done = identify();
    if (done) done = judge_wal();
    if (done) done = find_reached();
    if (done) done = scan();
    if (done && !recovered_.damage.empty()) done = heal();
    if (!done) return done.error();
    if (recovered_.damage.empty() && recovered_.log.marked) {
      recovered_.damage = "found when it was opened at an earlier time";
    }
    return std::move(recovered_);
  }

 private:
  Result<void> identify();
  Result<void> make_blank();
  Result<void> judge_wal();
  Result<void> find_reached();
  Result<void> scan();
  Result<bool> can_find_records();
  Result<void> heal();
  Result<void> repair(Repair repair);

  // The first reason is the one to tell.
  void damaged(std::string what) {
    if (recovered_.damage.empty()) recovered_.damage = std::move(what);
  }

  SqliteLogFile& file_;
  const SqliteLogOptions& options_;
  RecoveredLog recovered_;
  Repair repair_ = Repair::of_end;
};

Result<void> Recovery::identify() {
  const Result<std::optional<std::string>> row = file_.anchor(AnchorRow::incarnation);
  if (!row) return row.error();
  if (!*row) return make_blank();
  const Result<std::uint64_t> value = decode_number("incarnation", **row);
  if (!value) return make_error(Errc::corrupt, options_.file.string() + ": the store's identity is not readable");
  recovered_.incarnation = {*value};
  return {};
}

// A file whose making was cut off has tables without rows.
Result<void> Recovery::make_blank() {
  const Result<std::uint64_t> first = file_.first_record();
  if (!first) return first.error();
  const Result<std::optional<std::string>> beginning = file_.anchor(AnchorRow::beginning);
  if (!beginning) return beginning.error();
  if (*first != 0 || *beginning) {
    return make_error(Errc::corrupt, options_.file.string() + ": the store's identity is missing");
  }
  recovered_.incarnation = options_.incarnation.value_or(Incarnation{random_number()});
  return file_.transact([this]() -> Result<void> {
    const std::uint64_t incarnation = recovered_.incarnation.value;
    Result<void> put = file_.put(AnchorRow::incarnation, encode_number("incarnation", incarnation));
    if (put) put = file_.put(AnchorRow::beginning, encode(LogAnchor{}));
    if (put) put = file_.put(AnchorRow::reached, encode_number("reached", 0));
    return put;
  });
}

Result<void> Recovery::judge_wal() {
  const WalAudit& audit = file_.audit();
  const bool is_bad = audit.condition == WalCondition::damaged ||
                      (audit.condition == WalCondition::torn && options_.torn_tail == TornTail::is_damage);
  if (is_bad) damaged(audit.detail);
  const Result<bool> is_lost = file_.has_lost_wal();
  if (!is_lost) return is_lost.error();
  if (*is_lost) damaged("write-ahead log: it was removed");
  return {};
}

Result<void> Recovery::find_reached() {
  const Result<std::optional<std::string>> row = file_.anchor(AnchorRow::reached);
  if (!row) return row.error();
  const Result<std::uint64_t> value = decode_number("reached", row->value_or(""));
  if (!value) damaged("the mark of the last checkpoint is spoiled");
  recovered_.reached = value ? *value : 0;
  return {};
}

Result<void> Recovery::scan() {
  const Result<std::optional<std::string>> row = file_.anchor(AnchorRow::beginning);
  if (!row) return row.error();
  const Result<LogAnchor> anchor = decode_anchor(row->value_or(""));
  // Without its beginning nothing of the log is of use but the latest term and vote.
  LogScan scan(anchor ? *anchor : LogAnchor{.base = {}, .configuration = {}, .first_record = 1});
  if (!anchor) scan.give_up("the beginning of the log is spoiled");
  const Result<void> read =
      file_.each_record(anchor ? anchor->first_record : 0, [&scan](std::uint64_t number, std::string bytes) {
        scan.add(number, std::make_shared<const std::string>(std::move(bytes)));
      });
  if (!read && read.error().code != Errc::corrupt) return read;
  if (!read) scan.give_up(read.error().context);
  recovered_.log = scan.finish(recovered_.reached);
  if (!recovered_.log.damage.empty()) {
    damaged(recovered_.log.damage);
    repair_ = Repair::of_table;
    return {};
  }
  const Result<bool> can_find = can_find_records();
  if (!can_find) return can_find.error();
  if (*can_find) return {};
  damaged("the log's table is spoiled");
  repair_ = Repair::of_table;
  return {};
}

// Reading all in order does not use what leads to a single one.
Result<bool> Recovery::can_find_records() {
  for (std::uint64_t number = recovered_.log.index.anchor().first_record; number <= recovered_.log.last_record;
       ++number) {
    Result<bool> found = file_.has_record(number);
    if (!found && found.error().code == Errc::corrupt) return false;
    if (!found || !*found) return found;
  }
  return true;
}

Result<void> Recovery::heal() {
  Result<void> done = repair(repair_);
  if (!done && done.error().code == Errc::corrupt) done = repair(Repair::of_table);
  if (!done && done.error().code == Errc::corrupt) done = repair(Repair::of_everything);
  return done;
}

Result<void> Recovery::repair(Repair repair) {
  ScannedLog& log = recovered_.log;
  if (repair == Repair::of_everything) {
    const LogAnchor anchor = log.index.anchor();
    log.last_record = anchor.first_record - 1;
    log.commit = anchor.base.index;
    log.index = LogIndex(anchor);
  }
  log.marked = true;
  const Term last_term = log.index.last().term;
  if (last_term > log.hard_state.term) log.hard_state = {last_term, std::nullopt};
  const LogRecord mark{
      .hard_state = log.hard_state, .commit = log.commit, .damaged = true, .before = log.index.last(), .entries = {}};
  const std::uint64_t number = log.last_record + 1;
  const LogAnchor& anchor = log.index.anchor();
  Result<void> done = file_.transact([&]() -> Result<void> {
    Result<void> changed = repair == Repair::of_end ? file_.remove(number, std::numeric_limits<std::int64_t>::max())
                                                    : file_.renew(anchor.first_record, log.last_record);
    if (changed) changed = file_.insert(number, encode(number, mark, nullptr, 0));
    if (changed) changed = file_.put(AnchorRow::beginning, encode(anchor));
    if (changed) changed = file_.put(AnchorRow::reached, encode_number("reached", number));
    return changed;
  });
  if (!done) return done;
  log.last_record = number;
  recovered_.reached = number;
  return {};
}

}  // namespace

Result<RecoveredLog> recover_log(SqliteLogFile& file, const SqliteLogOptions& options) {
  return Recovery(file, options).run();
}

}  // namespace consensus
