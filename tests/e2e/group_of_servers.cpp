// Starts, moves and wipes the members of a group.
#include "group_of_servers.hpp"

#include <algorithm>
#include <stdexcept>

#include "wait_until.hpp"

namespace e2e {

using namespace std::chrono_literals;

namespace {

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

std::string list_of(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const auto& text : texts) {
    list += (list.size() > 1 ? ", " : "") + quoted(text);
  }
  return list + "]";
}

std::size_t texts_in_list(const std::string& json, const std::string& name) {
  const auto begin = json.find("\"" + name + "\":[");
  if (begin == std::string::npos) {
    return 0;
  }
  const auto end = json.find(']', begin);
  const auto quotes = std::count(json.begin() + static_cast<std::ptrdiff_t>(begin + name.size() + 4),
                                 json.begin() + static_cast<std::ptrdiff_t>(end), '"');
  return static_cast<std::size_t>(quotes) / 2;
}

}  // namespace

GroupOfServers::GroupOfServers(std::size_t count, const Settings& settings) {
  std::vector<std::string> addresses;
  for (std::size_t number = 0; number < count; ++number) {
    nodes_.push_back(make_node(settings));
    addresses.push_back(raft_address(number));
  }
  for (std::size_t number = 0; number < count; ++number) {
    configure(number, addresses, {});
  }
}

GroupOfServers::Node GroupOfServers::make_node(const Settings& settings) const {
  return {std::make_unique<RunningServer>(settings), std::make_unique<sandbox::PortLease>()};
}

void GroupOfServers::configure(std::size_t number, const std::vector<std::string>& nodes,
                               const std::vector<std::string>& join) {
  RunningServer& server = *nodes_[number].server;
  server.configure({{"RaftEnabled", "true"},
                    {"RaftNodeId", quoted("node" + std::to_string(number))},
                    {"RaftDataDir", quoted(raft_directory(number).string())},
                    {"RaftBind", quoted(raft_address(number))},
                    {"RaftNodes", list_of(nodes)},
                    {"RaftJoin", list_of(join)},
                    {"HTTPAdvertise", quoted(server.url())}});
}

std::string GroupOfServers::raft_address(std::size_t number) const {
  return "127.0.0.1:" + std::to_string(nodes_[number].raft_port->port());
}

std::filesystem::path GroupOfServers::raft_directory(std::size_t number) const {
  return nodes_[number].server->directory() / "raft";
}

void GroupOfServers::start() {
  for (auto& node : nodes_) {
    node.server->start();
  }
  const auto all_reach_leader = [&] {
    return std::all_of(nodes_.begin(), nodes_.end(),
                       [](const Node& node) { return node.server->get("routed-leader-check").status == 200; });
  };
  if (!has_members(size()) || !support::wait_until(all_reach_leader, 20s)) {
    throw std::runtime_error("the servers did not become one group:\n" + nodes_.front().server->log());
  }
}

std::size_t GroupOfServers::add(const Settings& settings) {
  std::vector<std::string> members;
  for (std::size_t number = 0; number < size(); ++number) {
    members.push_back(raft_address(number));
  }
  nodes_.push_back(make_node(settings));
  configure(size() - 1, {}, members);
  return size() - 1;
}

void GroupOfServers::move(std::size_t number) {
  nodes_[number].raft_port = std::make_unique<sandbox::PortLease>();
  nodes_[number].server->configure({{"RaftBind", quoted(raft_address(number))}, {"RaftNodes", "[]"}});
}

void GroupOfServers::wipe(std::size_t number) {
  std::filesystem::remove_all(raft_directory(number));
  const auto state = nodes_[number].server->state_file().string();
  for (const char* end : {"", "-wal", "-shm", "-lock"}) {
    std::filesystem::remove(state + end);
  }
}

std::size_t GroupOfServers::leader() {
  std::size_t found = size();
  const auto one_leads = [&] {
    std::size_t leaders = 0;
    for (std::size_t number = 0; number < size(); ++number) {
      if (nodes_[number].server->running() && nodes_[number].server->get("leader-check").status == 200) {
        found = number;
        ++leaders;
      }
    }
    return leaders == 1;
  };
  if (!support::wait_until(one_leads, 20s, 5ms)) {
    throw std::runtime_error("no server leads:\n" + nodes_.front().server->log());
  }
  return found;
}

std::size_t GroupOfServers::follower() {
  return (leader() + 1) % size();
}

bool GroupOfServers::has_members(std::size_t count) {
  return support::wait_until(
      [&] { return texts_in_list(nodes_[leader()].server->get("health").body, "RaftHealthyMembers") == count; }, 20s);
}

ProgramRun GroupOfServers::client(const std::vector<std::string>& arguments) const {
  ProgramCall call;
  call.command = {program("orchestrator-client")};
  call.command.insert(call.command.end(), arguments.begin(), arguments.end());
  for (const auto& node : nodes_) {
    auto& urls = call.environment["ORCHESTRATOR_API"];
    urls += (urls.empty() ? "" : " ") + node.server->url() + "/api";
  }
  return run(call);
}

}  // namespace e2e
