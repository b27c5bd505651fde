// Replication statements for both flavours.
#pragma once

#include <chrono>
#include <string>

#include "sandbox/server.hpp"

namespace sandbox {

enum class Positioning { gtid, file_position };

// Short times let a sandbox notice quickly; the servers' own defaults are 30 s (half of slave_net_timeout) and 60 s.
struct ReplicationTimers {
  std::chrono::milliseconds heartbeat{1000};
  std::chrono::seconds connect_retry{1};
};
inline constexpr ReplicationTimers server_default_timers{std::chrono::milliseconds{30000}, std::chrono::seconds{60}};

struct ReplicationOptions {
  std::string channel;  // MariaDB: connection name, MySQL: channel; empty: the default one
  Positioning positioning = Positioning::gtid;
  ReplicationTimers timers{};
  std::chrono::seconds delay{0};
};

// Points a replica at a master, from the master's current position (or by GTID), and starts it. Does not wait.
void start_replication(Server& replica, Server& master, const ReplicationOptions& options = {});

void stop_replication(Server& replica, const std::string& channel = {});

// Removes the channel's configuration altogether.
void reset_replication(Server& replica, const std::string& channel = {});

// SHOW ALL SLAVES STATUS or SHOW REPLICA STATUS: a row for every channel.
[[nodiscard]] ResultSet replication_status(Server& replica);

// Whether there is at least one channel and both threads of every channel run.
[[nodiscard]] bool replication_runs(Server& replica);

// Whether the replica has applied what the master has in its binary log now; by GTID.
[[nodiscard]] bool caught_up(Server& replica, Server& master);

}  // namespace sandbox
