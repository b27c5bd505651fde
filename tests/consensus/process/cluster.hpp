// Members as processes, their clients, and what can be done to them.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "sandbox/hosts.hpp"
#include "sandbox/port_lease.hpp"
#include "sandbox/process.hpp"
#include "sandbox/temporary_directory.hpp"

namespace consensus_test {

// A line there, a line back; std::nullopt when the member does not answer within a second or hangs up.
class LineClient {
 public:
  explicit LineClient(std::filesystem::path socket) : path_(std::move(socket)) {}
  LineClient(const LineClient&) = delete;
  LineClient& operator=(const LineClient&) = delete;
  ~LineClient();

  [[nodiscard]] std::optional<std::string> ask(const std::string& line);
  // False when it could not be sent at all.
  [[nodiscard]] bool connected();

 private:
  void close();

  std::filesystem::path path_;
  int socket_ = -1;
  std::string received_;
};

struct ClusterOptions {
  std::uint64_t seed = 1;
  std::size_t members = 3;
  const sandbox::Hosts* hosts = nullptr;  // one for each member; none: all on this machine's loopback
  std::uint64_t disk_bytes = 0;           // each member on a file system of its own; zero: on the machine's
};

// File systems of its own need the right to mount, where nobody else sees it (sandbox::enter_private_network).
class Cluster {
 public:
  explicit Cluster(const ClusterOptions& options);
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster();

  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] std::filesystem::path socket(std::size_t member) const;
  // Until all are voters that know a leader, are not recovering and can be read from; restarts those that have ended,
  // emptied if they say that what they have cannot be used.
  [[nodiscard]] bool settle();
  // How often settle() found that a member had ended.
  [[nodiscard]] int restarts() const { return restarts_; }

  void kill(std::size_t member);
  void start(std::size_t member);
  void freeze(std::size_t member) { members_[member].process->freeze(); }
  void thaw(std::size_t member);
  void wipe(std::size_t member);
  // Flips some bits in the log's database or its write-ahead log; the member must be dead.
  void spoil(std::size_t member);
  // Leaves not a byte on the member's own file system.
  void fill(std::size_t member);
  void make_room(std::size_t member);

  [[nodiscard]] std::size_t leader();
  // Waits until one of them leads.
  [[nodiscard]] bool leads_among(const std::vector<std::size_t>& members);
  // Gives the member commands that take room in every log, until the answer is one that is wanted.
  [[nodiscard]] bool answers(std::size_t member, const std::function<bool(const std::string&)>& is_wanted);
  // So many of them, whatever the answers are.
  void burden(std::size_t member, int commands);
  // Waits until no member that answers acknowledges a command.
  [[nodiscard]] bool refuses_writes();
  [[nodiscard]] std::size_t random_member() { return random_() % size(); }
  [[nodiscard]] std::mt19937_64& random() { return random_; }
  [[nodiscard]] std::string logs() const;

 private:
  struct Member {
    sandbox::PortLease port;
    std::optional<sandbox::Process> process;
    bool founded = false;
  };

  [[nodiscard]] std::filesystem::path disk(std::size_t member) const;
  [[nodiscard]] std::filesystem::path folder(std::size_t member) const;
  [[nodiscard]] std::string address(std::size_t member) const;
  void restart_ended();

  sandbox::TemporaryDirectory directory_;
  ClusterOptions options_;
  std::mt19937_64 random_;
  std::vector<Member> members_;
  int restarts_ = 0;
};

}  // namespace consensus_test
