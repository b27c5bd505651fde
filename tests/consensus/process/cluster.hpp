// Three members as processes, their clients, and what can be done to them.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "sandbox/port_lease.hpp"
#include "sandbox/process.hpp"
#include "sandbox/temporary_directory.hpp"

namespace consensus_test {

inline constexpr std::size_t cluster_size = 3;

// A line there, a line back; std::nullopt when the member does not answer within three seconds or hangs up.
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

class Cluster {
 public:
  explicit Cluster(std::uint64_t seed);

  [[nodiscard]] std::filesystem::path socket(std::size_t member) const;
  // Until all three are voters that know a leader and are not recovering; restarts those that have ended, emptied if
  // they say that what they have cannot be used.
  [[nodiscard]] bool settle();

  void kill(std::size_t member);
  void start(std::size_t member);
  void freeze(std::size_t member) { members_[member].process->freeze(); }
  void thaw(std::size_t member);
  void wipe(std::size_t member);
  // Flips some bits in the log's database or its write-ahead log; the member must be dead.
  void spoil(std::size_t member);
  [[nodiscard]] std::size_t leader();
  [[nodiscard]] std::size_t random_member() { return random_() % cluster_size; }
  [[nodiscard]] std::mt19937_64& random() { return random_; }
  [[nodiscard]] std::string logs() const;

 private:
  struct Member {
    sandbox::PortLease port;
    std::optional<sandbox::Process> process;
    bool founded = false;
  };

  [[nodiscard]] std::filesystem::path folder(std::size_t member) const;
  [[nodiscard]] std::string address(std::size_t member) const;
  void restart_ended();

  sandbox::TemporaryDirectory directory_;
  std::mt19937_64 random_;
  std::array<Member, cluster_size> members_;
};

}  // namespace consensus_test
