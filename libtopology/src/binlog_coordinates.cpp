// Order, reading and printing of binary log coordinates.
#include "topology/binlog_coordinates.hpp"

#include <algorithm>
#include <charconv>

namespace topology {
namespace {

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "mysql-bin.000042" as base "mysql-bin" and number "42"; the number is empty when the name has none.
struct FileName {
  std::string_view base;
  std::string_view number;
};

FileName split_file_name(std::string_view file) noexcept {
  const auto dot = file.rfind('.');
  if (dot == std::string_view::npos || !is_digits(file.substr(dot + 1))) {
    return {file, {}};
  }
  auto number = file.substr(dot + 1);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size() - 1));
  return {file.substr(0, dot), number};
}

// Numbers of any length, without leading zeros.
std::strong_ordering compare_numbers(std::string_view left, std::string_view right) noexcept {
  if (const auto by_length = left.size() <=> right.size(); by_length != 0) {
    return by_length;
  }
  return left <=> right;
}

}  // namespace

std::string BinlogCoordinates::to_string() const {
  return file + ":" + std::to_string(position);
}

std::partial_ordering operator<=>(const BinlogCoordinates& left, const BinlogCoordinates& right) noexcept {
  if (left.type != right.type) {
    return std::partial_ordering::unordered;
  }
  if (left.file == right.file) {
    return left.position <=> right.position;
  }
  const auto left_name = split_file_name(left.file);
  const auto right_name = split_file_name(right.file);
  if (left_name.base != right_name.base || left_name.number.empty() || right_name.number.empty()) {
    return std::partial_ordering::unordered;
  }
  const auto by_number = compare_numbers(left_name.number, right_name.number);
  // Two spellings of one number ("bin.7", "bin.007") are different files.
  return by_number == 0 ? std::partial_ordering::unordered : std::partial_ordering(by_number);
}

Result<BinlogCoordinates> parse_binlog_coordinates(std::string_view text, LogType type) {
  const auto malformed = [text](std::string_view reason) {
    return make_error(Errc::parse_error, "coordinates '" + std::string(text) + "': " + std::string(reason));
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return malformed("expected file:position");
  }
  const auto file = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  if (file.empty()) {
    return malformed("the file is empty");
  }
  std::uint64_t position = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), position);
  if (!is_digits(digits) || code != std::errc{}) {
    return malformed("the position must be a number");
  }
  return BinlogCoordinates{std::string(file), position, type};
}

}  // namespace topology
