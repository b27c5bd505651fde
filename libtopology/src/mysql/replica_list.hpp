// Who replicates from a server, put together from what it knows in two places.
#pragma once

#include <string>
#include <vector>

#include "topology/instance_key.hpp"
#include "topology/mysql/result_set.hpp"

namespace topology::mysql {

struct ReplicaList {
  std::vector<InstanceKey> replicas;  // sorted, without duplicates
  std::string doubt;                  // why some replicas may be missing; "" when all are known
};

// registered: rows of SHOW REPLICAS / SHOW SLAVE HOSTS; each replica has one, with its report_port (or own port) and
// its report_host, which may be empty. dump_threads: the processlist's rows of threads that send the binary log; each
// has the address a replica connects from. own: the key of the asked server.
//
// Rows with a host are taken as they are. Each stands for one dump thread, by host where the texts agree, else by
// number only, because one may be a name and the other an address. What is then left of the threads gives the hosts of
// rows without one. Threads beyond the rows give replicas with the asked server's port. Nothing is guessed where
// several hosts could belong to several ports: that is the doubt. A thread of this machine itself has the own host.
[[nodiscard]] ReplicaList merge_replicas(const ResultSet& registered, const ResultSet& dump_threads,
                                         const InstanceKey& own);

}  // namespace topology::mysql
