// All that one simulated run of whole nodes consists of, and its loop of events.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consensus/simulator/node_simulation.hpp"
#include "node_simulator/clients.hpp"
#include "node_simulator/host.hpp"
#include "node_simulator/host_network.hpp"
#include "node_simulator/node_ledger.hpp"
#include "node_simulator/process_runtime.hpp"
#include "node_simulator/virtual_time.hpp"

namespace consensus::simulator {

class NodeWorld {
 public:
  NodeWorld(NodePlan run_plan, std::unique_ptr<Subject> run_subject, NodeLayers run_layers);
  ~NodeWorld();
  NodeWorld(const NodeWorld&) = delete;
  NodeWorld& operator=(const NodeWorld&) = delete;

  // The group is founded, the faults happen, all is healed and judged. Stops at the first failure.
  Report run();

  // What went wrong first is kept.
  void fail(std::string kind, std::string text);
  [[nodiscard]] bool has_failed() const noexcept { return failure_.has_value(); }
  // Lets happen what happens until then.
  void advance_to(TimePoint until);
  // Part of the hash of all events.
  void note(std::uint64_t value) noexcept;
  void trace(const Host* host, const std::string& text) const;

  // Null if there is none of this number.
  [[nodiscard]] Host* host(MemberNumber number) const noexcept;
  [[nodiscard]] const std::vector<std::unique_ptr<Host>>& hosts() const noexcept { return hosts_; }
  Host& add_host();
  // The one with the highest term of those that lead; may be null.
  [[nodiscard]] Host* leader() const;
  [[nodiscard]] std::vector<std::string> addresses() const;
  // All hosts are voters with nothing missing, and nobody else is: one of them may lose what it has, or be removed.
  [[nodiscard]] bool is_whole() const;
  // To be called when one does.
  void loses(const Host& host);

  NodePlan plan;
  NodeLayers layers;
  VirtualTime time;
  Random random;
  NodeLedger ledger;
  ProcessRuntime outside;  // of the network and all else that belongs to no process
  HostNetwork policy;
  MemoryNetwork network;
  std::unique_ptr<Subject> subject;
  NodeClients clients;
  Statistics statistics;
  bool founded = false;  // or about to be
  bool healing = false;
  int removals = 0;  // under way

 private:
  void found();
  void run_ready();
  void supervise();

  std::vector<std::unique_ptr<Host>> hosts_;
  std::optional<Failure> failure_;
  std::uint64_t hash_ = 0;
  Index lost_at_;  // what was committed when a host lost something last
};

}  // namespace consensus::simulator
