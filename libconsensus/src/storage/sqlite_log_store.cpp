// The log store on SQLite.
#include "consensus/sqlite_log_store.hpp"

#include <algorithm>
#include <limits>
#include <mutex>
#include <span>
#include <utility>

#include "storage/log_recovery.hpp"
#include "storage/sqlite_log_file.hpp"
#include "storage/write_check.hpp"

namespace consensus {
namespace {

// A larger append is cut into several records, so that reading a part of it need not read it all.
constexpr std::size_t record_payload_bytes = 256U << 10U;
// A transaction that removes leftovers holds up writes, by what it gives back rather than by the number of records.
constexpr std::uint64_t least_removals = 16;
constexpr std::uint64_t most_removals = 10'000;
constexpr std::uint64_t pages_given_back = 2000;
// A checkpoint with no more than that left to copy holds up writes hardly longer than its sync does.
constexpr std::uint64_t frames_left = 16;
constexpr int most_copies = 4;

bool is_only_commit(const Write& write) {
  return !write.hard_state && !write.install && !write.truncate_from && write.append.empty() && !write.compact_to &&
         !write.recovered;
}

// Where each record of an append ends.
std::vector<std::size_t> cut(const std::vector<Entry>& entries) {
  std::vector<std::size_t> ends;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (bytes > 0 && bytes + entries[i].payload.size() > record_payload_bytes) {
      ends.push_back(i);
      bytes = 0;
    }
    bytes += entries[i].payload.size();
  }
  ends.push_back(entries.size());
  return ends;
}

}  // namespace

class SqliteLogStore::Implementation {
 public:
  explicit Implementation(SqliteLogOptions options) : options_(std::move(options)), file_(options_) {}

  Result<StoredLog> open();
  Result<void> write(const Write& write);
  Result<std::vector<Entry>> read(Index first, Index last, std::size_t max_bytes);
  Result<std::uint64_t> free_bytes() const;
  Result<void> maintain();

  [[nodiscard]] Incarnation incarnation() const { return incarnation_; }
  [[nodiscard]] std::string damage() const {
    const Turn turn(*this);
    return damage_;
  }

 private:
  struct State {
    HardState hard_state;
    Index commit;
    LogIndex index;
    bool damaged = false;
    std::uint64_t next_record = 1;
  };

  // What a write will have changed.
  struct Change {
    const Write& write;
    std::vector<std::size_t> ends;  // of the entries of each record
    LogPosition before;             // the entries
    HardState hard_state;
    Index commit;
    bool damaged = false;
    std::optional<LogIndex> index;  // when more than an append happens
    std::uint64_t leftovers_end = 0;
  };

  // Whoever wants the store gets it in turn; without this, whoever gives it back could take it again at once.
  class Turn {
   public:
    explicit Turn(const Implementation& store) {
      const std::lock_guard next(store.next_);
      lock_ = std::unique_lock(store.mutex_);
    }

   private:
    std::unique_lock<std::mutex> lock_;
  };

  Result<void> load();
  StoredLog stored(std::vector<Entry> tail) const;

  Result<LogRecord> record(std::uint64_t number);
  Result<LogPosition> position_of(Index index);
  Result<std::vector<Entry>> read_range(Index first, Index last, std::size_t max_bytes);
  [[nodiscard]] Change planned(const Write& write, const WritePlan& plan) const;
  void append_to(LogIndex& index, const Change& change) const;
  Result<void> store(const Change& change);
  Result<void> checkpoint();
  Result<void> remove_leftovers();
  Result<void> copy_wal();
  Result<void> usable() const;
  // Remembers that an error other than no_space is final.
  Result<void> concluded(Result<void> result);

  mutable std::mutex next_;  // held while waiting for the other one
  mutable std::mutex mutex_;
  SqliteLogOptions options_;
  SqliteLogFile file_;
  Incarnation incarnation_;
  State state_;
  std::uint64_t leftovers_ = 1;  // records from here to the anchor's first are not needed any more
  std::uint64_t reached_ = 0;    // as the database says
  std::string damage_;
  std::optional<Error> broken_ = make_error(Errc::storage_failed, "the log store is not open");
};

