// What a topology looks like, as data: which servers there are and who replicates from whom.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/programs.hpp"
#include "sandbox/replication.hpp"

namespace sandbox {

// One replication channel of a node: `from` is the index of its master in Layout::nodes.
struct Upstream {
  std::size_t from = 0;
  std::string channel{};
  std::chrono::seconds delay{0};
};

struct Node {
  std::string name{};
  std::string address = "127.0.0.1";
  std::vector<Upstream> upstreams{};
  std::vector<std::string> settings{};         // lines for its configuration file, e.g. "replicate-ignore-db=x"
  std::optional<DatabasePrograms> programs{};  // its server's, of the layout's flavour; unset: the layout's
};

enum class SemiSync { off, on };
enum class ReadOnly { off, replicas };

// A value to be changed freely before a Topology is made of it.
struct Layout {
  std::vector<Node> nodes{};
  Flavour flavour = Flavour::mariadb;
  std::optional<DatabasePrograms> programs{};  // of that flavour; unset: what find_database() finds
  Positioning positioning = Positioning::gtid;
  ReplicationTimers timers{};
  SemiSync semi_sync = SemiSync::off;
  ReadOnly read_only = ReadOnly::replicas;  // which servers are read_only, also after a restart
  std::vector<std::string> settings{};      // for every server
};

// node1 ← node2 ← node3 …
[[nodiscard]] Layout chain(std::size_t servers);
// node1 ← all others
[[nodiscard]] Layout star(std::size_t servers);
// node1 ← about the square root of the others ← the rest
[[nodiscard]] Layout two_tiers(std::size_t servers);
// node1 ⇄ node2, which is read_only; the rest replicates from node1
[[nodiscard]] Layout co_masters(std::size_t servers);
// The last node replicates from every other on a channel named after it
[[nodiscard]] Layout multi_source(std::size_t masters);
// Gives the nodes the addresses 127.0.0.1, 127.0.0.2 …, so that each looks like a host of its own.
[[nodiscard]] Layout on_different_hosts(Layout layout);

}  // namespace sandbox
