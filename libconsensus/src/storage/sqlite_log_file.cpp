// Opens and changes the database of a SQLite log.
#include "storage/sqlite_log_file.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "storage/log_record.hpp"

namespace consensus {
namespace {

constexpr std::uint64_t schema_version = 1;
constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t frame_bytes = page_bytes + 24;
constexpr std::uint64_t wal_header_bytes = 32;
constexpr std::uint64_t least_reserve = 256U << 10U;
constexpr std::uint64_t largest_reserve = 4U << 20U;

}  // namespace

Result<void> SqliteLogFile::lock() {
  std::filesystem::path path = options_.file;
  path += "-lock";
  lock_ = FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock_) return system_error(path, "opening");
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) return {};
  if (errno != EWOULDBLOCK) return system_error(path, "locking");
  return make_error(Errc::storage_failed, options_.file.string() + ": another process (or node) uses this log");
}

// The folder, the lock, and an empty file that only its owner may read.
Result<void> SqliteLogFile::prepare_place() {
  const std::filesystem::path folder = std::filesystem::absolute(options_.file).parent_path();
  Result<void> made = make_folder(folder);
  if (!made) return made;
  Result<void> locked = lock();
  if (!locked) return locked;
  const FileDescriptor made_new(::open(options_.file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!made_new && errno != EEXIST) return system_error(options_.file, "making");
  if (!made_new) return {};
  return sync_folder(folder);
}

Result<void> SqliteLogFile::open() {
  sqlite3_initialize();
  const std::string file = options_.file.string();
  if (options_.vfs.empty()) {
    Result<void> prepared = prepare_place();
    if (!prepared) return prepared;
  }
  sqlite3_vfs* vfs = sqlite3_vfs_find(options_.vfs.empty() ? nullptr : options_.vfs.c_str());
  if (vfs == nullptr) return make_error(Errc::invalid_argument, "there is no SQLite file system " + options_.vfs);
  marker_.emplace(*vfs, file, options_.boot);
  const Result<std::optional<WalMark>> mark = marker_->load();
  if (!mark) return mark.error();
  Result<WalAudit> audit = audit_wal(*vfs, file, *mark);
  if (!audit) return audit.error();
  audit_ = std::move(*audit);
  vfs_.emplace(*vfs);
  Result<void> opened = database_.open(file, vfs_->name());
  if (!opened) return opened;
  Result<void> configured = configure();
  if (!configured) return configured;
  Result<void> marked = marker_->open();
  if (!marked) return marked;
  return prepare_statements();
}

Result<void> SqliteLogFile::configure() {
  sqlite3_db_config(database_.connection(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(database_.connection(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_limit(database_.connection(), SQLITE_LIMIT_LENGTH, 1'000'000'000);
  for (const char* pragma :
       {"PRAGMA page_size=4096", "PRAGMA synchronous=FULL", "PRAGMA mmap_size=0", "PRAGMA wal_autocheckpoint=0",
        "PRAGMA cache_spill=OFF", "PRAGMA cache_size=-4096", "PRAGMA temp_store=MEMORY", "PRAGMA trusted_schema=OFF"}) {
    Result<void> set = database_.execute(pragma);
    if (!set) return set;
  }
  const Result<std::string> mode = database_.ask("PRAGMA journal_mode=WAL");
  if (!mode) return mode.error();
  if (*mode != "wal") return make_error(Errc::storage_failed, options_.file.string() + ": no write-ahead log here");
  sqlite3_wal_hook(
      database_.connection(),
      [](void* self, sqlite3*, const char*, int frames) {
        static_cast<SqliteLogFile*>(self)->wal_frames_ = frames;
        return SQLITE_OK;
      },
      this);
  const Result<std::string> version = database_.ask("PRAGMA user_version");
  if (!version) return version.error();
  if (*version == "0") return make_schema();
  if (*version != std::to_string(schema_version)) {
    return make_error(Errc::incompatible, options_.file.string() + ": a log of version " + *version);
  }
  return {};
}

// A store whose making was cut off has no tables; nobody has relied on it yet.
Result<void> SqliteLogFile::make_schema() {
  return database_.execute(
      "BEGIN IMMEDIATE;"
      "CREATE TABLE anchor(id INTEGER PRIMARY KEY, body BLOB NOT NULL);"
      "CREATE TABLE record(number INTEGER PRIMARY KEY, body BLOB NOT NULL);"
      "PRAGMA user_version=1;"
      "COMMIT");
}

Result<void> SqliteLogFile::prepare_statements() {
  struct Preparation {
    SqliteStatement& statement;
    const char* sql;
  };
  for (const Preparation& preparation : {
           Preparation{begin_, "BEGIN IMMEDIATE"},
           Preparation{commit_, "COMMIT"},
           Preparation{put_, "INSERT OR REPLACE INTO anchor(id, body) VALUES(?1, ?2)"},
           Preparation{insert_, "INSERT INTO record(number, body) VALUES(?1, ?2)"},
           Preparation{remove_, "DELETE FROM record WHERE number >= ?1 AND number < ?2"},
           Preparation{find_anchor_, "SELECT body FROM anchor WHERE id = ?1"},
           Preparation{find_record_, "SELECT body FROM record WHERE number = ?1"},
           Preparation{has_record_, "SELECT '' FROM record WHERE number = ?1"},
           Preparation{count_free_pages_, "PRAGMA freelist_count"},
       }) {
    Result<SqliteStatement> prepared = database_.prepare(preparation.sql);
    if (!prepared) return prepared.error();
    preparation.statement = std::move(*prepared);
  }
  return {};
}

Result<std::optional<std::string>> SqliteLogFile::anchor(AnchorRow row) {
  return database_.find(find_anchor_.bind(1, static_cast<std::uint64_t>(row)));
}

Result<std::optional<std::string>> SqliteLogFile::record(std::uint64_t number) {
  return database_.find(find_record_.bind(1, number));
}

Result<bool> SqliteLogFile::has_record(std::uint64_t number) {
  const Result<std::optional<std::string>> found = database_.find(has_record_.bind(1, number));
  if (!found) return found.error();
  return found->has_value();
}

Result<std::uint64_t> SqliteLogFile::first_record() {
  Result<SqliteStatement> statement = database_.prepare("SELECT coalesce(min(number), 0) FROM record");
  if (!statement) return statement.error();
  const int code = statement->step();
  if (code != SQLITE_ROW) return database_.error(code);
  return statement->number(0);
}

Result<void> SqliteLogFile::each_record(std::uint64_t first,
                                        const std::function<void(std::uint64_t, std::string)>& visit) {
  Result<SqliteStatement> statement =
      database_.prepare("SELECT number, body FROM record WHERE number >= ?1 ORDER BY number");
  if (!statement) return statement.error();
  statement->bind(1, first);
  int code = SQLITE_ROW;
  while ((code = statement->step()) == SQLITE_ROW) visit(statement->number(0), statement->bytes(1));
  if (code != SQLITE_DONE) return database_.error(code);
  return {};
}

Result<void> SqliteLogFile::transact(const std::function<Result<void>()>& changes) {
  if (has_loose_frames_) {
    Result<void> emptied = empty_wal();
    if (!emptied) return emptied;
  }
  return change(changes);
}

Result<void> SqliteLogFile::change(const std::function<Result<void>()>& changes) {
  reserve_wal();
  Result<void> done = database_.run(begin_);
  if (done) done = changes();
  if (done) done = database_.run(commit_);
  if (done && may_restart_) {
    const std::lock_guard lock(copying_mutex_);
    may_restart_.reset();
  }
  if (done) return acknowledge();
  has_loose_frames_ = true;
  if (sqlite3_get_autocommit(database_.connection()) == 0) {
    Result<void> undone = database_.execute("ROLLBACK");
    if (!undone) return make_error(Errc::storage_failed, undone.error().context);
  }
  return done;
}

Result<void> SqliteLogFile::put(AnchorRow row, const std::string& body) {
  return database_.run(put_.bind(1, static_cast<std::uint64_t>(row)).bind(2, std::string_view(body)));
}

Result<void> SqliteLogFile::insert(std::uint64_t number, const std::string& body) {
  return database_.run(insert_.bind(1, number).bind(2, std::string_view(body)));
}

Result<void> SqliteLogFile::remove(std::uint64_t first, std::uint64_t end) {
  return database_.run(remove_.bind(1, first).bind(2, end));
}

Result<void> SqliteLogFile::renew(std::uint64_t first, std::uint64_t last) {
  const Result<std::string> tables = database_.ask("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  const std::string spoiled = "spoiled_" + *tables;
  Result<void> done = database_.execute(("ALTER TABLE record RENAME TO " + spoiled).c_str());
  if (done) done = database_.execute("CREATE TABLE record(number INTEGER PRIMARY KEY, body BLOB NOT NULL)");
  if (!done || first > last) return done;
  // The sign keeps SQLite from looking the numbers up, which may lead astray; it reads the table from end to end.
  done = database_.execute(("INSERT OR IGNORE INTO record SELECT number, body FROM " + spoiled +
                            " WHERE +number BETWEEN " + std::to_string(first) + " AND " + std::to_string(last))
                               .c_str());
  if (!done) return done;
  const auto copied = static_cast<std::uint64_t>(sqlite3_changes64(database_.connection()));
  if (copied != last - first + 1) return make_error(Errc::corrupt, options_.file.string() + ": records are missing");
  return {};
}

Result<std::uint64_t> SqliteLogFile::free_pages() {
  const int code = count_free_pages_.step();
  if (code != SQLITE_ROW) return database_.error(code);
  const std::uint64_t pages = count_free_pages_.number(0);
  count_free_pages_.reset();
  return pages;
}

std::uint64_t SqliteLogFile::wal_bytes() const noexcept {
  return wal_header_bytes + static_cast<std::uint64_t>(wal_frames_) * frame_bytes;
}

sqlite3_file* SqliteLogFile::wal() const {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database_.connection(), "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&file));
  return file != nullptr && file->pMethods != nullptr ? file : nullptr;
}

// A sync costs nearly twice as much when it makes the file longer, so zeros are written ahead in growing steps. They
// are synced together with the next transaction; when there is no room for them, nothing is lost.
void SqliteLogFile::reserve_wal() {
  if (wal_bytes() + least_reserve / 2 <= reserved_ || reserved_ >= options_.wal_limit_bytes) return;
  sqlite3_file* file = wal();
  if (file == nullptr) return;
  sqlite3_int64 size = 0;
  if (file->pMethods->xFileSize(file, &size) != SQLITE_OK) return;
  reserved_ = static_cast<std::uint64_t>(size);
  if (wal_bytes() + least_reserve / 2 <= reserved_ || wal_frames_ == 0) return;
  const std::uint64_t step = std::clamp(reserved_, least_reserve, largest_reserve);
  const std::uint64_t begin = std::max(reserved_, wal_bytes());
  // In small pieces: SQLite's own file system writes the lower 17 bits of a size and takes the rest for a full disk.
  static constexpr std::array<char, 64U << 10U> zeros{};
  for (reserved_ = begin; reserved_ < begin + step; reserved_ += zeros.size()) {
    const auto at = static_cast<sqlite3_int64>(reserved_);
    if (file->pMethods->xWrite(file, zeros.data(), static_cast<int>(zeros.size()), at) != SQLITE_OK) return;
  }
}

Result<void> SqliteLogFile::acknowledge() {
  const auto frames = static_cast<std::uint32_t>(wal_frames_);
  if (mark_.frames == 0 || frames < mark_.frames) {
    // The first transaction since the log began anew: it has other salts.
    sqlite3_file* file = wal();
    std::array<unsigned char, 8> salts{};
    const int code = file == nullptr ? SQLITE_NOTFOUND : file->pMethods->xRead(file, salts.data(), salts.size(), 16);
    if (code != SQLITE_OK) return database_.error(code);
    const auto number = [&salts](std::size_t at) {
      return static_cast<std::uint32_t>(salts[at]) << 24U | static_cast<std::uint32_t>(salts[at + 1]) << 16U |
             static_cast<std::uint32_t>(salts[at + 2]) << 8U | static_cast<std::uint32_t>(salts[at + 3]);
    };
    mark_.salt_1 = number(0);
    mark_.salt_2 = number(4);
  }
  mark_.frames = frames;
  return marker_->put(mark_);
}

Result<void> SqliteLogFile::checkpoint() {
  const bool must_empty = has_loose_frames_ || audit_.condition == WalCondition::unfinished ||
                          audit_.condition == WalCondition::torn || audit_.condition == WalCondition::damaged;
  Result<void> done = must_empty ? empty_wal() : restart_wal();
  return done ? keep_wal() : done;
}

// The file stays as long as it is; the next transaction begins at its start.
Result<void> SqliteLogFile::restart_wal() {
  return run_checkpoint(SQLITE_CHECKPOINT_RESTART);
}

// Nothing is left of what was not committed, which a later audit would take for something else.
Result<void> SqliteLogFile::empty_wal() {
  if (is_wal_kept_) {
    is_wal_kept_ = false;
    Result<void> told = change([this] { return put(AnchorRow::wal_kept, encode_number("wal kept", 0)); });
    if (!told) return told;
  }
  Result<void> done = marker_->forget();
  if (done) done = run_checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
  if (!done) return done;
  reserved_ = 0;
  has_loose_frames_ = false;
  audit_.condition = WalCondition::clean;
  return {};
}

// Says in the database itself that there is a write-ahead log.
Result<void> SqliteLogFile::keep_wal() {
  if (is_wal_kept_) return {};
  Result<void> done = change([this] { return put(AnchorRow::wal_kept, encode_number("wal kept", 1)); });
  if (done) done = restart_wal();
  if (done) is_wal_kept_ = true;
  return done;
}

Result<bool> SqliteLogFile::has_lost_wal() {
  const Result<std::optional<std::string>> row = anchor(AnchorRow::wal_kept);
  if (!row) return row.error();
  const Result<std::uint64_t> kept = decode_number("wal kept", row->value_or(""));
  is_wal_kept_ = kept && *kept == 1;
  return is_wal_kept_ && audit_.condition == WalCondition::absent;
}

// A connection of its own: one that writes cannot copy meanwhile.
Result<void> SqliteLogFile::open_copier() {
  if (copier_.connection() != nullptr) return {};
  Result<void> done = copier_.open(options_.file.string(), vfs_->name());
  if (!done) return done;
  sqlite3_db_config(copier_.connection(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  for (const char* pragma : {"PRAGMA synchronous=FULL", "PRAGMA mmap_size=0", "PRAGMA wal_autocheckpoint=0"}) {
    done = copier_.execute(pragma);
    if (!done) return done;
  }
  const Result<std::string> mode = copier_.ask("PRAGMA journal_mode");  // this finds the write-ahead log
  return mode ? Result<void>() : Result<void>(mode.error());
}

// Not while the write-ahead log may begin anew, when there is nothing to copy anyway: SQLite up to 3.51.2 loses frames
// when a copy begins at that moment (https://www.sqlite.org/wal.html#walresetbug).
Result<std::uint64_t> SqliteLogFile::copy_wal() {
  const std::lock_guard lock(copying_mutex_);
  if (may_restart_) return std::uint64_t{0};
  Result<void> opened = open_copier();
  if (!opened) return opened.error();
  int frames = 0;
  int copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(copier_.connection(), "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &copied);
  if (code != SQLITE_OK) return copier_.error(code);
  // SQLite does that only when nothing was written meanwhile; the checkpoint would have to.
  sqlite3_file* file = nullptr;
  sqlite3_file_control(copier_.connection(), "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file));
  const int synced = file == nullptr ? SQLITE_NOTFOUND : file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  if (synced != SQLITE_OK) return copier_.error(synced);
  return static_cast<std::uint64_t>(std::max(copied, 0));
}

Result<void> SqliteLogFile::run_checkpoint(int mode) {
  const std::lock_guard lock(copying_mutex_);
  may_restart_.emplace(*vfs_);
  int frames = 0;
  int moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(database_.connection(), "main", mode, &frames, &moved);
  if (code != SQLITE_OK) return database_.error(code);
  if (frames != moved) return make_error(Errc::storage_failed, options_.file.string() + ": incomplete checkpoint");
  wal_frames_ = 0;
  mark_.frames = 0;
  return {};
}

}  // namespace consensus
