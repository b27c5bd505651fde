// Edges follow from each instance's own measurement; the other ends are looked up by key.
#include "topology_edges.hpp"

#include <algorithm>
#include <string_view>

#include "topology/problems.hpp"

namespace topology {
namespace {

// The node a source's name leads to; nothing for an unknown, unset or detached one, or for the node itself.
std::optional<NodeIndex> find_source(const InstanceKey& source, NodeIndex self, const NodeByKey& by_key) {
  const auto found = by_key.find(source);
  return found == by_key.end() || found->second == self ? std::nullopt : std::optional(found->second);
}

void find_upstreams(Node& node, NodeIndex self, const NodeByKey& by_key) {
  const auto* instance = node.instance();
  if (instance == nullptr) {
    return;
  }
  if (is_group_secondary(*instance)) {
    node.group_primary = find_source(instance->group.primary, self, by_key);
  }
  const auto* primary = instance->primary_channel();
  if (primary == nullptr) {
    return;
  }
  node.is_detached = primary->source.is_detached();
  node.master = find_source(primary->source, self, by_key);
  for (const auto& channel : instance->channels) {
    const auto source = find_source(channel.source, self, by_key);
    const bool is_new =
        source && source != node.master &&
        std::find(node.extra_masters.begin(), node.extra_masters.end(), *source) == node.extra_masters.end();
    if (is_new) {
      node.extra_masters.push_back(*source);
    }
  }
}

void find_same_servers(std::vector<Node>& nodes) {
  std::unordered_map<std::string_view, std::vector<NodeIndex>> by_uuid;
  for (NodeIndex index = 0; index < nodes.size(); ++index) {
    const auto* instance = nodes[index].instance();
    if (instance != nullptr && !instance->server_uuid.empty()) {
      by_uuid[instance->server_uuid].push_back(index);
    }
  }
  for (const auto& [uuid, names] : by_uuid) {
    for (const auto name : names) {
      std::copy_if(names.begin(), names.end(), std::back_inserter(nodes[name].same_server),
                   [name](NodeIndex other) { return other != name; });
    }
  }
}

}  // namespace

void link_nodes(std::vector<Node>& nodes, const NodeByKey& by_key) {
  for (NodeIndex index = 0; index < nodes.size(); ++index) {
    find_upstreams(nodes[index], index, by_key);
  }
  for (NodeIndex index = 0; index < nodes.size(); ++index) {
    auto& node = nodes[index];
    if (node.master) {
      auto& master = nodes[*node.master];
      master.replicas.push_back(index);
      node.is_co_master = master.master == index && !node.group_primary && !master.group_primary;
    }
    if (node.group_primary) {
      nodes[*node.group_primary].group_secondaries.push_back(index);
    }
  }
  find_same_servers(nodes);
}

std::vector<NodeIndex> children_of(const std::vector<Node>& nodes, NodeIndex index) {
  const auto& node = nodes[index];
  std::vector<NodeIndex> children;
  children.reserve(node.replicas.size() + node.group_secondaries.size());
  // A group secondary with a master of its own hangs under its primary only.
  std::copy_if(node.replicas.begin(), node.replicas.end(), std::back_inserter(children),
               [&](NodeIndex replica) { return !nodes[replica].group_primary; });
  if (!node.group_secondaries.empty()) {
    children.insert(children.end(), node.group_secondaries.begin(), node.group_secondaries.end());
    std::sort(children.begin(), children.end());
  }
  return children;
}

}  // namespace topology
