// The rows a server sends back for one statement, as text.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace topology::mysql {

class ResultSet;

// A view of one row, for one thread; valid as long as its result set. Columns are found by name without regard to case,
// because servers differ in it. A column that is not there reads like NULL, so that one decoder serves servers with
// fewer columns.
class Row {
 public:
  // Nothing for NULL or when there is no such column.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view column) const noexcept;
  [[nodiscard]] std::optional<std::string_view> get(std::size_t column) const noexcept;
  // The same with "" for nothing.
  [[nodiscard]] std::string_view text(std::string_view column) const noexcept { return get(column).value_or(""); }
  [[nodiscard]] std::string_view text(std::size_t column) const noexcept { return get(column).value_or(""); }
  // Nothing for NULL, no such column, or text that is not wholly a number of that type.
  template <std::integral Number>
  [[nodiscard]] std::optional<Number> number(std::string_view column) const noexcept {
    const auto value = get(column);
    Number result{};
    if (!value) {
      return std::nullopt;
    }
    const auto [end, code] = std::from_chars(value->data(), value->data() + value->size(), result);
    return code == std::errc{} && end == value->data() + value->size() ? std::optional(result) : std::nullopt;
  }
  // True for 1, ON, YES and TRUE in any case.
  [[nodiscard]] bool flag(std::string_view column) const noexcept;

 private:
  friend class ResultSet;
  Row(const ResultSet& set, std::size_t index) noexcept : set_(&set), index_(index) {}

  const ResultSet* set_;
  std::size_t index_;
  mutable std::size_t next_column_ = 0;  // columns are mostly asked for in their order
};

// A value: all text in one buffer. Empty for statements that return no rows.
class ResultSet {
 public:
  using Cell = std::optional<std::string_view>;

  ResultSet() = default;
  explicit ResultSet(std::initializer_list<std::string_view> columns);

  // Makes room for so much, to spare allocations.
  void reserve(std::size_t columns, std::size_t rows, std::size_t text_bytes);
  void add_column(std::string_view name);
  // Columns must be complete, and there must be one cell for each.
  void add_row(std::initializer_list<Cell> cells);
  // The same cell by cell, in column order.
  void add_cell(Cell cell);

  [[nodiscard]] std::size_t size() const noexcept { return columns_.empty() ? 0 : cells_.size() / columns_.size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] Row row(std::size_t index) const noexcept { return {*this, index}; }
  [[nodiscard]] std::size_t column_count() const noexcept { return columns_.size(); }
  [[nodiscard]] std::string_view column_name(std::size_t index) const noexcept { return view(columns_[index]); }
  // The search begins at column start and goes round.
  [[nodiscard]] std::optional<std::size_t> find_column(std::string_view name, std::size_t start = 0) const noexcept;

 private:
  friend class Row;
  // A piece of text_; NULL has the largest offset.
  struct Piece {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
  };
  [[nodiscard]] Piece store(Cell cell);
  [[nodiscard]] std::string_view view(Piece piece) const noexcept {
    return std::string_view(text_).substr(piece.offset, piece.size);
  }

  std::string text_;
  std::vector<Piece> columns_;
  std::vector<Piece> cells_;
};

}  // namespace topology::mysql
