// Binary log coordinates: order, reading, printing.
#include "topology/binlog_coordinates.hpp"

#include <vector>

#include "catch.hpp"

using topology::BinlogCoordinates;
using topology::Errc;
using topology::LogType;
using topology::parse_binlog_coordinates;

namespace {

enum class Order { less, equal, greater, none };

Order order(const BinlogCoordinates& left, const BinlogCoordinates& right) {
  const auto result = left <=> right;
  if (result < 0) {
    return Order::less;
  }
  if (result > 0) {
    return Order::greater;
  }
  return result == 0 ? Order::equal : Order::none;
}

}  // namespace

TEST_CASE("Coordinates of one log are ordered by file number, then position") {
  struct Row {
    BinlogCoordinates left;
    BinlogCoordinates right;
    Order expected;
  };
  const std::vector<Row> rows{
      {{"mysql-bin.000001", 4}, {"mysql-bin.000001", 4}, Order::equal},
      {{"mysql-bin.000001", 4}, {"mysql-bin.000001", 5}, Order::less},
      {{"mysql-bin.000002", 4}, {"mysql-bin.000001", 900}, Order::greater},
      {{"mysql-bin.999999", 900}, {"mysql-bin.1000000", 4}, Order::less},
      {{"mysql-bin.1000000", 4}, {"mysql-bin.999999", 900}, Order::greater},
      {{"mysql-bin.1000001", 4}, {"mysql-bin.1000000", 4}, Order::greater},
      {{"bin.99999999999999999999999", 4}, {"bin.100000000000000000000000", 4}, Order::less},
      {{"db1.example.com-bin.000009", 4}, {"db1.example.com-bin.000010", 4}, Order::less},
      {{"bin.000000", 4}, {"bin.000001", 4}, Order::less},
      {{"mariadb-bin.000001", 4}, {"mysql-bin.000002", 4}, Order::none},
      {{"bin.7", 4}, {"bin.007", 4}, Order::none},
      {{"bin", 4}, {"bin", 5}, Order::less},
      {{"bin", 4}, {"bin.000001", 4}, Order::none},
      {{"bin.index", 4}, {"bin.000001", 4}, Order::none},
      {{"bin.000001", 4, LogType::relay}, {"bin.000001", 4, LogType::binary}, Order::none},
      {{"relay.000001", 4, LogType::relay}, {"relay.000002", 4, LogType::relay}, Order::less},
  };
  for (const auto& [left, right, expected] : rows) {
    CAPTURE(left.to_string(), right.to_string());
    CHECK(order(left, right) == expected);
    CHECK((left == right) == (expected == Order::equal));
  }
}

TEST_CASE("Coordinates are read from file:position and print the same") {
  for (const std::string text :
       {"mysql-bin.000042:107", "bin:0", R"(C:\data\bin.000001:4)", "b:18446744073709551615"}) {
    const auto coordinates = parse_binlog_coordinates(text, LogType::relay);
    REQUIRE(coordinates);
    CHECK(coordinates->to_string() == text);
    CHECK(coordinates->type == LogType::relay);
    CHECK_FALSE(coordinates->empty());
  }
  CHECK(BinlogCoordinates{}.empty());
}

TEST_CASE("Text that is not file:position is refused") {
  for (const std::string text : {"", ":", "bin.000001", "bin.000001:", ":4", "bin.000001:x", "bin.000001:-4",
                                 "bin.000001: 4", "bin.000001:4 ", "bin.000001:18446744073709551616"}) {
    CAPTURE(text);
    const auto coordinates = parse_binlog_coordinates(text);
    REQUIRE_FALSE(coordinates);
    CHECK(coordinates.error().code == Errc::parse_error);
  }
}
