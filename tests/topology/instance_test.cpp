// Facts that follow from one measurement: the primary channel, promotion rules.
#include "topology/instance.hpp"

#include "catch.hpp"

using topology::Instance;
using topology::InstanceKey;
using topology::PromotionRule;
using topology::ReplicationChannel;

namespace {

ReplicationChannel channel(std::string name, InstanceKey source) {
  ReplicationChannel result;
  result.name = std::move(name);
  result.source = std::move(source);
  return result;
}

}  // namespace

TEST_CASE("An instance without channels, or with reset ones only, is no replica") {
  Instance instance;
  CHECK_FALSE(instance.is_replica());
  CHECK(instance.master_key() == InstanceKey{});
  instance.channels = {channel("", {"", 3306}), channel("a", {"_", 3306}), channel("b", {"db1", 0})};
  CHECK_FALSE(instance.is_replica());
}

TEST_CASE("The default channel places a multi-source replica, else the first that has a source") {
  Instance instance;
  instance.channels = {channel("a", {"db2", 3306}), channel("", {"db1", 3306})};
  CHECK(instance.master_key() == InstanceKey{"db1", 3306});
  instance.channels = {channel("", {"", 3306}), channel("a", {"db2", 3306}), channel("b", {"db3", 3306})};
  CHECK(instance.master_key() == InstanceKey{"db2", 3306});
}

TEST_CASE("A detached replica keeps its master's marked name") {
  Instance instance;
  instance.channels = {channel("", {"//db1", 3306})};
  CHECK(instance.is_replica());
  CHECK(instance.master_key().is_detached());
}

TEST_CASE("Promotion rules print and read the legacy words") {
  for (const auto rule : {PromotionRule::must, PromotionRule::prefer, PromotionRule::neutral, PromotionRule::prefer_not,
                          PromotionRule::must_not}) {
    CHECK(topology::parse_promotion_rule(to_string(rule)) == rule);
  }
  CHECK(to_string(PromotionRule::prefer_not) == "prefer_not");
  CHECK_FALSE(topology::parse_promotion_rule("Prefer"));
  CHECK_FALSE(topology::parse_promotion_rule(""));
}
