// GTID sets of both flavours against naive models, on seeded random sets.
#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "catch.hpp"
#include "random_gtid_set.hpp"
#include "topology/mariadb_gtid.hpp"
#include "topology/mysql_gtid_set.hpp"

using topology::GtidInterval;
using topology::GtidSource;
using topology::MariadbGtid;
using topology::MariadbGtidPosition;
using topology::MysqlGtidSet;

using namespace topology_test;

namespace {

Model model_of(const MysqlGtidSet& set) {
  Model model;
  for (const auto& [source, intervals] : set.sources()) {
    for (const auto& interval : intervals) {
      for (auto sequence = interval.first; sequence <= interval.last; ++sequence) {
        model.emplace(source.uuid, source.tag, sequence);
      }
    }
  }
  return model;
}

// Sorted, apart by more than one, and no source without intervals.
bool is_canonical(const MysqlGtidSet& set) {
  return std::all_of(set.sources().begin(), set.sources().end(), [](const auto& entry) {
    const auto& intervals = entry.second;
    const auto touches = [](const GtidInterval& l, const GtidInterval& r) { return r.first <= l.last + 1; };
    const auto inverted = [](const GtidInterval& each) { return each.first == 0 || each.first > each.last; };
    return !intervals.empty() && std::adjacent_find(intervals.begin(), intervals.end(), touches) == intervals.end() &&
           std::none_of(intervals.begin(), intervals.end(), inverted);
  });
}

}  // namespace

TEST_CASE("MySQL GTID sets behave as sets of (source, number)") {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const auto left = random_sample(random);
    const auto right = random_sample(random);
    const auto x = MysqlGtidSet::parse(left.text).value();
    const auto y = MysqlGtidSet::parse(right.text).value();
    const auto& a = left.model;
    const auto& b = right.model;
    REQUIRE(model_of(x) == a);
    REQUIRE(x.count() == a.size());
    REQUIRE(x.empty() == a.empty());
    REQUIRE((x == y) == (a == b));

    Model united;
    Model common;
    Model rest;
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::inserter(united, united.end()));
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(common, common.end()));
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::inserter(rest, rest.end()));
    REQUIRE(model_of(x.united(y)) == united);
    REQUIRE(model_of(x.intersected(y)) == common);
    REQUIRE(model_of(x.subtracted(y)) == rest);
    REQUIRE(x.contains(y) == std::includes(a.begin(), a.end(), b.begin(), b.end()));
    REQUIRE(x.united(y).contains(y));
    REQUIRE(x.intersects(y) == !common.empty());
    for (const auto& result : {x, x.united(y), x.intersected(y), x.subtracted(y)}) {
      REQUIRE(is_canonical(result));
      const auto text = result.to_string();
      REQUIRE(MysqlGtidSet::parse(text).value() == result);
      REQUIRE(MysqlGtidSet::parse(text)->to_string() == text);
    }
  }
}

TEST_CASE("Adding intervals one by one in any order gives the parsed set") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const GtidSource source{"3e11fa47-71ca-11e1-9e33-c80aa9429562", "t"};
    MysqlGtidSet added;
    std::string text = source.uuid + ":t";
    for (auto count = pick(random, 1, 30); count > 0; --count) {
      const auto first = pick(random, 1, 100);
      const auto last = first + pick(random, 0, 8);
      added.add(source, {first, last});
      text += ":" + std::to_string(first) + "-" + std::to_string(last);
    }
    REQUIRE(is_canonical(added));
    REQUIRE(added == MysqlGtidSet::parse(text).value());
  }
}

TEST_CASE("MariaDB positions behave as one growing counter per domain") {
  using Counters = std::map<std::uint32_t, std::uint64_t>;
  const auto counters_of = [](const MariadbGtidPosition& position) {
    Counters counters;
    for (std::uint32_t domain = 0; domain < 4; ++domain) {
      if (const auto gtid = position.domain(domain)) {
        counters[domain] = gtid->sequence;
      }
    }
    return counters;
  };
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const auto sample = [&random] {
      MariadbGtidPosition position;
      for (auto count = pick(random, 0, 5); count > 0; --count) {
        position.add({static_cast<std::uint32_t>(pick(random, 0, 3)), static_cast<std::uint32_t>(pick(random, 1, 3)),
                      pick(random, 1, 9)});
      }
      return position;
    };
    const auto x = sample();
    const auto y = sample();
    const auto a = counters_of(x);
    const auto b = counters_of(y);
    REQUIRE(MariadbGtidPosition::parse(x.to_string()).value() == x);
    Counters united = a;
    Counters common;
    Counters rest = a;
    for (const auto& [domain, sequence] : b) {
      united[domain] = std::max(united[domain], sequence);
      if (a.contains(domain)) {
        common[domain] = std::min(a.at(domain), sequence);
        if (a.at(domain) <= sequence) {
          rest.erase(domain);
        }
      }
    }
    REQUIRE(counters_of(x.united(y)) == united);
    REQUIRE(counters_of(x.intersected(y)) == common);
    REQUIRE(counters_of(x.subtracted(y)) == rest);
    REQUIRE(x.contains(y) == (united == a));
    REQUIRE(x.united(y).contains(x));
  }
}