Result<void> SqliteLogStore::Implementation::usable() const {
  if (broken_) return make_error(Errc::storage_failed, "after an earlier failure: " + broken_->context);
  return {};
}

Result<void> SqliteLogStore::Implementation::concluded(Result<void> result) {
  if (!result && result.error().code != Errc::no_space && result.error().code != Errc::invalid_argument) {
    broken_ = result.error();
  }
  return result;
}

Result<StoredLog> SqliteLogStore::Implementation::open() {
  const Turn turn(*this);
  Result<void> loaded = file_.open();
  if (loaded) loaded = load();
  if (!loaded && loaded.error().code == Errc::corrupt) {
    return make_error(Errc::corrupt, loaded.error().context +
                                         "; remove the log's folder, so that this node joins anew as another member");
  }
  if (!loaded) return loaded.error();
  broken_.reset();
  if (state_.commit >= state_.index.last().index) return stored({});
  Result<std::vector<Entry>> tail =
      read_range(state_.commit.next(), state_.index.last().index, std::numeric_limits<std::size_t>::max());
  if (!tail) return tail.error();
  return stored(std::move(*tail));
}

Result<void> SqliteLogStore::Implementation::load() {
  Result<RecoveredLog> recovered = recover_log(file_, options_);
  if (!recovered) return recovered.error();
  ScannedLog& log = recovered->log;
  incarnation_ = recovered->incarnation;
  reached_ = recovered->reached;
  damage_ = std::move(recovered->damage);
  state_ = {log.hard_state, log.commit, std::move(log.index), log.marked, log.last_record + 1};
  const Result<std::uint64_t> oldest = file_.first_record();
  if (!oldest) return oldest.error();
  leftovers_ = *oldest;
  return checkpoint();
}

StoredLog SqliteLogStore::Implementation::stored(std::vector<Entry> tail) const {
  return {.hard_state = state_.hard_state,
          .commit = state_.commit,
          .base = state_.index.anchor().base,
          .base_configuration = state_.index.anchor().configuration,
          .last = state_.index.last(),
          .terms = state_.index.terms(),
          .configurations = state_.index.configurations(),
          .tail = std::move(tail),
          .damaged = state_.damaged,
          .damage = damage_};
}

Result<LogRecord> SqliteLogStore::Implementation::record(std::uint64_t number) {
  Result<std::optional<std::string>> bytes = file_.record(number);
  if (!bytes) return bytes.error();
  if (!*bytes) return make_error(Errc::corrupt, options_.file.string() + ": no log record " + std::to_string(number));
  return decode_record(number, std::make_shared<const std::string>(std::move(**bytes)));
}

Result<std::vector<Entry>> SqliteLogStore::Implementation::read_range(Index first, Index last, std::size_t max_bytes) {
  std::vector<Entry> entries;
  std::size_t bytes = 0;
  for (Index at = first; at <= last;) {
    const LogSegment segment = state_.index.segment_of(at);
    Result<LogRecord> found = record(segment.record);
    if (!found) return found.error();
    if (found->last().index < segment.last || found->before.index >= segment.first) {
      return make_error(Errc::corrupt, options_.file.string() + ": log record " + std::to_string(segment.record));
    }
    for (; at <= std::min(last, segment.last); at = at.next()) {
      Entry& entry = found->entries[distance(found->before.index, at) - 1];
      bytes += entry.payload.size();
      if (!entries.empty() && (bytes > max_bytes || !follows(entry, entries.back().position()))) {
        if (bytes > max_bytes) return entries;
        return make_error(Errc::corrupt, options_.file.string() + ": log entry " + std::to_string(at.value()));
      }
      entries.push_back(std::move(entry));
    }
  }
  return entries;
}

Result<LogPosition> SqliteLogStore::Implementation::position_of(Index index) {
  if (index == state_.index.anchor().base.index) return state_.index.anchor().base;
  if (index == state_.index.last().index) return state_.index.last();
  const Result<std::vector<Entry>> entry = read_range(index, index, 0);
  if (!entry) return entry.error();
  return entry->front().position();
}

