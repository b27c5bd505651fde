// One open SQLite database with the state's schema: opening, migration, cached statements, errors.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "state/owned_file.hpp"
#include "state/sqlite_state.hpp"
#include "state/table.hpp"

namespace orchestrator::state {

// The members throw SQLite::Exception; error_of() tells what it means.
class SqliteDatabase {
 public:
  static Result<std::unique_ptr<SqliteDatabase>> open(const SqliteOptions& options);

  [[nodiscard]] Error error_of(const SQLite::Exception& exception) const;

  void begin();
  void commit();
  // Ends a transaction, if one is open, without its changes. Does not throw.
  void roll_back() noexcept;

  // Prepared once; the text must live as long as the database. It is reset when the Use ends.
  class Use {
   public:
    explicit Use(SQLite::Statement& statement) : statement_(statement) {}
    ~Use() {
      statement_.tryReset();
      statement_.clearBindings();
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    SQLite::Statement* operator->() { return &statement_; }
    SQLite::Statement& operator*() { return statement_; }

   private:
    SQLite::Statement& statement_;
  };
  [[nodiscard]] Use use(const std::string& text);

  template <class Row>
  [[nodiscard]] Result<std::vector<Row>> rows_of(const Table<Row>& table) {
    try {
      std::vector<Row> rows;
      Use statement = use(table.select());
      while (statement->executeStep()) rows.push_back(table.read(*statement));
      return rows;
    } catch (const SQLite::Exception& exception) {
      return error_of(exception);
    }
  }

 private:
  SqliteDatabase(std::string file, std::optional<OwnedFile> owned, SQLite::Database connection)
      : file_(std::move(file)), owned_(std::move(owned)), connection_(std::move(connection)) {}

  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] Result<void> check_owner(int version);
  void migrate(int version);
  [[nodiscard]] int pragma(const char* name);

  std::string file_;
  std::optional<OwnedFile> owned_;  // let go after the connection is closed
  SQLite::Database connection_;
  std::unordered_map<const std::string*, SQLite::Statement> statements_;
};

}  // namespace orchestrator::state
