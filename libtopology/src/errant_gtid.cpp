// Follows the legacy rule (own set without the ancestors' UUIDs, minus the master's set), over all channels.
#include "errant_gtid.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include "topology/mysql_gtid_set.hpp"

namespace topology {
namespace {

std::string lower_case(std::string text) {
  for (auto& letter : text) {
    letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return text;
}

// With GTIDs on, an empty set is a fact: a server that has executed nothing yet.
bool has_gtid_set(const Instance* instance) noexcept {
  return instance != nullptr && instance->version.has_mysql_gtid() &&
         (instance->supports_mysql_gtid() || !instance->executed_gtid_set.empty());
}

// Calls a function with each part of a set's text between commas, without the blanks before it.
template <class Function>
void for_each_part(std::string_view text, Function&& function) {
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    auto part = text.substr(0, comma);
    part.remove_prefix(std::min(part.find_first_not_of(" \t\r\n"), part.size()));
    function(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
}

bool has_part(std::string_view text, std::string_view wanted) {
  bool found = false;
  for_each_part(text, [&](std::string_view part) { found = found || part == wanted; });
  return found;
}

// Without the parts that one look tells to be of no interest: those of the given UUIDs, and those that the other text
// has in the same letters. What is left of a healthy replica is nothing, and most replicas are healthy.
std::string without_plain_parts(std::string_view text, std::span<const std::string> uuids, std::string_view other) {
  std::string rest;
  for_each_part(text, [&](std::string_view part) {
    const auto is_of = [part](const std::string& uuid) {
      return part.size() > uuid.size() && part.starts_with(uuid) && part[uuid.size()] == ':';
    };
    if (std::none_of(uuids.begin(), uuids.end(), is_of) && !has_part(other, part)) {
      rest += (rest.empty() ? "" : ",") + std::string(part);
    }
  });
  return rest;
}

// A text that the server did not write as it should counts as the empty set.
MysqlGtidSet parse_or_empty(std::string_view text) {
  auto parsed = MysqlGtidSet::parse(text);
  return parsed ? std::move(*parsed) : MysqlGtidSet();
}

class ErrantFinder {
 public:
  explicit ErrantFinder(const std::vector<Node>& nodes)
      : nodes_(nodes), visit_of_(nodes.size(), nodes.size()), sets_(nodes.size()) {}

  std::string find(NodeIndex index) {
    const auto& instance = *nodes_[index].instance();
    const auto sources = sources_of(index);
    const auto unmeasured = [this](NodeIndex source) { return !has_gtid_set(nodes_[source].instance()); };
    if (sources.empty() || std::any_of(sources.begin(), sources.end(), unmeasured) || has_unknown_source(instance)) {
      return "";
    }
    const auto foreign = foreign_uuids(index);
    const auto text =
        without_plain_parts(instance.executed_gtid_set, foreign, nodes_[sources.front()].instance()->executed_gtid_set);
    auto rest = parse_or_empty(text).without_uuids(foreign);
    for (const auto source : sources) {
      if (rest.empty()) {
        break;
      }
      rest = rest.subtracted(set_of(source));
    }
    return rest.to_string();
  }

 private:
  [[nodiscard]] std::vector<NodeIndex> sources_of(NodeIndex index) const {
    const auto& node = nodes_[index];
    auto sources = node.extra_masters;
    for (const auto& upstream : {node.master, node.group_primary}) {
      if (upstream) {
        sources.push_back(*upstream);
      }
    }
    return sources;
  }

  // A channel whose source is no node brings transactions that cannot be told from the replica's own.
  [[nodiscard]] bool has_unknown_source(const Instance& instance) const {
    const auto& channels = instance.channels;
    const auto is_known = [this](const InstanceKey& key) {
      const auto found = std::lower_bound(nodes_.begin(), nodes_.end(), key,
                                          [](const Node& node, const InstanceKey& each) { return node.key() < each; });
      return found != nodes_.end() && found->key() == key;
    };
    return channels.size() > 1 && std::any_of(channels.begin(), channels.end(), [&](const ReplicationChannel& channel) {
             return channel.source.is_valid() && !is_known(channel.source);
           });
  }

  // UUIDs whose transactions are not the node's own: of its ancestors and their groups.
  std::vector<std::string> foreign_uuids(NodeIndex index) {
    const auto& node = nodes_[index];
    const auto own_uuid = lower_case(node.instance()->server_uuid);
    const bool in_loop = node.is_co_master || node.in_cycle;
    std::vector<std::string> uuids;
    const auto add = [&](const std::string& uuid) {
      if (!uuid.empty()) {
        uuids.push_back(lower_case(uuid));
      }
    };
    add(node.instance()->group.name);
    for (const auto& channel : node.instance()->channels) {
      add(channel.source_uuid);
    }
    for (const auto ancestor : ancestors(index)) {
      if (const auto* instance = nodes_[ancestor].instance()) {
        add(instance->server_uuid);
        add(instance->group.name);
      }
    }
    std::erase(uuids, own_uuid);
    if (in_loop) {
      uuids.push_back(own_uuid);
    }
    return uuids;
  }

  std::vector<NodeIndex> ancestors(NodeIndex index) {
    std::vector<NodeIndex> found;
    visit_of_[index] = index;
    const auto visit = [&](NodeIndex from) {
      for (const auto source : sources_of(from)) {
        if (visit_of_[source] != index) {
          visit_of_[source] = index;
          found.push_back(source);
        }
      }
    };
    visit(index);
    for (std::size_t next = 0; next < found.size(); ++next) {
      visit(found[next]);
    }
    return found;
  }

  const MysqlGtidSet& set_of(NodeIndex index) {
    auto& set = sets_[index];
    if (!set) {
      set = parse_or_empty(nodes_[index].instance()->executed_gtid_set);
    }
    return *set;
  }

  const std::vector<Node>& nodes_;
  std::vector<NodeIndex> visit_of_;  // the node whose ancestors were collected when this one was last met
  std::vector<std::optional<MysqlGtidSet>> sets_;
};

}  // namespace

void find_errant_gtids(std::vector<Node>& nodes) {
  ErrantFinder finder(nodes);
  for (NodeIndex index = 0; index < nodes.size(); ++index) {
    if (has_gtid_set(nodes[index].instance())) {
      nodes[index].errant_gtid_set = finder.find(index);
    }
  }
}

}  // namespace topology
