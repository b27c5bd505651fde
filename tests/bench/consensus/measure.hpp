// What is measured: load on a leader, the time without one, a snapshot to an empty member, the disk.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "group.hpp"

namespace consensus_bench {

struct LoadShape {
  std::size_t clients = 1;  // closed loops in the leader's process
  std::size_t bytes = 128;  // of each command
};

// Times in microseconds.
struct LoadFigures {
  double ops_per_second = 0;
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
  double p999 = 0;
  double leader_cpu_per_op = 0;  // of its process, with the clients
};

// After a tenth of the time to warm up.
[[nodiscard]] LoadFigures measure_load(Group& group, LoadShape shape, std::chrono::milliseconds time);

// How the leader is lost: a killed process resets its connections, a frozen one leaves them open.
enum class Loss { killed, frozen };

// Seconds from the leader's loss to the first command committed and applied by its successor. Brings the lost one back.
[[nodiscard]] double measure_failover(Group& group, Loss loss);

struct ProvisionFigures {
  double taking_seconds = 0;    // the leader's snapshot
  double idle_seconds = 0;      // from the request until the new member has everything, nothing else to do
  double loaded_seconds = 0;    // the same while clients write
  double idle_p99 = 0;          // of those clients' commands before, in microseconds
  double provisioning_p99 = 0;  // of those during the transfer
  double provisioning_ops = 0;  // how many
};

// Fills a new group, takes a snapshot and adds empty learners to it. `time`: for measuring the clients alone.
[[nodiscard]] ProvisionFigures measure_provisioning(Group& group, std::size_t megabytes,
                                                    std::chrono::milliseconds time);

struct DiskFigures {
  double p50 = 0;
  double p99 = 0;
};

// One write of 4 KiB over what a file has and fdatasync, this often; microseconds. The file is where the groups' data
// are. (At the end of a file it would cost several times as much: the file system must keep the new length.)
[[nodiscard]] DiskFigures measure_disk(std::size_t times);

// Of the sorted values, by the nearest rank. Zero when there are none.
[[nodiscard]] double quantile(std::vector<double> values, double share);
[[nodiscard]] double median(std::vector<double> values);

}  // namespace consensus_bench
