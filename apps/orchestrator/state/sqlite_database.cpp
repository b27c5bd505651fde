// Opens, checks and migrates the database file.
#include "state/sqlite_database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "state/schema.hpp"

namespace orchestrator::state {
namespace {

constexpr int application_id = 0x4f724368;  // "OrCh"; tells our files from those of other programs

Errc code_of(int primary) {
  switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Errc::locked;
    case SQLITE_FULL:
      return Errc::disk_full;
    case SQLITE_READONLY:
      return Errc::read_only;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Errc::corrupt;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Errc::cannot_open;
    default:
      return Errc::io_error;
  }
}

Error error_from(const std::string& file, const SQLite::Exception& exception) {
  const auto code = code_of(exception.getErrorCode());
  const bool says_all = code == Errc::disk_full || code == Errc::locked || code == Errc::read_only;
  return make_error(code, says_all ? file : fmt::format("{}: {}", file, exception.what()));
}

}  // namespace

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(const SqliteOptions& options) {
  std::optional<OwnedFile> owned;
  std::string name = options.file;
  if (options.file.empty()) return make_error(Errc::cannot_open, "no file is named");
  if (options.file != ":memory:") {
    auto taken = OwnedFile::take(options.file);
    if (!taken) return taken.error();
    owned.emplace(std::move(*taken));
    // An absolute name is never taken for ":memory:" or a "file:" URI.
    name = std::filesystem::absolute(options.file).string();
  }
  try {
    SQLite::Database connection(name, SQLite::OPEN_READWRITE, static_cast<int>(options.lock_wait.count()));
    std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(options.file, std::move(owned), std::move(connection)));
    auto prepared = database->prepare();
    if (!prepared) return prepared.error();
    return database;
  } catch (const SQLite::Exception& exception) {
    return error_from(options.file, exception);
  }
}

Result<void> SqliteDatabase::prepare() {
  if (sqlite3_db_readonly(connection_.getHandle(), "main") == 1) return make_error(Errc::read_only, file_);
  const int version = pragma("user_version");
  auto owner = check_owner(version);
  if (!owner) return owner;
  connection_.exec("PRAGMA journal_mode = WAL");
  connection_.exec("PRAGMA synchronous = NORMAL");
  connection_.exec("PRAGMA journal_size_limit = 16777216");
  if (version < schema_version) migrate(version);
  return {};
}

Result<void> SqliteDatabase::check_owner(int version) {
  const int id = pragma("application_id");
  SQLite::Statement tables(connection_, "SELECT count(*) FROM sqlite_master");
  tables.executeStep();
  const bool empty = tables.getColumn(0).getInt() == 0;
  if (id != application_id && !(empty && id == 0 && version == 0)) {
    return make_error(Errc::foreign, file_ + ": name another file (the Go version's cannot be taken over)");
  }
  if (version > schema_version) {
    return make_error(Errc::schema_too_new,
                      fmt::format("{}: schema version {}, known up to {}", file_, version, schema_version));
  }
  return {};
}

void SqliteDatabase::migrate(int version) {
  begin();
  try {
    for (int next = version + 1; next <= schema_version; ++next) {
      for (const auto& step : migration_steps(next)) connection_.exec(step);
    }
    connection_.exec(fmt::format("PRAGMA application_id = {}", application_id));
    connection_.exec(fmt::format("PRAGMA user_version = {}", schema_version));
    commit();
  } catch (const SQLite::Exception&) {
    roll_back();
    throw;
  }
}

int SqliteDatabase::pragma(const char* name) {
  SQLite::Statement statement(connection_, fmt::format("PRAGMA {}", name));
  statement.executeStep();
  return statement.getColumn(0).getInt();
}

Error SqliteDatabase::error_of(const SQLite::Exception& exception) const {
  return error_from(file_, exception);
}

void SqliteDatabase::begin() {
  connection_.exec("BEGIN IMMEDIATE");
}

void SqliteDatabase::commit() {
  connection_.exec("COMMIT");
}

void SqliteDatabase::roll_back() noexcept {
  // Some errors end the transaction by themselves.
  if (sqlite3_get_autocommit(connection_.getHandle()) == 0) connection_.tryExec("ROLLBACK");
}

SqliteDatabase::Use SqliteDatabase::use(const std::string& text) {
  const auto found = statements_.find(&text);
  if (found != statements_.end()) return Use(found->second);
  return Use(statements_.emplace(&text, SQLite::Statement(connection_, text)).first->second);
}

}  // namespace orchestrator::state
