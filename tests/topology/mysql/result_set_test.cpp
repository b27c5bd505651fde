// Tests of result sets: access by name, NULL, numbers and flags.
#include "topology/mysql/result_set.hpp"

#include "catch.hpp"

using topology::mysql::ResultSet;

namespace {

ResultSet sample() {
  ResultSet rows{"Host", "PORT", "nothing", "flag"};
  rows.add_row({"db1", "3306", std::nullopt, "Yes"});
  rows.add_row({"", "70000", "", "off"});
  return rows;
}

}  // namespace

TEST_CASE("a column is found without regard to case") {
  const auto rows = sample();
  CHECK(rows.size() == 2);
  CHECK(rows.row(0).text("host") == "db1");
  CHECK(rows.row(0).number<std::uint16_t>("Port") == std::uint16_t{3306});
  CHECK(rows.column_name(1) == "PORT");
}

TEST_CASE("NULL, a missing column and the empty text are told apart") {
  const auto rows = sample();
  CHECK_FALSE(rows.row(0).get("nothing").has_value());
  CHECK_FALSE(rows.row(0).get("no such column").has_value());
  CHECK(rows.row(1).get("nothing") == "");
  CHECK(rows.row(0).text("nothing").empty());
  CHECK_FALSE(rows.row(0).get(std::size_t{4}).has_value());
}

TEST_CASE("a number that does not fit its type is no number") {
  const auto rows = sample();
  CHECK_FALSE(rows.row(1).number<std::uint16_t>("port").has_value());
  CHECK(rows.row(1).number<std::uint32_t>("port") == 70000U);
  CHECK_FALSE(rows.row(0).number<int>("host").has_value());
  CHECK_FALSE(rows.row(1).number<int>("nothing").has_value());
}

TEST_CASE("flags are read in the servers' several spellings") {
  ResultSet rows{"v"};
  for (const auto* text : {"1", "ON", "Yes", "TRUE", "0", "OFF", "No", ""}) {
    rows.add_row({text});
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows.row(i).flag("v") == (i < 4));
  }
}

TEST_CASE("a statement without rows has no rows and no columns") {
  const ResultSet none;
  CHECK(none.empty());
  CHECK(none.column_count() == 0);
  CHECK_FALSE(none.find_column("x").has_value());
}
