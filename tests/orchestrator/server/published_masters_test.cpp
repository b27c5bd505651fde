// Tests of which masters are published.
#include "server/published_masters.hpp"

#include <memory>
#include <string>

#include "catch.hpp"

using namespace orchestrator;
using topology::Instance;
using topology::InstanceKey;

namespace {

struct Member {
  std::string hostname;
  std::string master;
  enum class Access { writable, read_only } access = Access::writable;
  enum class Check { valid, failed } check = Check::valid;
};

topology::Topology picture_of(const std::vector<Member>& members) {
  topology::TopologyInputs inputs;
  for (const auto& member : members) {
    Instance instance;
    instance.key = {member.hostname, 3306};
    instance.version = topology::parse_server_version("8.0.36", "");
    instance.read_only = member.access == Member::Access::read_only;
    if (!member.master.empty()) {
      instance.channels.push_back({});
      instance.channels.back().source = {member.master, 3306};
    }
    auto observation = std::make_shared<topology::Observation>();
    observation->key = instance.key;
    observation->instance = std::make_shared<const Instance>(std::move(instance));
    observation->check.last_check_valid = member.check == Member::Check::valid;
    inputs.observations.push_back(std::move(observation));
  }
  inputs.alias_of_name = [](const std::string& name) { return "alias of " + name; };
  return topology::Topology::build(inputs);
}

using Masters = std::vector<PublishedMaster>;
constexpr auto read_only = Member::Access::read_only;
constexpr auto writable = Member::Access::writable;

}  // namespace

TEST_CASE("the writable master of each cluster is published under its alias") {
  const auto picture = picture_of({{"a1", ""}, {"a2", "a1", read_only}, {"b1", ""}});
  CHECK(masters_to_publish(picture) == Masters{{"alias of a1:3306", {"a1", 3306}}, {"alias of b1:3306", {"b1", 3306}}});
}

TEST_CASE("only the cluster asked for is published") {
  const auto picture = picture_of({{"a1", ""}, {"b1", ""}});
  const auto second = picture.find_cluster("b1:3306");
  REQUIRE(second);
  CHECK(masters_to_publish(picture, *second) == Masters{{"alias of b1:3306", {"b1", 3306}}});
}

TEST_CASE("a master that does not answer, and one that is read-only, are not published") {
  CHECK(masters_to_publish(picture_of({{"a1", "", writable, Member::Check::failed}, {"a2", "a1", read_only}})).empty());
  CHECK(masters_to_publish(picture_of({{"a1", "", read_only}})).empty());
}

TEST_CASE("of two co-masters the writable one is published") {
  const auto picture = picture_of({{"a1", "a2", read_only}, {"a2", "a1", writable}});
  const auto masters = masters_to_publish(picture);
  REQUIRE(masters.size() == 1);
  CHECK(masters[0].key == InstanceKey{"a2", 3306});
}
