// Runs whole nodes under virtual time: the real log and snapshot stores on simulated disks, the real codec on a lossy
// network, crashes, pauses, joins and changes, from one seed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/log_store.hpp"
#include "consensus/node.hpp"
#include "consensus/simulator/simulation.hpp"
#include "consensus/simulator/subject.hpp"

namespace consensus::simulator {

// What is done to a host. Hosts are numbered from 1; zero stands for the one that leads.
enum class NodeFaultKind : std::uint8_t {
  noise,       // messages are lost, doubled, reordered and late for `duration`; `value` chooses how much of each
  isolate,     // the hosts in the mask `value` and the others do not hear each other for `duration`
  cut,         // `other` does not hear `node` for `duration`
  pause,       // the process stands still for `duration`
  kill,        // the process dies; it starts again after `duration`
  power,       // the machine loses power; starts again after `duration`
  power_at,    // the same, but during one of the next changes of its disk: the `value`-th
  blackout,    // all machines lose power at once
  stop,        // stops as it should, and starts again after `duration`
  move,        // the same, and comes back at another address
  stall_disk,  // syncs take long for `duration`
  fill_disk,   // there is room for `value` bytes more for `duration`
  fail_disk,   // one operation of a hundred fails for `duration`
  lie,         // syncs do nothing for `duration`; then the power is lost
  rot,         // the process dies, and a bit of its log flips
  misplace,    // the next write lands in a wrong place, or nowhere
  wipe,        // everything is gone; the host joins again
  remove,      // is removed from the group; its data are then wiped, and it joins again
  add,         // another host joins
  transfer,    // leadership goes to `node`
  snapshot,    // a snapshot is taken
};
inline constexpr std::size_t node_fault_kinds = static_cast<std::size_t>(NodeFaultKind::snapshot) + 1;

struct NodeFault {
  std::uint32_t number = 0;  // in its plan, from 1
  TimePoint at{};            // from when all are members
  NodeFaultKind kind = NodeFaultKind::noise;
  MemberNumber node = 0;
  MemberNumber other = 0;
  std::uint64_t value = 0;
  Duration duration{};
};

// "12: power node 2 other 1 value 1 at 400000 us for 80000 us".
[[nodiscard]] std::string format(const NodeFault& fault);

// Everything that a run is made from.
struct NodePlan {
  std::uint64_t seed = 1;
  MemberNumber hosts = 3;  // 1 founds the group, the others join it
  Duration length = std::chrono::seconds(3);
  CoreOptions core{};                        // but for the id
  std::uint64_t durable_state_machines = 0;  // 1: they survive a crash with all that they have applied
  std::uint64_t clients = 3;
  Duration think_time = std::chrono::milliseconds(20);
  Duration client_timeout = std::chrono::milliseconds(600);
  Duration request_patience = std::chrono::milliseconds(2500);  // of a client over all attempts
  Duration slowest_message = std::chrono::milliseconds(2);
  Duration slowest_write = std::chrono::milliseconds(2);
  std::uint64_t lying_disks = 0;    // 1: no disk ever syncs, and the checks must find it
  std::vector<NodeFault> faults{};  // by time; each is skipped where it would leave no group to judge
};

// "calm", "network", "crash", "storage", "membership" and "chaos".
[[nodiscard]] const std::vector<std::string_view>& node_profile_names();
// Errors: Errc::invalid_argument for an unknown profile.
[[nodiscard]] Result<NodePlan> make_node_plan(std::string_view profile, std::uint64_t seed);

// Layers of the embedder's between clients and nodes, or nodes and logs; empty ones are not there. Made wrong on
// purpose, they show what the checks find.
struct NodeLayers {
  std::function<std::unique_ptr<LogStore>(std::unique_ptr<LogStore>)> log;
  std::function<boost::asio::awaitable<Result<Applied>>(Node&, std::string, ProposeOptions)> propose;
  std::function<boost::asio::awaitable<Result<Index>>(Node&, ReadMode, TimePoint)> read_barrier;
};

// After every handler that runs: one leader in each term, terms, votes and commit indexes that do not go back, what is
// committed is on a quorum's disks and the same everywhere, all apply the same commands in the same order with the same
// answers, snapshots hold what was applied, and what a disk was told to keep is there when it is opened again. At the
// end all faults are over: the group must serve again through every node within virtual seconds and a bounded number of
// handlers, all members must have the same state, and the Subject judges what clients saw (registers and lists if the
// factory is empty: linearizability).
//
// Repeated commands carry a key; a node that applied one in an earlier life answers the repetition with nothing.
// SQLite's random numbers are the process's, so one run at a time; a broken invariant of a core ends the process
// (isolation.hpp). The report's scenario is empty: the plan replays the run. In its statistics steps are handlers.
[[nodiscard]] Report simulate_nodes(const NodePlan& plan, const SubjectFactory& factory = {},
                                    const NodeLayers& layers = {});

// Leaves out faults while the run fails in the same way; `run` says how a candidate failed.
[[nodiscard]] NodePlan shrink_faults(NodePlan plan, const Failure& failure,
                                     const std::function<std::optional<Failure>(const NodePlan&)>& run,
                                     std::size_t most_runs = 200);

}  // namespace consensus::simulator
