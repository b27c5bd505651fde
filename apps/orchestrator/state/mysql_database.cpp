// Transactions, statements and views on a MySQL or MariaDB server.
#include "state/mysql_database.hpp"

#include <fmt/format.h>

#include <charconv>

#include "state/mysql_connection.hpp"
#include "state/mysql_schema.hpp"

namespace orchestrator::state {
namespace {

// Statements that wait are sent when there are so many bytes of them; servers take 16 MiB at least.
constexpr std::size_t most_pending = 1U << 20U;
constexpr int rows_in_a_page = 500;
constexpr int wait_for_lock_seconds = 2;

std::vector<Value> row_of(const topology::mysql::ResultSet& rows, std::size_t index, std::span<const ValueType> types) {
  const auto row = rows.row(index);
  std::vector<Value> values;
  values.reserve(types.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    const auto text = row.text(i);
    if (types[i] == ValueType::number) {
      std::int64_t number = 0;
      std::from_chars(text.data(), text.data() + text.size(), number);
      values.emplace_back(number);
    } else {
      values.emplace_back(std::string(text));
    }
  }
  return values;
}

// A result that has come as a whole.
class MysqlRows final : public Rows {
 public:
  MysqlRows(topology::mysql::ResultSet rows, std::span<const ValueType> types)
      : rows_(std::move(rows)), types_(types.begin(), types.end()) {}
  std::optional<std::vector<Value>> next() override {
    if (next_ == rows_.size()) return std::nullopt;
    return row_of(rows_, next_++, types_);
  }

 private:
  topology::mysql::ResultSet rows_;
  std::vector<ValueType> types_;
  std::size_t next_ = 0;
};

// A table page by page, each beginning after the last key of the one before.
class MysqlScan final : public Rows {
 public:
  MysqlScan(Database& database, const LayoutText& table) : database_(database), table_(table) {
    for (std::size_t i = 0; i < table.fields.size(); ++i) {
      if (table.fields[i].in_key()) key_.push_back(i);
    }
    read_page("");
  }
  std::optional<std::vector<Value>> next() override {
    auto row = page_->next();
    if (!row && rows_ == rows_in_a_page) {
      read_page(after_last());
      row = page_->next();
    }
    if (row) {
      ++rows_;
      last_ = *row;
    }
    return row;
  }

 private:
  void read_page(const std::string& condition) {
    page_ = database_.select(fmt::format("{} {} ORDER BY {} LIMIT {}", select_text(table_), condition,
                                         key_columns_text(table_), rows_in_a_page),
                             parameters_, types_of(table_));
    rows_ = 0;
  }
  // Servers know how to look for this, other than for a comparison of tuples.
  std::string after_last() {
    std::string condition;
    parameters_.clear();
    for (std::size_t depth = 0; depth < key_.size(); ++depth) {
      condition += depth == 0 ? "WHERE (" : " OR (";
      for (std::size_t i = 0; i <= depth; ++i) {
        condition +=
            fmt::format("{}`{}` {} ?", i == 0 ? "" : " AND ", table_.fields[key_[i]].name, i == depth ? ">" : "=");
        parameters_.push_back(last_[key_[i]]);
      }
      condition += ")";
    }
    return condition;
  }

  Database& database_;
  const LayoutText& table_;
  std::vector<std::size_t> key_;
  std::unique_ptr<Rows> page_;
  int rows_ = 0;  // of the page that were read
  std::vector<Value> last_;
  std::vector<Value> parameters_;
};

class MysqlDatabase final : public Database {
 public:
  explicit MysqlDatabase(MysqlOptions options) : options_(std::move(options)) {}

  Dialect dialect() const override { return Dialect::mysql; }
  void begin() override;
  void commit() override;
  void roll_back() noexcept override;
  void run(const std::string& text, std::span<const Value> values) override;
  std::unique_ptr<Rows> select(const std::string& text, std::span<const Value> values,
                               std::span<const ValueType> types) override;
  std::unique_ptr<Rows> scan(const LayoutText& table) override { return std::make_unique<MysqlScan>(*this, table); }
  std::unique_ptr<Database> view() override;

  void deploy();

 private:
  void connect();
  void take_lock();
  // Sends what waits, and these statements after it; the last result.
  topology::mysql::ResultSet send(std::string_view statements);

