// This node's part in the group that replicates the state: finding the group, leading it, proposing to it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consensus/error.hpp"
#include "consensus/node.hpp"
#include "consensus/tcp_transport.hpp"

namespace orchestrator::group {

using consensus::Error;
using consensus::Result;
using std::chrono::milliseconds;

struct GroupOptions {
  std::string name;                // of this node, kept for life; unique in the group
  std::string listen;              // "host:port" for the other nodes; empty: there are no others, and nothing listens
  std::string address;             // "host:port" under which they reach it
  std::filesystem::path folder;    // of log, vote and snapshots; empty: in memory, for a node without others
  std::vector<std::string> nodes;  // addresses of all that form the group, this one among them
  std::vector<std::string> seeds;  // members of a group to join
  std::optional<consensus::TcpTls> tls;
  consensus::CoreOptions core;
  std::uint64_t low_space_bytes = 16U << 20U;  // with less free where the folder is, nothing more is committed
};

struct GroupMember {
  std::string name;
  std::string address;
  enum class Kind { voter, learner } kind = Kind::voter;
  // Heard of within the last election timeout; only the leader knows of others.
  bool heard = false;

  friend bool operator==(const GroupMember&, const GroupMember&) = default;
};

struct GroupStatus {
  std::string name;
  std::string address;
  consensus::Role role = consensus::Role::follower;
  std::uint64_t term = 0;
  std::uint64_t committed = 0;
  std::uint64_t applied = 0;
  std::string leader_name;     // "" while none is known
  std::string leader_address;  // likewise
  std::vector<GroupMember> members;
  // Member of a group whose leader is known: what it answers is the group's word.
  bool is_part_of_quorum = false;
  std::string trouble;  // why it is not, for people
};

struct GroupEvents {
  // This node leads and has applied all that was committed before, or does so no longer. Must not block.
  std::function<void(bool leads)> on_leading = [](bool) {};
  // A line for the log.
  std::function<void(const std::string&)> on_news = [](const std::string&) {};
  // The node has stopped by itself because a store or the state failed; nothing can be committed any more.
  std::function<void(const Error&)> on_failed = [](const Error&) {};
};

// Whether a command may take effect twice when it is not known what became of it.
enum class Repetition {
  harmless,
  forbidden,  // costs the group the memory of a key
};

// Confined to the executor it is made with, which must outlive it. The state machine outlives it, too.
class Group {
 public:
  Group(boost::asio::any_io_executor executor, GroupOptions options, consensus::StateMachine& state,
        GroupEvents events);
  // After stop() only.
  ~Group();
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  // Comes back when the state is as this node's log has it. A node without others then leads. One with others that
  // belongs to no group yet goes on looking for it, and says so in its status. Errors: those of the stores, an address
  // that cannot be listened on; a log that does not belong to the state.
  [[nodiscard]] boost::asio::awaitable<Result<void>> start();
  [[nodiscard]] boost::asio::awaitable<void> stop();

  // Gives the command to the leader, wherever it is, and comes back with the state machine's answer when it is applied
  // there. Waits for a leader if there is none. Errors: timeout (nothing happened), outcome_unknown, no_space, stopped.
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> propose(std::string command, Repetition repetition,
                                                                    milliseconds patience);
  // Comes back when the state here has everything that was committed before the call.
  [[nodiscard]] boost::asio::awaitable<Result<void>> catch_up(milliseconds patience);

  // See GroupEvents::on_leading.
  [[nodiscard]] bool leads() const noexcept;
  [[nodiscard]] GroupStatus status() const;

  // Leader only: hands leadership to the member whose name or address contains the text, or to the best one.
  [[nodiscard]] boost::asio::awaitable<Result<void>> yield(std::string to, milliseconds patience);
  // Removes the member with that name or address, from any node.
  [[nodiscard]] boost::asio::awaitable<Result<void>> remove(std::string member, milliseconds patience);
  [[nodiscard]] boost::asio::awaitable<Result<void>> take_snapshot();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace orchestrator::group
