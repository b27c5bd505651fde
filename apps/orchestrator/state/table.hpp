// Describes a record's columns once, and generates schema, statements, binding and decoding from that.
#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "state/records.hpp"

namespace orchestrator::state {

// How a C++ type is kept in a column.
template <class T>
struct Storage;
template <>
struct Storage<std::string> {
  static constexpr std::string_view definition = "TEXT NOT NULL DEFAULT ''";
  static void bind(SQLite::Statement& statement, int index, const std::string& value) { statement.bind(index, value); }
  static std::string read(const SQLite::Column& column) { return column.getString(); }
};
template <>
struct Storage<std::uint16_t> {
  static constexpr std::string_view definition = "INTEGER NOT NULL DEFAULT 0";
  static void bind(SQLite::Statement& statement, int index, std::uint16_t value) {
    statement.bind(index, std::int32_t{value});
  }
  static std::uint16_t read(const SQLite::Column& column) { return static_cast<std::uint16_t>(column.getInt()); }
};
template <>
struct Storage<Time> {
  static constexpr std::string_view definition = "INTEGER NOT NULL DEFAULT 0";  // microseconds since 1970
  static void bind(SQLite::Statement& statement, int index, Time value) {
    statement.bind(index, std::int64_t{value.time_since_epoch().count()});
  }
  static Time read(const SQLite::Column& column) { return Time{std::chrono::microseconds{column.getInt64()}}; }
};

// The name and definition of a column, and the version of the schema that brought it.
struct ColumnText {
  std::string_view name;
  std::string_view definition;
  int since = 1;
  bool in_key = false;
};

template <class Row>
struct Column {
  ColumnText text;
  void (*bind)(SQLite::Statement&, int index, const Row&);
  void (*read)(const SQLite::Column&, Row&);

  [[nodiscard]] constexpr Column key() const {
    Column column = *this;
    column.text.in_key = true;
    return column;
  }
  [[nodiscard]] constexpr Column since(int version) const {
    Column column = *this;
    column.text.since = version;
    return column;
  }
};

template <class T>
constexpr T& follow(T& value) {
  return value;
}
template <auto Member, auto... Rest, class T>
constexpr auto& follow(T& value) {
  return follow<Rest...>(value.*Member);
}

// The column for the member that is reached by following the member pointers from a Row.
template <class Row, auto... Path>
constexpr Column<Row> column(std::string_view name) {
  using Value = std::remove_cvref_t<decltype(follow<Path...>(std::declval<Row&>()))>;
  return {{name, Storage<Value>::definition, 1, false},
          [](SQLite::Statement& statement, int index, const Row& row) {
            Storage<Value>::bind(statement, index, follow<Path...>(row));
          },
          [](const SQLite::Column& stored, Row& row) { follow<Path...>(row) = Storage<Value>::read(stored); }};
}

struct TableText {
  std::string_view name;
  std::vector<ColumnText> columns;
  int since = 1;
};

// What brings this table from the schema's version before to the given one: nothing, its creation, or new columns.
[[nodiscard]] std::vector<std::string> migration_of(const TableText& table, int version);
[[nodiscard]] std::string upsert_text(const TableText& table);
[[nodiscard]] std::string select_text(const TableText& table);
[[nodiscard]] std::string delete_text(const TableText& table);

template <class Row>
class Table {
 public:
  Table(std::string_view name, std::vector<Column<Row>> columns, int since = 1)
      : text_(text_of(name, columns, since)),
        columns_(std::move(columns)),
        upsert_(upsert_text(text_)),
        select_(select_text(text_)),
        delete_(delete_text(text_)) {}

  [[nodiscard]] const TableText& text() const { return text_; }
  // Inserts the row or replaces the one with the same key; bind() fills the parameters.
  [[nodiscard]] const std::string& upsert() const { return upsert_; }
  // All rows in the order of their key; read() decodes one.
  [[nodiscard]] const std::string& select() const { return select_; }
  // Deletes the row with a key, whose parts are the parameters.
  [[nodiscard]] const std::string& remove() const { return delete_; }

  void bind(SQLite::Statement& statement, const Row& row) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].bind(statement, static_cast<int>(i) + 1, row);
  }
  [[nodiscard]] Row read(SQLite::Statement& statement) const {
    Row row;
    for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].read(statement.getColumn(static_cast<int>(i)), row);
    return row;
  }

 private:
  static TableText text_of(std::string_view name, const std::vector<Column<Row>>& columns, int since) {
    TableText text{name, {}, since};
    for (const auto& column : columns) text.columns.push_back(column.text);
    return text;
  }

  TableText text_;
  std::vector<Column<Row>> columns_;
  std::string upsert_;
  std::string select_;
  std::string delete_;
};

}  // namespace orchestrator::state
