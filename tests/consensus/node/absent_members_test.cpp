// Members that come back to a group that has changed, or to which they themselves have changed.
#include "catch.hpp"
#include "group.hpp"

namespace consensus_test {
namespace {

using namespace consensus;

std::string known_address(const Node& node, const std::string& name) {
  for (const Member& member : node.status().core.configuration.voters) {
    if (member_name(member.id) == name) return member.address;
  }
  return {};
}

TEST_CASE("a member that moved and without which there is no leader is heard, leads, and tells where it is") {
  Group group;
  group.make({"a", "b", "c"});
  const std::string leader = group.leader();
  const std::string moved = group.followers().front();
  const std::string behind = group.followers().back();
  group.kill(behind);
  REQUIRE(group.propose(leader, "only one of the others has this"));
  group.kill(leader);
  group.kill(moved);
  group.move(moved);
  REQUIRE(group.start(behind));
  REQUIRE(group.start(moved));
  CHECK(group.leader() == moved);
  REQUIRE(group.wait([&] { return known_address(group.node(behind), moved) == group.address(moved); }));
  REQUIRE(group.propose(behind, "through the one that knew the old address"));
}

TEST_CASE("a member that was away takes a snapshot from a leader that joined meanwhile") {
  CoreOptions core = Group::quick();
  core.snapshot_after_entries = 20;
  core.trailing_entries = 0;
  core.max_cached_bytes = 0;
  Group group(core);
  group.make({"a", "b", "c", "d", "e"});
  const std::string away = group.followers().front();
  const std::string emptied = group.followers().back();
  group.kill(away);
  group.kill(emptied);
  group.wipe(emptied);
  REQUIRE(group.start(emptied));
  REQUIRE(group.join(emptied, group.leader()));
  const NodeId newcomer = group.node(emptied).status().core.id;
  REQUIRE(group.run(group.node(group.leader()).transfer(newcomer, group.in(10s))));
  REQUIRE(group.leader() == emptied);
  for (int i = 0; i < 60; ++i) REQUIRE(group.propose(emptied, std::to_string(i)));
  REQUIRE(group.wait([&] { return group.node(emptied).status().core.first.index > Index(30); }));
  REQUIRE(group.start(away));
  REQUIRE(group.read(away));
  CHECK(group.items(away) == group.items(emptied));
}

}  // namespace
}  // namespace consensus_test
