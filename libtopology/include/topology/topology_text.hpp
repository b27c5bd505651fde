// A cluster as a tree of text lines, byte for byte as the legacy commands topology and topology-tabulated print it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "topology/problems.hpp"
#include "topology/topology.hpp"

namespace topology {

enum class TopologyFormat {
  plain,      // "+ db2:3306 [0s,ok,8.0.36,ro,ROW,>>,GTID]", the brackets in one column
  tabulated,  // "+ db2:3306|0s|ok|8.0.36|ro|ROW|>>,GTID", the cells in columns
  tags,       // plain, then " [tag1,tag2=value]"
};

// What the text needs to know beside the picture. Functions may be empty; they must not throw.
struct TopologyTextOptions {
  TopologyFormat format = TopologyFormat::plain;
  SystemTime now{};
  ViewPolicy policy{};
  std::function<bool(const InstanceKey&)> is_downtimed;
  std::function<std::vector<std::string>(const InstanceKey&)> tags;  // "name" or "name=value", in order
};

// Lines joined by newlines, none at the end. The root has depth 0; co-masters are each a branch of depth 1 that does
// not repeat the other; a ring is printed from its root on. Group secondaries hang under their primary. IPv6 literals
// keep their brackets, which play no part in the alignment.
[[nodiscard]] std::string topology_text(const Topology& topology, const Cluster& cluster,
                                        const TopologyTextOptions& options);

// The bracket part of one instance, "[0s,ok,8.0.36,ro,ROW,>>,GTID]": the legacy instance-status.
[[nodiscard]] std::string instance_description(const Node& node, const TopologyTextOptions& options);

}  // namespace topology
