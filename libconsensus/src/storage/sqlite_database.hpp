// A SQLite connection and its statements, with SQLite's result codes turned into errors of this library.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "consensus/error.hpp"

namespace consensus {

// A prepared statement. Bytes that are bound must stay until it was run. After the last row, or a failure, it can be
// bound and run again.
class SqliteStatement {
 public:
  SqliteStatement() = default;
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}
  ~SqliteStatement() { sqlite3_finalize(statement_); }
  SqliteStatement(SqliteStatement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  SqliteStatement& operator=(SqliteStatement&& other) noexcept {
    std::swap(statement_, other.statement_);
    return *this;
  }

  SqliteStatement& bind(int place, std::uint64_t value);
  SqliteStatement& bind(int place, std::string_view bytes);
  // SQLITE_ROW, SQLITE_DONE or an error.
  [[nodiscard]] int step();
  void reset();
  [[nodiscard]] std::uint64_t number(int column) const;
  [[nodiscard]] std::string bytes(int column) const;

 private:
  sqlite3_stmt* statement_ = nullptr;
};

class SqliteDatabase {
 public:
  SqliteDatabase() = default;
  ~SqliteDatabase() { sqlite3_close(connection_); }
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  // `vfs` empty: SQLite's default. Not to be used from two threads at once.
  [[nodiscard]] Result<void> open(const std::string& file, const std::string& vfs);
  void close();
  [[nodiscard]] sqlite3* connection() const noexcept { return connection_; }

  [[nodiscard]] Result<void> execute(const char* sql);
  // The first column of the first row; empty when there is none.
  [[nodiscard]] Result<std::string> ask(const char* sql);
  [[nodiscard]] Result<SqliteStatement> prepare(const char* sql);
  // Runs a statement that gives no rows.
  [[nodiscard]] Result<void> run(SqliteStatement& statement);
  // The blob in the first column of its only row, if there is one.
  [[nodiscard]] Result<std::optional<std::string>> find(SqliteStatement& statement);
  // Errc::no_space, corrupt or storage_failed, with SQLite's text.
  [[nodiscard]] Error error(int code) const;

 private:
  std::string file_;
  sqlite3* connection_ = nullptr;
};

}  // namespace consensus
