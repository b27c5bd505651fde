// Searching is a scan: a fleet has thousands of instances, not millions.
#include "topology/search.hpp"

#include <algorithm>
#include <string>
#include <tuple>

namespace topology {
namespace {

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (auto& letter : result) {
    letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return result;
}

std::string_view without_blanks_around(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool matches(const Node& node, const Cluster& cluster, const std::string& wanted) {
  const auto has = [&wanted](std::string_view text) { return lower_case(text).find(wanted) != std::string::npos; };
  const auto& key = node.key();
  if (has(key.to_string()) || std::to_string(key.port) == wanted || has(cluster.name) || has(cluster.alias)) {
    return true;
  }
  const auto* instance = node.instance();
  if (instance == nullptr) {
    return false;
  }
  const auto& attributes = instance->attributes;
  return has(instance->version.text) || has(instance->version.comment) || has(attributes.data_center) ||
         has(attributes.region) || has(attributes.instance_alias) || std::to_string(instance->server_id) == wanted;
}

std::vector<NodeIndex> select(const Topology& topology, const std::function<bool(const Node&)>& predicate) {
  std::vector<NodeIndex> found;
  for (NodeIndex index = 0; index < topology.nodes().size(); ++index) {
    if (predicate(topology.node(index))) {
      found.push_back(index);
    }
  }
  // Clusters are numbered by name and nodes by key.
  const auto replica_count = [](const Node& node) {
    return node.instance() == nullptr ? 0 : node.instance()->replicas.size();
  };
  std::sort(found.begin(), found.end(), [&](NodeIndex left, NodeIndex right) {
    const auto& a = topology.node(left);
    const auto& b = topology.node(right);
    return std::tuple(a.depth, replica_count(b), a.cluster, left) <
           std::tuple(b.depth, replica_count(a), b.cluster, right);
  });
  return found;
}

}  // namespace

std::vector<NodeIndex> search_instances(const Topology& topology, std::string_view text) {
  const auto wanted = lower_case(without_blanks_around(text));
  return select(topology, [&](const Node& node) { return matches(node, topology.cluster_of(node), wanted); });
}

std::vector<NodeIndex> find_instances(const Topology& topology, const std::function<bool(std::string_view)>& accepts) {
  return select(topology, [&](const Node& node) { return accepts(node.key().to_string()); });
}

}  // namespace topology
