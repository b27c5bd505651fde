// Upstream edges form a graph with at most one edge out of each node, so that each component has one top: a node
// without an upstream, or one cycle.
#include "topology_clusters.hpp"

#include <algorithm>
#include <limits>

#include "topology_edges.hpp"

namespace topology {
namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

// What all nodes of a component lead up to, and the members.
struct Component {
  std::vector<NodeIndex> top;  // one node, or the cycle in upstream order
  std::vector<NodeIndex> members;
};

// Numbers the components while walking up from each node once.
class ComponentFinder {
 public:
  explicit ComponentFinder(const std::vector<Node>& nodes)
      : nodes_(nodes), component_of_(nodes.size(), none), walk_of_(nodes.size(), none) {}

  std::vector<Component> find() && {
    for (NodeIndex index = 0; index < nodes_.size(); ++index) {
      if (component_of_[index] == none) {
        walk_up(index);
      }
    }
    for (NodeIndex index = 0; index < nodes_.size(); ++index) {
      components_[component_of_[index]].members.push_back(index);
    }
    return std::move(components_);
  }

 private:
  void walk_up(NodeIndex start) {
    std::vector<NodeIndex> path;
    std::optional<NodeIndex> next = start;
    while (next && component_of_[*next] == none && walk_of_[*next] != start) {
      walk_of_[*next] = start;
      path.push_back(*next);
      next = nodes_[*next].upstream();
    }
    const bool is_new = !next || component_of_[*next] == none;
    const auto component = is_new ? components_.size() : component_of_[*next];
    if (is_new) {
      const auto top = next ? std::find(path.begin(), path.end(), *next) : std::prev(path.end());
      components_.push_back({std::vector<NodeIndex>(top, path.end()), {}});
    }
    for (const auto index : path) {
      component_of_[index] = component;
    }
  }

  const std::vector<Node>& nodes_;
  std::vector<std::size_t> component_of_;
  std::vector<NodeIndex> walk_of_;  // the start of the walk that last came by
  std::vector<Component> components_;
};

// Number of nodes below one of two co-masters, without the other and what hangs below that.
std::size_t own_tree_size(const std::vector<Node>& nodes, NodeIndex co_master, NodeIndex other) {
  std::vector<NodeIndex> queue{co_master};
  for (std::size_t next = 0; next < queue.size(); ++next) {
    for (const auto child : children_of(nodes, queue[next])) {
      if (child != other) {
        queue.push_back(child);
      }
    }
  }
  return queue.size();
}

NodeIndex choose_co_master(const std::vector<Node>& nodes, NodeIndex first, NodeIndex second) {
  // Having an upstream, both were measured.
  const bool first_writable = !nodes[first].instance()->read_only;
  const bool second_writable = !nodes[second].instance()->read_only;
  if (first_writable != second_writable) {
    return first_writable ? first : second;
  }
  const auto first_size = own_tree_size(nodes, first, second);
  const auto second_size = own_tree_size(nodes, second, first);
  if (first_size != second_size) {
    return first_size > second_size ? first : second;
  }
  return std::min(first, second);
}

NodeIndex choose_root(const std::vector<Node>& nodes, const std::vector<NodeIndex>& top) {
  if (top.size() == 2) {
    return choose_co_master(nodes, top[0], top[1]);
  }
  return *std::min_element(top.begin(), top.end());
}

// Every node is met once, since it has one upstream; only the root of a cycle would be met again.
void set_depths(std::vector<Node>& nodes, NodeIndex root) {
  nodes[root].depth = 0;
  std::vector<NodeIndex> queue{root};
  for (std::size_t next = 0; next < queue.size(); ++next) {
    const auto index = queue[next];
    for (const auto child : children_of(nodes, index)) {
      if (child != root) {
        nodes[child].depth = nodes[index].depth + 1;
        queue.push_back(child);
      }
    }
  }
}

}  // namespace

std::vector<Cluster> form_clusters(std::vector<Node>& nodes) {
  std::vector<Cluster> clusters;
  for (auto& component : ComponentFinder(nodes).find()) {
    for (const auto index : component.top) {
      nodes[index].in_cycle = component.top.size() > 1 && !nodes[index].is_co_master;
    }
    Cluster cluster;
    cluster.root = choose_root(nodes, component.top);
    cluster.name = nodes[cluster.root].key().to_string();
    cluster.members = std::move(component.members);
    set_depths(nodes, cluster.root);
    clusters.push_back(std::move(cluster));
  }
  std::sort(clusters.begin(), clusters.end(),
            [](const Cluster& left, const Cluster& right) { return left.name < right.name; });
  for (ClusterIndex index = 0; index < clusters.size(); ++index) {
    for (const auto member : clusters[index].members) {
      nodes[member].cluster = index;
    }
  }
  return clusters;
}

}  // namespace topology
