// Finds and prints the lines that show state.
#include "gate.hpp"

#include <algorithm>
#include <map>
#include <regex>

#include "changes.hpp"
#include "script.hpp"

namespace conformance {
namespace {

using namespace consensus;

std::string trimmed(const std::string& line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first == std::string::npos ? std::string() : line.substr(first);
}

std::string_view role_name(Role role) {
  switch (role) {
    case Role::follower:
      return "StateFollower";
    case Role::pre_candidate:
      return "StatePreCandidate";
    case Role::candidate:
      return "StateCandidate";
    case Role::leader:
      return "StateLeader";
  }
  return {};
}

std::string_view replication_name(ReplicationState state) {
  switch (state) {
    case ReplicationState::probe:
      return "StateProbe";
    case ReplicationState::replicate:
      return "StateReplicate";
    case ReplicationState::snapshot:
      return "StateSnapshot";
  }
  return {};
}

std::string number_or_zero(const std::optional<NodeId>& id) {
  return std::to_string(id ? number_of(*id) : 0);
}

std::string text_of(Index index) {
  return std::to_string(index.value());
}

std::string peer_line(const PeerStatus& peer, std::size_t window) {
  std::string line = std::to_string(number_of(peer.id)) + ": ";
  line += replication_name(peer.state);
  line += " match=" + text_of(peer.match) + " next=" + text_of(peer.next);
  if (peer.learner) line += " learner";
  if (peer.paused) line += " paused";
  if (!peer.pending_snapshot.is_zero()) line += " pendingSnap=" + text_of(peer.pending_snapshot);
  if (!peer.recently_active) line += " inactive";
  if (peer.inflight_requests > 0) {
    line += " inflight=" + std::to_string(peer.inflight_requests);
    if (peer.inflight_requests >= window) line += "[full]";
  }
  return line;
}

// A string as the scripts quote it.
std::string quoted(std::string_view text) {
  std::string quote = "\"";
  for (const char one : text) {
    if (one == '"' || one == '\\') quote += '\\';
    quote += one;
  }
  return quote + '"';
}

std::string entry_line(const Entry& entry, const ChangeTexts& texts) {
  std::string line = std::to_string(entry.term.value()) + '/' + std::to_string(entry.index.value());
  if (entry.kind != EntryKind::configuration) return line + " EntryNormal " + quoted(entry.payload.view());
  const auto text = texts.find({entry.term.value(), entry.index.value()});
  line += " EntryConfChangeV2";
  if (text != texts.end() && !text->second.empty()) line += ' ' + text->second;
  return line;
}

}  // namespace

std::string without_sent_commit(std::string_view text) {
  static const std::regex sent_commit(R"((match=\d+) commit=\d+)");
  return std::regex_replace(std::string(text), sent_commit, "$1");
}

std::vector<std::string> state_lines(std::string_view expected) {
  static const std::regex state(R"(^(\d+: State\w+ (\((Non-)?Voter\) |match=).*|\d+/\d+ Entry.*|log is empty: .*)$)");
  static const std::regex first_version("EntryConfChange( |$)");
  std::vector<std::string> lines;
  for (const std::string& line : split_lines(without_sent_commit(expected))) {
    if (std::regex_match(line, state)) lines.push_back(std::regex_replace(line, first_version, "EntryConfChangeV2$1"));
  }
  return lines;
}

std::vector<std::string> settled_lines(std::string_view expected) {
  static const std::regex header(R"(^> (\d+) handling Ready$)");
  static const std::regex hard(R"(^HardState Term:(\d+)(?: Vote:(\d+))? Commit:(\d+)$)");
  static const std::regex soft(R"(^Lead:\d+ State:\w+$)");
  std::map<std::string, std::string> hard_states;
  std::map<std::string, std::string> soft_states;
  std::string node;
  for (const std::string& indented : split_lines(expected)) {
    const std::string line = trimmed(indented);
    std::smatch match;
    if (std::regex_match(line, match, header)) {
      node = match[1];
    } else if (std::regex_match(line, match, hard)) {
      const std::string vote = match[2].matched ? match[2].str() : "0";
      hard_states[node] = node + ": Term:" + match[1].str() + " Vote:" + vote + " Commit:" + match[3].str();
    } else if (std::regex_match(line, match, soft)) {
      soft_states[node] = node + ": " + line;
    }
  }
  std::vector<std::string> lines;
  for (const auto& [number, text] : hard_states) lines.push_back(text);
  for (const auto& [number, text] : soft_states) lines.push_back(text);
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string raft_state_line(const Node& node) {
  const CoreStatus status = node.status();
  std::string line = std::to_string(node.number()) + ": ";
  line += role_name(status.role);
  line += status.configuration.is_voter(status.id) ? " (Voter)" : " (Non-Voter)";
  return line + " Term:" + std::to_string(status.term.value()) + " Lead:" + number_or_zero(status.leader);
}

std::vector<std::string> status_lines(const Node& node) {
  const CoreStatus status = node.status();
  if (status.role != Role::leader) return {};
  std::vector<PeerStatus> peers = status.peers;
  for (PeerStatus& peer : peers) {
    // What a leader would send to itself next: the scripts count from what is durable.
    if (peer.id == status.id) peer.next = peer.match.next();
  }
  std::sort(peers.begin(), peers.end(),
            [](const PeerStatus& left, const PeerStatus& right) { return left.id < right.id; });
  std::vector<std::string> lines;
  for (const PeerStatus& peer : peers) lines.push_back(peer_line(peer, node.window()));
  return lines;
}

std::vector<std::string> raft_log_lines(const Node& node, const ChangeTexts& texts) {
  const std::vector<Entry>& entries = node.disk().entries();
  if (entries.empty()) {
    const Index base = node.disk().base().index;
    return {"log is empty: first index=" + text_of(base.next()) + ", last index=" + text_of(base)};
  }
  std::vector<std::string> lines;
  for (const Entry& entry : entries) lines.push_back(entry_line(entry, texts));
  return lines;
}

std::string hard_state_line(const Node& node) {
  const CoreStatus status = node.status();
  return std::to_string(node.number()) + ": Term:" + std::to_string(status.term.value()) +
         " Vote:" + number_or_zero(status.vote) + " Commit:" + text_of(status.commit);
}

std::string soft_state_line(const Node& node) {
  const CoreStatus status = node.status();
  return std::to_string(node.number()) + ": Lead:" + number_or_zero(status.leader) +
         " State:" + std::string(role_name(status.role));
}

}  // namespace conformance
