// SQLite's C interface.
#include "storage/sqlite_database.hpp"

#include <utility>

namespace consensus {

SqliteStatement& SqliteStatement::bind(int place, std::uint64_t value) {
  sqlite3_bind_int64(statement_, place, static_cast<sqlite3_int64>(value));
  return *this;
}

SqliteStatement& SqliteStatement::bind(int place, std::string_view bytes) {
  sqlite3_bind_blob64(statement_, place, bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

int SqliteStatement::step() {
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW) reset();
  return code;
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_);
}

std::uint64_t SqliteStatement::number(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, column));
}

std::string SqliteStatement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data == nullptr ? std::string() : std::string(data, size);
}

Result<void> SqliteDatabase::open(const std::string& file, const std::string& vfs) {
  file_ = file;
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                        SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(file.c_str(), &connection_, flags, vfs.empty() ? nullptr : vfs.c_str());
  if (code != SQLITE_OK) return error(code);
  return {};
}

void SqliteDatabase::close() {
  sqlite3_close(std::exchange(connection_, nullptr));
}

Error SqliteDatabase::error(int code) const {
  std::string context = file_ + ": " + sqlite3_errstr(code & 0xff);
  if (connection_ != nullptr && sqlite3_extended_errcode(connection_) == code) {
    context = file_ + ": " + sqlite3_errmsg(connection_);
  }
  context += " (SQLite code " + std::to_string(code) + ")";
  switch (code & 0xff) {
    case SQLITE_FULL:
      return make_error(Errc::no_space, std::move(context));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return make_error(Errc::corrupt, std::move(context));
    case SQLITE_BUSY:
      return make_error(Errc::storage_failed, std::move(context) + "; another process uses it");
    default:
      return make_error(Errc::storage_failed, std::move(context));
  }
}

Result<void> SqliteDatabase::execute(const char* sql) {
  const int code = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code);
  return {};
}

Result<std::string> SqliteDatabase::ask(const char* sql) {
  Result<SqliteStatement> statement = prepare(sql);
  if (!statement) return statement.error();
  const int code = statement->step();
  if (code == SQLITE_DONE) return std::string();
  if (code != SQLITE_ROW) return error(code);
  return statement->bytes(0);
}

Result<SqliteStatement> SqliteDatabase::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return error(code);
  return SqliteStatement(statement);
}

Result<void> SqliteDatabase::run(SqliteStatement& statement) {
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = statement.step();
  if (code != SQLITE_DONE) return error(code);
  return {};
}

Result<std::optional<std::string>> SqliteDatabase::find(SqliteStatement& statement) {
  const int code = statement.step();
  if (code == SQLITE_DONE) return std::optional<std::string>();
  if (code != SQLITE_ROW) return error(code);
  std::optional<std::string> found = statement.bytes(0);
  statement.reset();
  return found;
}

}  // namespace consensus
