// Opens, checks, migrates and uses an SQLite database.
#include "state/sqlite_database.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <optional>
#include <unordered_map>

#include "state/owned_file.hpp"

namespace orchestrator::state {
namespace {

constexpr int application_id = 0x4f724368;  // "OrCh"; tells our files from those of other programs
constexpr std::string_view in_memory = ":memory:";

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

void bind(SQLite::Statement& statement, std::span<const Value> values) {
  int index = 0;
  for (const auto& value : values) {
    ++index;
    std::visit([&](const auto& one) { statement.bind(index, one); }, value);
  }
}

// A statement in use; reset when it ends, so that it can be used again.
class SqliteRows final : public Rows {
 public:
  SqliteRows(SQLite::Statement& statement, std::span<const ValueType> types, const std::string& file)
      : statement_(statement), types_(types.begin(), types.end()), file_(file) {}
  ~SqliteRows() override {
    statement_.tryReset();
    statement_.clearBindings();
  }
  SqliteRows(const SqliteRows&) = delete;
  SqliteRows& operator=(const SqliteRows&) = delete;

  std::optional<std::vector<Value>> next() override {
    try {
      if (!statement_.executeStep()) return std::nullopt;
      std::vector<Value> row;
      row.reserve(types_.size());
      for (std::size_t i = 0; i < types_.size(); ++i) {
        const auto column = statement_.getColumn(static_cast<int>(i));
        row.push_back(types_[i] == ValueType::number ? Value(std::int64_t{column.getInt64()})
                                                     : Value(column.getString()));
      }
      return row;
    } catch (const SQLite::Exception& exception) {
      throw DatabaseFailure{error_from(file_, exception)};
    }
  }

 private:
  SQLite::Statement& statement_;
  std::vector<ValueType> types_;
  const std::string& file_;
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::string file, std::string name, std::optional<OwnedFile> owned, SQLite::Database connection)
      : file_(std::move(file)), name_(std::move(name)), owned_(std::move(owned)), connection_(std::move(connection)) {}

  Dialect dialect() const override { return Dialect::sqlite; }
  void begin() override { execute("BEGIN IMMEDIATE"); }
  void commit() override { execute("COMMIT"); }
  void roll_back() noexcept override {
    // Some errors end the transaction by themselves.
    if (sqlite3_get_autocommit(connection_.getHandle()) == 0) connection_.tryExec("ROLLBACK");
  }
  void run(const std::string& text, std::span<const Value> values) override {
    const auto rows = select(text, values, {});
    while (rows->next()) {
    }
  }
  std::unique_ptr<Rows> select(const std::string& text, std::span<const Value> values,
                               std::span<const ValueType> types) override;
  std::unique_ptr<Rows> scan(const LayoutText& table) override {
    return select(select_text(table) + " ORDER BY " + key_columns_text(table), {}, types_of(table));
  }
  std::unique_ptr<Database> view() override;

  [[nodiscard]] Result<void> prepare();

 private:
  [[nodiscard]] Result<void> check_owner(int version);
  void migrate(int version);
  [[nodiscard]] int pragma(const char* name);
  void execute(const std::string& text);

  std::string file_;                // as the user named it
  std::string name_;                // as SQLite is told
  std::optional<OwnedFile> owned_;  // let go after the connection is closed
  SQLite::Database connection_;
  std::unordered_map<std::string, SQLite::Statement> statements_;
};

Result<void> SqliteDatabase::prepare() {
  if (sqlite3_db_readonly(connection_.getHandle(), "main") == 1) return make_error(Errc::read_only, file_);
  const int version = pragma("user_version");
  auto owner = check_owner(version);
  if (!owner) return owner;
  connection_.exec("PRAGMA journal_mode = WAL");
  connection_.exec("PRAGMA synchronous = NORMAL");
  connection_.exec("PRAGMA journal_size_limit = 16777216");
  if (version < state_version) migrate(version);
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
  if (version > state_version) {
    return make_error(Errc::schema_too_new,
                      fmt::format("{}: schema version {}, known up to {}", file_, version, state_version));
  }
  return {};
}

void SqliteDatabase::migrate(int version) {
  connection_.exec("BEGIN IMMEDIATE");
  try {
    for (int next = version + 1; next <= state_version; ++next) {
      for (const auto& step : migration_steps(next, Dialect::sqlite)) connection_.exec(step);
    }
    connection_.exec(fmt::format("PRAGMA application_id = {}", application_id));
    connection_.exec(fmt::format("PRAGMA user_version = {}", state_version));
    connection_.exec("COMMIT");
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

void SqliteDatabase::execute(const std::string& text) {
  try {
    connection_.exec(text);
  } catch (const SQLite::Exception& exception) {
    throw DatabaseFailure{error_from(file_, exception)};
  }
}

std::unique_ptr<Rows> SqliteDatabase::select(const std::string& text, std::span<const Value> values,
                                             std::span<const ValueType> types) {
  try {
    auto found = statements_.find(text);
    if (found == statements_.end()) found = statements_.emplace(text, SQLite::Statement(connection_, text)).first;
    bind(found->second, values);
    return std::make_unique<SqliteRows>(found->second, types, file_);
  } catch (const SQLite::Exception& exception) {
    throw DatabaseFailure{error_from(file_, exception)};
  }
}

std::unique_ptr<Database> SqliteDatabase::view() {
  try {
    SQLite::Database other(name_, SQLite::OPEN_READWRITE);
    if (name_ == in_memory) {
      SQLite::Backup(other, connection_).executeStep();
      return std::make_unique<SqliteDatabase>(file_, name_, std::nullopt, std::move(other));
    }
    other.exec("BEGIN");
    // The view is that of the first read.
    SQLite::Statement(other, "SELECT 1 FROM sqlite_master").executeStep();
    return std::make_unique<SqliteDatabase>(file_, name_, std::nullopt, std::move(other));
  } catch (const SQLite::Exception& exception) {
    throw DatabaseFailure{error_from(file_, exception)};
  }
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options) {
  std::optional<OwnedFile> owned;
  std::string name = options.file;
  if (options.file.empty()) return make_error(Errc::cannot_open, "no file is named");
  if (options.file != in_memory) {
    auto taken = OwnedFile::take(options.file);
    if (!taken) return taken.error();
    owned.emplace(std::move(*taken));
    // An absolute name is never taken for ":memory:" or a "file:" URI.
    name = std::filesystem::absolute(options.file).string();
  }
  try {
    SQLite::Database connection(name, SQLite::OPEN_READWRITE, static_cast<int>(options.lock_wait.count()));
    auto database = std::make_unique<SqliteDatabase>(options.file, name, std::move(owned), std::move(connection));
    auto prepared = database->prepare();
    if (!prepared) return prepared.error();
    return std::unique_ptr<Database>(std::move(database));
  } catch (const SQLite::Exception& exception) {
    return error_from(options.file, exception);
  }
}

}  // namespace orchestrator::state
