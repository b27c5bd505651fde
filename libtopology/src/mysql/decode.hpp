// Turns the rows of a probe into an instance. No I/O: tested with rows captured from many servers.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mysql/probe_part.hpp"
#include "topology/instance.hpp"
#include "topology/mysql/instance_prober.hpp"
#include "topology/mysql/result_set.hpp"
#include "topology/observation.hpp"

namespace topology::mysql {

// What decoding needs beside the rows.
struct DecodeContext {
  InstanceKey key;  // the key the server was connected by
  ServerVersion version;
  const ProbeSettings* settings = nullptr;
};

struct Decoded {
  Instance instance;
  std::vector<ProbeWarning> warnings;  // values that could not be understood
};

// The whole instance. Parts without rows leave their fields at the defaults.
[[nodiscard]] Decoded decode(const PartResults& results, const DecodeContext& context);

// Fields of the server itself: identity, role, binary log, GTID.
[[nodiscard]] Instance decode_server(const Row& variables);
// One channel per row of SHOW REPLICA STATUS or its ancestors; group replication's own channels are left out.
[[nodiscard]] std::vector<ReplicationChannel> decode_channels(const ResultSet& rows);
// variables: the row of system variables; status: rows of Variable_name and Value.
[[nodiscard]] SemiSync decode_semi_sync(const ResultSet& variables, const ResultSet& status);
[[nodiscard]] GroupReplication decode_group(const Row& variables, const ResultSet& members, std::string_view own_uuid);
// The version of a MaxScale binlog server from rows of name and value; nothing when there is none.
[[nodiscard]] std::optional<ServerVersion> decode_maxscale_version(const ResultSet& rows);
// The SQL nodes of an NDB cluster other than the asked one, which the status row Ndb_cluster_node_id tells.
[[nodiscard]] std::vector<InstanceKey> decode_ndb_sql_nodes(const ResultSet& nodes, const ResultSet& status);
// The variable names of rows of Variable_name and Value, in lower case.
[[nodiscard]] std::set<std::string, std::less<>> decode_names(const ResultSet& rows);

}  // namespace topology::mysql
