// MariaDB GTID positions: reading, printing, comparing.
#include "topology/mariadb_gtid.hpp"

#include <vector>

#include "catch.hpp"

using topology::Errc;
using topology::MariadbGtid;
using topology::MariadbGtidPosition;

namespace {

MariadbGtidPosition position(std::string_view text) {
  return MariadbGtidPosition::parse(text).value();
}

}  // namespace

TEST_CASE("A MariaDB position is read and printed sorted by domain and server") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", ""},
      {" \n", ""},
      {"0-1-100", "0-1-100"},
      {"1-2-5,0-1-100", "0-1-100,1-2-5"},
      {" 0-1-100 ,\n1-2-5 ", "0-1-100,1-2-5"},
      {"0-2-7,0-1-9", "0-1-9,0-2-7"},
      {"0-1-7,0-1-9,0-1-8", "0-1-9"},
      {"4294967295-4294967295-18446744073709551615", "4294967295-4294967295-18446744073709551615"},
      {"10-1-1,9-1-1", "9-1-1,10-1-1"},
  };
  for (const auto& [text, printed] : rows) {
    CAPTURE(text);
    const auto parsed = MariadbGtidPosition::parse(text);
    REQUIRE(parsed);
    CHECK(parsed->to_string() == printed);
    CHECK(parsed->empty() == printed.empty());
  }
}

TEST_CASE("Text that is no MariaDB position is refused, with the offset") {
  const std::vector<std::pair<std::string, int>> rows{
      {"0", 1},
      {"0-1", 3},
      {"0-1-", 4},
      {"-1-2-3", 0},
      {"0-1-2-3", 5},
      {"0-1-2,", 6},
      {",0-1-2", 0},
      {"0-1-2,,0-1-3", 6},
      {"x", 0},
      {"0-1-2 0-1-3", 6},
      {"0 -1-2", 1},
      {"0-1-18446744073709551616", 24},
      {"4294967296-1-1", 10},
  };
  for (const auto& [text, offset] : rows) {
    CAPTURE(text);
    const auto parsed = MariadbGtidPosition::parse(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::parse_error);
    CHECK(parsed.error().context.find("offset " + std::to_string(offset) + ":") != std::string::npos);
  }
}

TEST_CASE("A position stands for all transactions of its domains up to its sequence numbers") {
  const auto x = position("0-1-100,1-2-5");
  CHECK(x.contains(position("0-9-100")));
  CHECK(x.contains(position("0-1-99,1-1-1")));
  CHECK(x.contains(MariadbGtidPosition{}));
  CHECK_FALSE(x.contains(position("0-1-101")));
  CHECK_FALSE(x.contains(position("2-1-1")));
  CHECK_FALSE(MariadbGtidPosition{}.contains(x));
  CHECK(x.count() == 105);
  CHECK(position("0-1-7,0-2-9,1-1-1").count() == 10);
  CHECK(position("0-1-18446744073709551615,1-1-1").count() == 18446744073709551615ULL);
}

TEST_CASE("The newest GTID of a domain is the one with the largest sequence number") {
  const auto state = position("0-1-7,0-2-9,0-3-8,5-1-1");
  CHECK(state.domain(0) == MariadbGtid{0, 2, 9});
  CHECK(state.domain(5) == MariadbGtid{5, 1, 1});
  CHECK_FALSE(state.domain(1));
}

TEST_CASE("Positions unite, intersect and subtract by domain") {
  const auto x = position("0-1-100,1-2-5,3-1-3");
  const auto y = position("0-2-90,1-1-7,2-1-1");
  CHECK(x.united(y).to_string() == "0-1-100,1-1-7,2-1-1,3-1-3");
  CHECK(x.intersected(y).to_string() == "0-2-90,1-2-5");
  CHECK(x.subtracted(y).to_string() == "0-1-100,3-1-3");
  CHECK(y.subtracted(x).to_string() == "1-1-7,2-1-1");
  CHECK(position("0-1-7,0-2-9").united({}).to_string() == "0-2-9");
}
