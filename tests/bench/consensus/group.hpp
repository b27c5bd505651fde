// Three members of one implementation on this machine, with their data and ports, and how they become a group.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "member_process.hpp"
#include "sandbox/port_lease.hpp"
#include "sandbox/temporary_directory.hpp"

namespace consensus_bench {

// What is compared: a program that obeys the lines in README.md.
struct Side {
  std::string name;
  std::filesystem::path program;
};

enum class JoinAs { voter, learner };

// Everything throws std::runtime_error.
class Group {
 public:
  // Starts the members a, b and c and waits until all are voters. `trailing`: entries kept behind a snapshot, if not
  // the library's default.
  Group(Side side, std::optional<std::uint64_t> trailing);

  [[nodiscard]] const Side& side() const noexcept { return side_; }
  [[nodiscard]] const std::map<std::string, std::unique_ptr<MemberProcess>>& members() const noexcept {
    return members_;
  }
  [[nodiscard]] MemberProcess& member(const std::string& id) { return *members_.at(id); }
  // Waits until exactly one leads.
  [[nodiscard]] std::string leader();

  // An empty process, which is not yet a member; or one of before, with its data.
  void start(const std::string& id);
  // Makes it a member; returns once it is one (not: has caught up).
  void add(const std::string& id, JoinAs as);
  // Asks both sides of it without waiting; "added" comes from the leader and "joined" from the member.
  void begin_to_add(const std::string& leader, const std::string& id, JoinAs as);
  // Takes it out of the group, ends it and forgets its data.
  void remove(const std::string& id);
  // SIGKILL. Its data stay.
  void kill(const std::string& id);
  void quit();

 private:
  std::string address(const std::string& id);

  Side side_;
  std::optional<std::uint64_t> trailing_;
  sandbox::TemporaryDirectory directory_;
  std::map<std::string, sandbox::PortLease> ports_;
  std::map<std::string, std::unique_ptr<MemberProcess>> members_;
};

}  // namespace consensus_bench
