// Storage of result sets and access to their cells.
#include "topology/mysql/result_set.hpp"

#include <algorithm>
#include <limits>

namespace topology::mysql {
namespace {

constexpr std::uint32_t null_offset = std::numeric_limits<std::uint32_t>::max();

constexpr char to_lower(char letter) noexcept {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool equal_without_case(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) { return to_lower(a) == to_lower(b); });
}

}  // namespace

std::optional<std::string_view> Row::get(std::string_view column) const noexcept {
  const auto index = set_->find_column(column, next_column_);
  if (!index) {
    return std::nullopt;
  }
  next_column_ = *index + 1;
  return get(*index);
}

std::optional<std::string_view> Row::get(std::size_t column) const noexcept {
  if (column >= set_->columns_.size()) {
    return std::nullopt;
  }
  const auto piece = set_->cells_[index_ * set_->columns_.size() + column];
  return piece.offset == null_offset ? std::nullopt : std::optional(set_->view(piece));
}

bool Row::flag(std::string_view column) const noexcept {
  const auto value = text(column);
  return value == "1" || equal_without_case(value, "on") || equal_without_case(value, "yes") ||
         equal_without_case(value, "true");
}

ResultSet::ResultSet(std::initializer_list<std::string_view> columns) {
  columns_.reserve(columns.size());
  for (const auto name : columns) {
    add_column(name);
  }
}

void ResultSet::reserve(std::size_t columns, std::size_t rows, std::size_t text_bytes) {
  columns_.reserve(columns);
  cells_.reserve(columns * rows);
  text_.reserve(text_bytes);
}

void ResultSet::add_column(std::string_view name) {
  columns_.push_back(store(name));
}

void ResultSet::add_row(std::initializer_list<Cell> cells) {
  for (const auto& cell : cells) {
    add_cell(cell);
  }
}

void ResultSet::add_cell(Cell cell) {
  cells_.push_back(store(cell));
}

std::optional<std::size_t> ResultSet::find_column(std::string_view name, std::size_t start) const noexcept {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::size_t index = start + i < columns_.size() ? start + i : (start + i) % columns_.size();
    if (equal_without_case(view(columns_[index]), name)) {
      return index;
    }
  }
  return std::nullopt;
}

ResultSet::Piece ResultSet::store(Cell cell) {
  if (!cell) {
    return {null_offset, 0};
  }
  const Piece piece{static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(cell->size())};
  text_.append(*cell);
  return piece;
}

}  // namespace topology::mysql
