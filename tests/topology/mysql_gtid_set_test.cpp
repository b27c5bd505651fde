// MySQL GTID sets: every answer here was seen from GTID_SUBTRACT and GTID_SUBSET of MySQL 9.7.
#include "topology/mysql_gtid_set.hpp"

#include <vector>

#include "catch.hpp"

using topology::Errc;
using topology::GtidSource;
using topology::MysqlGtidSet;

namespace {

const std::string a = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
const std::string b = "aaaaaaaa-71ca-11e1-9e33-c80aa9429562";

MysqlGtidSet set(const std::string& text) {
  return MysqlGtidSet::parse(text).value();
}

}  // namespace

TEST_CASE("A GTID set is read as servers read it and printed as they print it") {
  const std::string upper = "3E11FA47-71CA-11E1-9E33-C80AA9429562";
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", ""},
      {" \n", ""},
      {a + ":1", a + ":1"},
      {upper + ":1-5", a + ":1-5"},
      {a + ":1-5:7:10-11", a + ":1-5:7:10-11"},
      {a + ":1-3,\n" + b + ":1-2", a + ":1-3," + b + ":1-2"},
      {b + ":1," + a + ":1", a + ":1," + b + ":1"},
      {a + ":10:3-5:1-2:11", a + ":1-5:10-11"},
      {a + ":1-9:3-5", a + ":1-9"},
      {upper + ":1-3:Zed:5:_b:7:1-4:zed:6, " + b + ":1," + upper + ":10", a + ":1-3:10:_b:1-4:7:zed:5-6," + b + ":1"},
      {",, " + upper + " : 3 - 5 : 1 , ,", a + ":1:3-5"},
      {a + ":5-1", ""},
      {a + ":1-0", ""},
      {a, ""},
      {a + ":tag", ""},
      {a + ":tag:tag2:1", a + ":tag2:1"},
      {a + ":tag:1," + a + ":2", a + ":2:tag:1"},
      {a + ": tag :1", a + ":tag:1"},
      {a + ":001-0003", a + ":1-3"},
      {a + ":9223372036854775806", a + ":9223372036854775806"},
      {"{" + upper + "}:1", a + ":1"},
      {"3E11FA4771CA11E19E33C80AA9429562:1", a + ":1"},
      {a + ":a234567890123456789012345678901x:1", a + ":a234567890123456789012345678901x:1"},
  };
  for (const auto& [text, printed] : rows) {
    CAPTURE(text);
    const auto parsed = MysqlGtidSet::parse(text);
    REQUIRE(parsed);
    CHECK(parsed->to_string() == printed);
    CHECK(parsed->empty() == printed.empty());
    CHECK(set(printed) == *parsed);
  }
}

TEST_CASE("What servers refuse is refused, with the offset") {
  const std::vector<std::pair<std::string, int>> rows{
      {a + ":", 37},
      {a + ":tag:", 41},
      {a + ":1:", 39},
      {a + ":0", -1},
      {a + ":9223372036854775807", 37},
      {a + ":1-9223372036854775807", -1},
      {a + ":a234567890123456789012345678901xy:1", 37},
      {a + ":1a", 38},
      {a + ":a-b:1", 38},
      {a + ":a b:1", 39},
      {a + ":+1", 37},
      {a + ":1--3", 39},
      {a + ":1-3 " + b + ":1", 41},
      {a + ":1,2", 39},
      {a + ":1-", 39},
      {a + ":-3", 37},
      {"banana", 0},
      {"{" + a + ":1", 0},
      {a.substr(0, 35), 0},
      {a + "0:1", 36},
      {"3e11fa4-771ca-11e1-9e33-c80aa9429562:1", 0},
  };
  for (const auto& [text, offset] : rows) {
    CAPTURE(text);
    const auto parsed = MysqlGtidSet::parse(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::parse_error);
    if (offset >= 0) {
      CHECK(parsed.error().context.find("offset " + std::to_string(offset) + ":") != std::string::npos);
    }
  }
}

TEST_CASE("Set algebra on GTID sets") {
  const auto x = set(a + ":1-10:t:1-3," + b + ":5");
  const auto y = set(a + ":4-6:t:2:u:1");
  CHECK(x.united(y).to_string() == a + ":1-10:t:1-3:u:1," + b + ":5");
  CHECK(x.subtracted(y).to_string() == a + ":1-3:7-10:t:1:3," + b + ":5");
  CHECK(y.subtracted(x).to_string() == a + ":u:1");
  CHECK(x.intersected(y).to_string() == a + ":4-6:t:2");
  CHECK(x.intersects(y));
  CHECK_FALSE(x.contains(y));
  CHECK(x.contains(x.intersected(y)));
  CHECK(x.contains(MysqlGtidSet{}));
  CHECK_FALSE(MysqlGtidSet{}.contains(x));
  CHECK_FALSE(set(a + ":1").intersects(set(a + ":t:1")));
  CHECK(x.subtracted(x).empty());
}

TEST_CASE("One transaction is looked up by source, tag and number") {
  const auto x = set(a + ":1-10:20:t:3");
  CHECK(x.contains(GtidSource{a, ""}, 10));
  CHECK(x.contains(GtidSource{a, ""}, 20));
  CHECK_FALSE(x.contains(GtidSource{a, ""}, 11));
  CHECK_FALSE(x.contains(GtidSource{a, ""}, 21));
  CHECK(x.contains(GtidSource{a, "t"}, 3));
  CHECK_FALSE(x.contains(GtidSource{a, "u"}, 3));
  CHECK_FALSE(x.contains(GtidSource{b, ""}, 1));
}

TEST_CASE("Counting adds all sources and saturates") {
  CHECK(MysqlGtidSet{}.count() == 0);
  CHECK(set(a + ":1-10:20:t:3," + b + ":7").count() == 13);
  const std::string all = ":1-9223372036854775806";
  CHECK(set(a + all).count() == 9223372036854775806ULL);
  CHECK(set(a + all + "," + b + all).count() == 18446744073709551612ULL);
  CHECK(set(a + all + ":t" + all + "," + b + all).count() == 18446744073709551615ULL);
}

TEST_CASE("UUIDs are taken out with all their tags") {
  const auto x = set(a + ":1:t:1:u:2," + b + ":5:t:1");
  CHECK(x.without_uuids(std::vector{a}).to_string() == b + ":5:t:1");
  CHECK(x.without_uuids(std::vector{b}).to_string() == a + ":1:t:1:u:2");
  CHECK(x.without_uuids(std::vector{b, a}).empty());
  CHECK(x.without_uuids({}) == x);
}

TEST_CASE("Adding merges neighbours and swallows what is covered") {
  MysqlGtidSet x;
  const GtidSource source{a, ""};
  x.add(source, {5, 6});
  x.add(source, {1, 2});
  x.add(source, {9, 9});
  CHECK(x.to_string() == a + ":1-2:5-6:9");
  x.add(source, {3, 4});
  CHECK(x.to_string() == a + ":1-6:9");
  x.add(source, {2, 20});
  CHECK(x.to_string() == a + ":1-20");
  x.add(source, {3, 3});
  CHECK(x.to_string() == a + ":1-20");
}