Result<std::vector<Entry>> SqliteLogStore::Implementation::read(Index first, Index last, std::size_t max_bytes) {
  const Turn turn(*this);
  const Result<void> can = usable();
  if (!can) return can.error();
  const Index newest = state_.index.last().index;
  const std::string what = "log index " + std::to_string(first.value());
  if (first <= state_.index.anchor().base.index) return make_error(Errc::compacted, what);
  if (first > newest || last < first) return make_error(Errc::invalid_argument, what + " is not there");
  Result<std::vector<Entry>> entries = read_range(first, std::min(last, newest), max_bytes);
  if (!entries && entries.error().code != Errc::corrupt) broken_ = entries.error();
  return entries;
}

Result<void> SqliteLogStore::Implementation::write(const Write& write) {
  const Turn turn(*this);
  const Result<void> can = usable();
  if (!can) return can.error();
  const LogBounds bounds{.base = state_.index.anchor().base, .last = state_.index.last()};
  const Result<WritePlan> plan = plan_write(write, bounds, [this](Index index) { return position_of(index); });
  if (!plan) return concluded(plan.error());
  const Result<std::vector<ConfigurationAt>> brought = configurations_of(write.append);
  if (!brought) return make_error(Errc::invalid_argument, brought.error().context);
  if (is_only_commit(write)) {  // goes along with the next write
    state_.commit = std::min(std::max(state_.commit, write.commit), state_.index.last().index);
    return {};
  }

  Change change = planned(write, *plan);
  Result<void> done = file_.transact([&] { return store(change); });
  if (!done) return concluded(std::move(done));
  leftovers_ = change.leftovers_end;
  state_.hard_state = change.hard_state;
  state_.commit = change.commit;
  state_.damaged = change.damaged;
  if (change.index) {
    state_.index = std::move(*change.index);
  } else {
    append_to(state_.index, change);
  }
  state_.next_record += change.ends.size();
  if (file_.wal_bytes() < options_.wal_limit_bytes) return {};
  // The write is done; a checkpoint that finds no room is tried again after the next one.
  done = checkpoint();
  if (!done && done.error().code != Errc::no_space) broken_ = done.error();
  return {};
}

SqliteLogStore::Implementation::Change SqliteLogStore::Implementation::planned(const Write& write,
                                                                               const WritePlan& plan) const {
  const std::uint64_t first_record = state_.index.anchor().first_record;
  Change change{
      .write = write,
      .ends = cut(write.append),
      .before = plan.before_append,
      .hard_state = write.hard_state.value_or(state_.hard_state),
      .commit = std::min(std::max({state_.commit, write.commit, plan.after.base.index}), plan.after.last.index),
      .damaged = state_.damaged && !write.recovered,
      .index = {},
      .leftovers_end = {}};
  // More are removed than are added.
  change.leftovers_end = std::min(leftovers_ + change.ends.size() + 1, std::max(leftovers_, first_record));
  if (!plan.clear && !plan.truncate && !plan.compact) return change;
  LogIndex index = state_.index;
  if (plan.clear) {
    const SnapshotMeta& meta = *write.install;
    index = LogIndex({.base = meta.position,
                      .configuration = {meta.configuration_index, meta.configuration},
                      .first_record = state_.next_record});
  }
  if (plan.truncate) index.truncate_after(plan.before_append);
  append_to(index, change);
  if (plan.compact) index.compact(plan.after.base, state_.next_record + change.ends.size() - 1);
  change.index = std::move(index);
  return change;
}

void SqliteLogStore::Implementation::append_to(LogIndex& index, const Change& change) const {
  std::uint64_t number = state_.next_record;
  std::size_t begin = 0;
  for (const std::size_t end : change.ends) {
    const std::span<const Entry> entries(change.write.append.data() + begin, end - begin);
    index.append(number++, entries, *configurations_of(entries));
    begin = end;
  }
}

