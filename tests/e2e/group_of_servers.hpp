// Real orchestrator servers that are one Raft group.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "running_server.hpp"

namespace e2e {

class GroupOfServers {
 public:
  // Configured, not started. Settings are beside those that every test has.
  explicit GroupOfServers(std::size_t count, const Settings& settings = {});

  // Starts all and waits until they are one group whose members all hear of each other and reach the leader.
  void start();
  [[nodiscard]] RunningServer& operator[](std::size_t number) { return *nodes_.at(number).server; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] std::string raft_address(std::size_t number) const;
  [[nodiscard]] std::filesystem::path raft_directory(std::size_t number) const;
  // One more that joins through any of the others; configured, not started.
  std::size_t add(const Settings& settings = {});
  // The node answers at another address from its next start on.
  void move(std::size_t number);
  // Removes everything that the stopped node has on disk.
  void wipe(std::size_t number);

  // The running one that leads, once exactly one says so; nothing within 20 s throws.
  [[nodiscard]] std::size_t leader();
  [[nodiscard]] std::size_t follower();
  // Whether within 20 s so many members hear of each other, as the leader sees it.
  [[nodiscard]] bool has_members(std::size_t count);
  // orchestrator-client with the API of every node.
  [[nodiscard]] ProgramRun client(const std::vector<std::string>& arguments) const;

 private:
  struct Node {
    std::unique_ptr<RunningServer> server;
    std::unique_ptr<sandbox::PortLease> raft_port;
  };
  Node make_node(const Settings& settings) const;
  void configure(std::size_t number, const std::vector<std::string>& nodes, const std::vector<std::string>& join);

  std::vector<Node> nodes_;
};

}  // namespace e2e
