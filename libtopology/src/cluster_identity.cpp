// Ids go to clusters in the order of their claims' weight.
#include "cluster_identity.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace topology {
namespace {

// The members of one cluster that had one id.
struct Claim {
  ClusterId id;
  ClusterIndex cluster = 0;
  std::size_t count = 0;
  std::size_t reachable = 0;
  NodeIndex smallest = 0;
};

bool is_heavier(const Claim& left, const Claim& right) {
  return std::tuple(right.count, right.reachable, left.smallest) <
         std::tuple(left.count, left.reachable, right.smallest);
}

std::vector<Claim> collect_claims(const std::vector<Node>& nodes, const TopologyInputs& inputs) {
  std::map<std::pair<ClusterId, ClusterIndex>, Claim> claims;
  for (NodeIndex index = 0; index < nodes.size(); ++index) {
    const auto& node = nodes[index];
    const auto known = inputs.cluster_ids.find(node.key());
    if (known == inputs.cluster_ids.end() || known->second.empty()) {
      continue;
    }
    const auto [place, is_new] = claims.try_emplace({known->second, node.cluster});
    auto& claim = place->second;
    if (is_new) {
      claim = {.id = known->second, .cluster = node.cluster, .smallest = index};
    }
    claim.count += 1;
    claim.reachable += node.observation->check.last_check_valid ? 1 : 0;
  }
  std::vector<Claim> sorted;
  sorted.reserve(claims.size());
  for (auto& [key, claim] : claims) {
    sorted.push_back(std::move(claim));
  }
  std::sort(sorted.begin(), sorted.end(), is_heavier);
  return sorted;
}

// The cluster's name, made different from all ids in use.
ClusterId id_from_name(const std::string& name, const std::set<ClusterId>& used) {
  auto id = name;
  for (int number = 2; used.contains(id); ++number) {
    id = name + "#" + std::to_string(number);
  }
  return id;
}

void assign_ids(std::vector<Cluster>& clusters, const std::vector<Node>& nodes, const TopologyInputs& inputs) {
  std::set<ClusterId> used;
  for (const auto& claim : collect_claims(nodes, inputs)) {
    auto& cluster = clusters[claim.cluster];
    if (cluster.id.empty() && used.insert(claim.id).second) {
      cluster.id = claim.id;
    }
  }
  for (auto& cluster : clusters) {
    if (cluster.id.empty()) {
      cluster.id = inputs.new_cluster_id ? inputs.new_cluster_id() : id_from_name(cluster.name, used);
      used.insert(cluster.id);
    }
  }
}

// What the cluster's masters say, the root first; "" when they say nothing.
std::string said_by_masters(const Cluster& cluster, const std::vector<Node>& nodes,
                            std::string InstanceAttributes::* attribute) {
  const auto& root = nodes[cluster.root];
  const auto said_by = [attribute](const Node& node) {
    return node.instance() == nullptr ? std::string() : node.instance()->attributes.*attribute;
  };
  auto said = said_by(root);
  if (said.empty() && root.is_co_master && root.master) {
    said = said_by(nodes[*root.master]);
  }
  return said;
}

std::string remembered(const std::unordered_map<ClusterId, std::string>& texts, const ClusterId& id) {
  const auto found = texts.find(id);
  return found == texts.end() ? std::string() : found->second;
}

std::string choose_alias(const Cluster& cluster, const std::vector<Node>& nodes, const TopologyInputs& inputs) {
  auto alias = remembered(inputs.alias_overrides, cluster.id);
  if (alias.empty()) {
    alias = said_by_masters(cluster, nodes, &InstanceAttributes::cluster_alias);
  }
  if (alias.empty() && inputs.alias_of_name) {
    alias = inputs.alias_of_name(cluster.name);
  }
  if (alias.empty()) {
    alias = remembered(inputs.aliases, cluster.id);
  }
  return alias.empty() ? cluster.name : alias;
}

}  // namespace

void identify_clusters(std::vector<Cluster>& clusters, const std::vector<Node>& nodes, const TopologyInputs& inputs) {
  assign_ids(clusters, nodes, inputs);
  for (auto& cluster : clusters) {
    cluster.alias = choose_alias(cluster, nodes, inputs);
    cluster.domain = said_by_masters(cluster, nodes, &InstanceAttributes::cluster_domain);
    if (cluster.domain.empty()) {
      cluster.domain = remembered(inputs.domains, cluster.id);
    }
  }
}

}  // namespace topology
