// The port to the database that keeps the state.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "state/error.hpp"
#include "state/tables.hpp"
#include "state/value.hpp"

namespace orchestrator::state {

// Thrown by everything that talks to a database; State turns it into a Result.
struct DatabaseFailure {
  Error error;
};

// What a SELECT gave, row by row. Valid until the next call to its database.
class Rows {
 public:
  virtual ~Rows() = default;
  // One value for each type that was asked for; nothing at the end.
  [[nodiscard]] virtual std::optional<std::vector<Value>> next() = 0;
};

// One connection with the present schema. Confined to one thread at a time; every call may block. A failure in a
// transaction leaves it to be rolled back, after which the object is usable again; a connection that was lost is made
// anew by the next begin() or select().
class Database {
 public:
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database() = default;

  [[nodiscard]] virtual Dialect dialect() const = 0;
  virtual void begin() = 0;
  // When it fails the transaction may have been committed all the same.
  virtual void commit() = 0;
  // Ends a transaction, if one is open, without its changes.
  virtual void roll_back() noexcept = 0;
  // A statement that gives no rows; `?` stand for the values. Its failure may show only in the next select or commit.
  virtual void run(const std::string& text, std::span<const Value> values) = 0;
  [[nodiscard]] virtual std::unique_ptr<Rows> select(const std::string& text, std::span<const Value> values,
                                                     std::span<const ValueType> types) = 0;
  // All rows of a table in the order of its key, one value for each field; for tables of any size.
  [[nodiscard]] virtual std::unique_ptr<Rows> scan(const LayoutText& table) = 0;

  // Another connection, which sees the database as it is now whatever is changed later.
  [[nodiscard]] virtual std::unique_ptr<Database> view() = 0;
};

}  // namespace orchestrator::state
