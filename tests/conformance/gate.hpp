// What of a script's output is compared: the lines that show state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "node.hpp"

namespace conformance {

// Later editions of the scripts print what a leader has told of its commit index; ours has no such figure.
[[nodiscard]] std::string without_sent_commit(std::string_view text);

// The lines of raft-state, status and raft-log blocks.
[[nodiscard]] std::vector<std::string> state_lines(std::string_view expected);
// What the nodes of a `stabilize` block have come to, from the last of each node's printed states:
// "1: Term:1 Vote:1 Commit:3", "1: Lead:1 State:StateLeader"; sorted.
[[nodiscard]] std::vector<std::string> settled_lines(std::string_view expected);

// The same lines of our nodes.
[[nodiscard]] std::string raft_state_line(const Node& node);
[[nodiscard]] std::vector<std::string> status_lines(const Node& node);
[[nodiscard]] std::vector<std::string> raft_log_lines(const Node& node, const ChangeTexts& texts);
[[nodiscard]] std::string hard_state_line(const Node& node);
[[nodiscard]] std::string soft_state_line(const Node& node);

}  // namespace conformance