Result<void> SqliteLogStore::Implementation::store(const Change& change) {
  const std::vector<Entry>& entries = change.write.append;
  LogRecord record{.hard_state = change.hard_state,
                   .commit = change.commit,
                   .damaged = change.damaged,
                   .before = change.before,
                   .entries = {}};
  std::uint64_t number = state_.next_record;
  std::size_t begin = 0;
  for (const std::size_t end : change.ends) {
    Result<void> inserted = file_.insert(number, encode(number, record, entries.data() + begin, end - begin));
    if (!inserted) return inserted;
    if (end > begin) record.before = entries[end - 1].position();
    ++number;
    begin = end;
  }
  if (change.index) {
    Result<void> moved = file_.put(AnchorRow::beginning, encode(change.index->anchor()));
    if (!moved) return moved;
  }
  if (leftovers_ == change.leftovers_end) return {};
  return file_.remove(leftovers_, change.leftovers_end);
}

// Remembers how far the records reach before the write-ahead log, which is checked more strictly, begins anew.
Result<void> SqliteLogStore::Implementation::checkpoint() {
  const std::uint64_t last = state_.next_record - 1;
  if (last != reached_) {
    Result<void> noted = file_.transact([&] { return file_.put(AnchorRow::reached, encode_number("reached", last)); });
    if (!noted) return noted;
    reached_ = last;
  }
  return file_.checkpoint();
}

// In small transactions, so that writes have their turn.
Result<void> SqliteLogStore::Implementation::remove_leftovers() {
  for (std::uint64_t count = least_removals;;) {
    const Turn turn(*this);
    Result<void> done = usable();
    const std::uint64_t needed = state_.index.anchor().first_record;
    if (!done || leftovers_ >= needed) return done;
    const std::uint64_t end = std::min(leftovers_ + count, needed);
    const Result<std::uint64_t> before = file_.free_pages();
    done = before ? file_.transact([&] { return file_.remove(leftovers_, end); }) : Result<void>(before.error());
    const Result<std::uint64_t> after = done ? file_.free_pages() : Result<std::uint64_t>(done.error());
    if (!after) return concluded(after.error());
    leftovers_ = end;
    const std::uint64_t given_back = std::max<std::uint64_t>(1, *after - std::min(*before, *after));
    count = std::clamp(count * pages_given_back / given_back, least_removals, std::min(most_removals, count * 4));
  }
}

// Each time less is left, because copying is faster than writing.
Result<void> SqliteLogStore::Implementation::copy_wal() {
  std::uint64_t copied = 0;
  for (int i = 0; i < most_copies; ++i) {
    {
      const Turn turn(*this);
      Result<void> can = usable();
      if (!can || file_.wal_frames() <= copied + frames_left) return can;
    }
    const Result<std::uint64_t> now = file_.copy_wal();
    if (!now) {
      const Turn turn(*this);
      return concluded(now.error());
    }
    copied = *now;
  }
  return {};
}

Result<void> SqliteLogStore::Implementation::maintain() {
  Result<void> done = remove_leftovers();
  if (done) done = copy_wal();
  if (!done) return done;
  const Turn turn(*this);
  done = usable();
  return done ? concluded(checkpoint()) : done;
}

Result<std::uint64_t> SqliteLogStore::Implementation::free_bytes() const {
  if (options_.free_bytes) return options_.free_bytes();
  std::error_code code;
  const std::filesystem::path folder = std::filesystem::absolute(options_.file).parent_path();
  const std::filesystem::space_info space = std::filesystem::space(folder, code);
  if (code) return make_error(Errc::storage_failed, folder.string() + ": " + code.message());
  return static_cast<std::uint64_t>(space.available);
}

SqliteLogStore::SqliteLogStore(SqliteLogOptions options)
    : implementation_(std::make_unique<Implementation>(std::move(options))) {}

SqliteLogStore::~SqliteLogStore() = default;

Result<StoredLog> SqliteLogStore::open() {
  return implementation_->open();
}

Incarnation SqliteLogStore::incarnation() const {
  return implementation_->incarnation();
}

Result<void> SqliteLogStore::write(const Write& write) {
  return implementation_->write(write);
}

Result<std::vector<Entry>> SqliteLogStore::read(Index first, Index last, std::size_t max_bytes) {
  return implementation_->read(first, last, max_bytes);
}

Result<std::uint64_t> SqliteLogStore::free_bytes() const {
  return implementation_->free_bytes();
}

Result<void> SqliteLogStore::maintain() {
  return implementation_->maintain();
}

std::string SqliteLogStore::damage() const {
  return implementation_->damage();
}

}  // namespace consensus
