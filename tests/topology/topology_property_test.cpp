// Invariants of the picture on seeded random fleets: rings, co-masters, detached and unmeasured servers included.
#include <algorithm>
#include <random>
#include <set>

#include "catch.hpp"
#include "fleet.hpp"

using namespace topology_test;
using topology::NodeIndex;
using topology::Topology;

namespace {

using Random = std::mt19937_64;

std::size_t pick(Random& random, std::size_t first, std::size_t last) {
  return std::uniform_int_distribution<std::size_t>(first, last)(random);
}

std::string name(std::size_t number) {
  return "h" + std::to_string(number);
}

Fleet random_fleet(Random& random) {
  Fleet fleet;
  const auto count = pick(random, 1, 25);
  for (std::size_t number = 0; number < count; ++number) {
    const auto kind = pick(random, 0, 19);
    // One past the last is a master that nobody knows.
    const auto source = name(pick(random, 0, count));
    if (kind == 0) {
      fleet.add_unmeasured(name(number));
    } else if (kind < 4) {
      fleet.add(name(number));
    } else {
      fleet.add(name(number), (kind == 4 ? "//" : "") + source);
      fleet[name(number)].read_only = pick(random, 0, 1) == 0;
    }
  }
  return fleet;
}

void check_edges(const Topology& topology) {
  for (NodeIndex index = 0; index < topology.nodes().size(); ++index) {
    const auto& each = topology.node(index);
    REQUIRE(topology.find(each.key()) == index);
    REQUIRE(each.master != index);
    if (each.master) {
      const auto& replicas = topology.node(*each.master).replicas;
      REQUIRE(std::count(replicas.begin(), replicas.end(), index) == 1);
      REQUIRE(each.is_co_master == (topology.node(*each.master).master == index));
    }
    for (const auto replica : each.replicas) {
      REQUIRE(topology.node(replica).master == index);
    }
  }
}

void check_clusters(const Topology& topology) {
  std::vector<int> seen(topology.nodes().size(), 0);
  std::set<std::string> ids;
  for (const auto& cluster : topology.clusters()) {
    REQUIRE(ids.insert(cluster.id).second);
    REQUIRE_FALSE(cluster.id.empty());
    REQUIRE(cluster.name == topology.node(cluster.root).key().to_string());
    REQUIRE(std::is_sorted(cluster.members.begin(), cluster.members.end()));
    for (const auto member : cluster.members) {
      const auto& each = topology.node(member);
      seen[member] += 1;
      REQUIRE(&topology.cluster_of(each) == &cluster);
      REQUIRE((each.depth == 0) == (member == cluster.root));
      if (member != cluster.root) {
        REQUIRE(each.upstream());
        REQUIRE(topology.cluster_of(topology.node(*each.upstream())).id == cluster.id);
        REQUIRE(each.depth == topology.node(*each.upstream()).depth + 1);
        REQUIRE(topology.is_descendant(member, cluster.root));
      }
    }
    auto below_root = topology.descendants(cluster.root);
    REQUIRE(below_root.size() + 1 == cluster.members.size());
  }
  REQUIRE(std::all_of(seen.begin(), seen.end(), [](int times) { return times == 1; }));
  REQUIRE(std::is_sorted(topology.clusters().begin(), topology.clusters().end(),
                         [](const auto& left, const auto& right) { return left.name < right.name; }));
}

void check_descendants(const Topology& topology) {
  for (NodeIndex index = 0; index < topology.nodes().size(); ++index) {
    const auto below = topology.descendants(index);
    const std::set<NodeIndex> distinct(below.begin(), below.end());
    REQUIRE(distinct.size() == below.size());
    REQUIRE_FALSE(distinct.contains(index));
    for (NodeIndex other = 0; other < topology.nodes().size(); ++other) {
      REQUIRE(topology.is_descendant(other, index) == distinct.contains(other));
    }
    const auto& each = topology.node(index);
    const bool in_loop = each.master && distinct.contains(*each.master);
    REQUIRE(in_loop == (each.in_cycle || each.is_co_master));
  }
}

bool is_same(const Topology& left, const Topology& right) {
  return std::equal(left.clusters().begin(), left.clusters().end(), right.clusters().begin(), right.clusters().end(),
                    [](const auto& a, const auto& b) {
                      return a.id == b.id && a.name == b.name && a.root == b.root && a.members == b.members;
                    });
}

}  // namespace

TEST_CASE("Every random fleet makes a consistent picture") {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    auto fleet = random_fleet(random);
    const auto topology = fleet.build();
    check_edges(topology);
    check_clusters(topology);
    check_descendants(topology);
  }
}

TEST_CASE("The order of observations plays no part, and the same picture comes out again") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    auto fleet = random_fleet(random);
    const auto first = fleet.build();
    auto inputs = fleet.inputs;
    std::shuffle(inputs.observations.begin(), inputs.observations.end(), random);
    REQUIRE(is_same(first, Topology::build(inputs)));
  }
}

TEST_CASE("Random changes keep ids unique, and a cluster whose members stay keeps its id") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    Fleet fleet;
    const auto count = pick(random, 2, 12);
    fleet.add(name(0));
    for (std::size_t number = 1; number < count; ++number) {
      fleet.add(name(number), name(pick(random, 0, number - 1)));
    }
    const auto id = fleet.build().clusters().front().id;
    // Any member becomes the master of all others.
    const auto master = pick(random, 0, count - 1);
    for (std::size_t number = 0; number < count; ++number) {
      fleet.add(name(number), number == master ? "" : name(master));
    }
    const auto swapped = fleet.build();
    REQUIRE(swapped.clusters().size() == 1);
    REQUIRE(swapped.clusters().front().id == id);
    for (int change = 0; change < 5; ++change) {
      const auto victim = pick(random, 0, count - 1);
      fleet.add(name(victim), pick(random, 0, 1) == 0 ? "" : name(pick(random, 0, count - 1)));
      check_clusters(fleet.build());
    }
  }
}