  MysqlOptions options_;
  std::unique_ptr<MysqlConnection> connection_;
  std::uint64_t lock_holder_ = 0;  // the connection that had the lock last
  std::string pending_;
  bool in_transaction_ = false;
  bool is_view_ = false;
};

void MysqlDatabase::connect() {
  // A view that was lost cannot be had again.
  if (is_view_) throw DatabaseFailure{make_error(Errc::unreachable, "the view of a snapshot was lost")};
  connection_ = std::make_unique<MysqlConnection>(options_);
  use_mysql_database(*connection_, options_.database);
  take_lock();
}

void MysqlDatabase::deploy() {
  connection_ = std::make_unique<MysqlConnection>(options_);
  prepare_mysql(*connection_, options_.database);
  take_lock();
}

void MysqlDatabase::take_lock() {
  const std::string name = mysql_literal(fmt::format("orchestrator.{:.50}", options_.database));
  // The server may not have noticed yet that our connection is gone.
  if (lock_holder_ != 0 && connection_->number(fmt::format("SELECT COALESCE(IS_USED_LOCK({}), 0)", name)) ==
                               static_cast<std::int64_t>(lock_holder_)) {
    static_cast<void>(connection_->query(fmt::format("KILL {}", lock_holder_)));
  }
  if (connection_->number(fmt::format("SELECT GET_LOCK({}, {})", name, wait_for_lock_seconds)) != 1) {
    connection_.reset();
    throw DatabaseFailure{make_error(
        Errc::in_use, fmt::format("{}: database {}", options_.connect.server.to_string(), options_.database))};
  }
  lock_holder_ = connection_->id();
}

topology::mysql::ResultSet MysqlDatabase::send(std::string_view statements) {
  std::string text = std::move(pending_);
  pending_.clear();
  text += statements;
  return connection_->execute(std::move(text));
}

void MysqlDatabase::begin() {
  pending_.clear();
  constexpr std::string_view statement = "START TRANSACTION";
  bool begun = false;
  if (connection_ && connection_->is_alive()) {
    try {
      send(statement);
      begun = true;
    } catch (const DatabaseFailure& failure) {
      if (failure.error.code != make_error_code(Errc::unreachable)) throw;
    }
  }
  if (!begun) {
    connect();
    send(statement);
  }
  in_transaction_ = true;
}

void MysqlDatabase::commit() {
  in_transaction_ = false;
  send("COMMIT");
}

void MysqlDatabase::roll_back() noexcept {
  pending_.clear();
  in_transaction_ = false;
  if (!connection_ || !connection_->is_alive()) return;
  try {
    send("ROLLBACK");
  } catch (const DatabaseFailure&) {
    // The server rolls back what a lost connection had begun.
    connection_.reset();
  }
}

void MysqlDatabase::run(const std::string& text, std::span<const Value> values) {
  pending_ += mysql_text(text, values);
  pending_ += ";\n";
  if (pending_.size() >= most_pending) send("DO 0");
}

std::unique_ptr<Rows> MysqlDatabase::select(const std::string& text, std::span<const Value> values,
                                            std::span<const ValueType> types) {
  const auto statement = mysql_text(text, values);
  if (connection_ && connection_->is_alive()) {
    try {
      return std::make_unique<MysqlRows>(send(statement), types);
    } catch (const DatabaseFailure& failure) {
      if (in_transaction_ || failure.error.code != make_error_code(Errc::unreachable)) throw;
    }
  } else if (in_transaction_) {
    throw DatabaseFailure{make_error(Errc::unreachable, options_.connect.server.to_string())};
  }
  connect();
  return std::make_unique<MysqlRows>(send(statement), types);
}

std::unique_ptr<Database> MysqlDatabase::view() {
  auto view = std::make_unique<MysqlDatabase>(options_);
  view->connection_ = std::make_unique<MysqlConnection>(view->options_);
  use_mysql_database(*view->connection_, options_.database);
  view->is_view_ = true;
  view->in_transaction_ = true;
  view->connection_->execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
  return view;
}

}  // namespace

Result<std::unique_ptr<Database>> open_mysql(const MysqlOptions& options) {
  try {
    auto database = std::make_unique<MysqlDatabase>(options);
    database->deploy();
    return std::unique_ptr<Database>(std::move(database));
  } catch (const DatabaseFailure& failure) {
    return failure.error;
  }
}

}  // namespace orchestrator::state
