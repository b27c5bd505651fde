// Each line is a tree name and seven tokens; the formats differ only in how these are joined and aligned.
#include "topology/topology_text.hpp"

#include <algorithm>
#include <array>

namespace topology {
namespace {

// lag, status, version, ro or rw, binlog format, extras
using Tokens = std::array<std::string, 6>;

struct Line {
  std::string tree;          // indentation, marker, name and alias
  std::size_t name_end = 0;  // where in it the name ends
  Tokens tokens;
  std::string tags;  // with brackets; "" when not asked for
};

bool is_detached(const Node& node) {
  const auto* channel = node.instance() == nullptr ? nullptr : node.instance()->primary_channel();
  return node.is_detached || (channel != nullptr && channel->exec_coordinates.file.starts_with("//"));
}

std::string lag_token(const Node& node, const Freshness& fresh) {
  if (is_detached(node)) {
    return "detached";
  }
  const auto* instance = node.instance();
  if (instance == nullptr || !fresh.last_check_valid || !fresh.recently_checked) {
    return "unknown";
  }
  if (has_replication_threads(*instance) && (!is_replicating(*instance) || !instance->lag)) {
    return "null";
  }
  return std::to_string(instance->lag.value_or(std::chrono::seconds(0)).count()) + "s";
}

std::string status_token(const Instance& instance, const Freshness& fresh, const ViewPolicy& policy) {
  if (!fresh.last_check_valid) {
    return "invalid";
  }
  if (!fresh.recently_checked) {
    return "unchecked";
  }
  if (has_replication_threads(instance) && !is_replicating(instance)) {
    return "nonreplicating";
  }
  return instance.lag && *instance.lag > policy.reasonable_maintenance_lag ? "lag" : "ok";
}

std::string extras_token(const Node& node, const Instance& instance, const TopologyTextOptions& options) {
  std::string extras;
  const auto add = [&extras](std::string_view extra) {
    extras += extras.empty() ? "" : ",";
    extras += extra;
  };
  if (instance.log_bin && instance.log_replica_updates) {
    add(">>");
  }
  const auto* channel = instance.primary_channel();
  const bool uses_gtid = channel != nullptr && (channel->auto_position || channel->uses_mariadb_gtid());
  if (uses_gtid || instance.supports_mysql_gtid()) {
    add(node.errant_gtid_set.empty() ? "GTID" : "GTID:errant");
  }
  if (instance.attributes.has_pseudo_gtid) {
    add("P-GTID");
  }
  if (instance.semi_sync.master_enabled) {
    add("semi:master");
  }
  if (instance.semi_sync.replica_enabled) {
    add("semi:replica");
  }
  if (options.is_downtimed && options.is_downtimed(node.key())) {
    add("downtimed");
  }
  return extras;
}

Tokens tokens_of(const Node& node, const TopologyTextOptions& options) {
  // An instance that was never measured has the defaults of one, as its row has in the legacy backend.
  static const Instance unmeasured;
  const auto& instance = node.instance() == nullptr ? unmeasured : *node.instance();
  const auto fresh = freshness(node.observation->check, options.now, options.policy);
  return {lag_token(node, fresh),
          status_token(instance, fresh, options.policy),
          instance.version.text,
          instance.read_only ? "ro" : "rw",
          instance.log_bin ? instance.binlog_format : "nobinlog",
          extras_token(node, instance, options)};
}

std::string bracketed(const Tokens& tokens) {
  std::string text;
  for (const auto& token : tokens) {
    if (!token.empty()) {
      text += text.empty() ? "" : ",";
      text += token;
    }
  }
  return "[" + text + "]";
}

std::string_view marker(const Node& node, const TopologyTextOptions& options) {
  const auto* instance = node.instance();
  if (instance != nullptr && is_group_secondary(*instance)) {
    return "\u2021 ";  // a double dagger
  }
  const auto fresh = freshness(node.observation->check, options.now, options.policy);
  const bool healthy =
      instance != nullptr && is_replicating(*instance) && fresh.last_check_valid && fresh.recently_checked;
  return healthy ? "+ " : "- ";
}

Line make_line(const Node& node, std::size_t depth, const TopologyTextOptions& options) {
  Line line;
  if (depth > 0) {
    line.tree = std::string(2 * (depth - 1), ' ');
    line.tree += marker(node, options);
  }
  line.tree += node.key().to_string();
  line.name_end = line.tree.size();
  if (node.instance() != nullptr && !node.instance()->attributes.instance_alias.empty()) {
    line.tree += " (" + node.instance()->attributes.instance_alias + ")";
  }
  line.tokens = tokens_of(node, options);
  if (options.format == TopologyFormat::tags) {
    for (const auto& tag : options.tags ? options.tags(node.key()) : std::vector<std::string>()) {
      line.tags += line.tags.empty() ? "" : ",";
      line.tags += tag;
    }
    line.tags = " [" + line.tags + "]";
  }
  return line;
}

// Where a branch begins.
struct Branch {
  NodeIndex node = 0;
  std::size_t depth = 0;
};

// Depth first, children by key. A co-master is a branch of its own, the root of a ring is not met again.
std::vector<Line> make_lines(const Topology& topology, const Cluster& cluster, const TopologyTextOptions& options) {
  auto masters = topology.masters(cluster);
  std::sort(masters.begin(), masters.end(), std::greater<>());
  const bool is_tree = masters.size() == 1;
  std::vector<Branch> stack;
  for (const auto master : masters) {
    stack.push_back({master, is_tree ? 0U : 1U});
  }
  std::vector<Line> lines;
  while (!stack.empty()) {
    const auto [index, depth] = stack.back();
    stack.pop_back();
    lines.push_back(make_line(topology.node(index), depth, options));
    auto children = topology.children(index);
    std::reverse(children.begin(), children.end());
    for (const auto child : children) {
      if (std::find(masters.begin(), masters.end(), child) == masters.end()) {
        stack.push_back({child, depth + 1});
      }
    }
  }
  return lines;
}

// Blanks are put before a line's first bracket, so that all first brackets stand in one column.
std::vector<std::string> align_brackets(const std::vector<Line>& lines) {
  std::vector<std::string> texts;
  std::vector<std::size_t> columns;
  for (const auto& line : lines) {
    texts.push_back(line.tree + " " + bracketed(line.tokens) + line.tags);
    columns.push_back(texts.back().find('[', line.name_end));
  }
  const auto widest = columns.empty() ? 0 : *std::max_element(columns.begin(), columns.end());
  for (std::size_t index = 0; index < texts.size(); ++index) {
    texts[index].insert(columns[index], widest - columns[index], ' ');
  }
  return texts;
}

// Every cell, the last too, is as wide as its column's widest; the lag is to the right, the others to the left.
std::vector<std::string> align_cells(const std::vector<Line>& lines) {
  constexpr std::size_t columns = 1 + std::tuple_size_v<Tokens>;
  constexpr std::size_t lag_column = 1;
  const auto cell = [](const Line& line, std::size_t column) -> const std::string& {
    return column == 0 ? line.tree : line.tokens[column - 1];
  };
  std::vector<std::string> texts(lines.size());
  for (std::size_t column = 0; column < columns; ++column) {
    std::size_t width = 0;
    for (const auto& line : lines) {
      width = std::max(width, cell(line, column).size());
    }
    for (std::size_t index = 0; index < lines.size(); ++index) {
      const auto& text = cell(lines[index], column);
      const std::string padding(width - text.size(), ' ');
      texts[index] += column == 0 ? "" : "|";
      texts[index] += column == lag_column ? padding + text : text + padding;
    }
  }
  return texts;
}

}  // namespace

std::string topology_text(const Topology& topology, const Cluster& cluster, const TopologyTextOptions& options) {
  const auto lines = make_lines(topology, cluster, options);
  const auto texts = options.format == TopologyFormat::tabulated ? align_cells(lines) : align_brackets(lines);
  std::string result;
  for (const auto& text : texts) {
    result += result.empty() ? "" : "\n";
    result += text;
  }
  return result;
}

std::string instance_description(const Node& node, const TopologyTextOptions& options) {
  return bracketed(tokens_of(node, options));
}

}  // namespace topology
