// A place in a server's binary or relay log: file name and byte position.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "topology/error.hpp"

namespace topology {

enum class LogType { binary = 0, relay = 1 };

// Ordered by the number in the file's extension (so .1000000 comes after .999999), then position. Coordinates of
// different base names or log types are unordered.
struct BinlogCoordinates {
  std::string file;
  std::uint64_t position = 0;
  LogType type = LogType::binary;

  [[nodiscard]] bool empty() const noexcept { return file.empty(); }
  // "file:position".
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const BinlogCoordinates&, const BinlogCoordinates&) = default;
  friend std::partial_ordering operator<=>(const BinlogCoordinates& left, const BinlogCoordinates& right) noexcept;
};

// Reads "file:position". Errors: Errc::parse_error.
[[nodiscard]] Result<BinlogCoordinates> parse_binlog_coordinates(std::string_view text, LogType type = LogType::binary);

}  // namespace topology
