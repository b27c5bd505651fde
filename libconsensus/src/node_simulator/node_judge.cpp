// Heals, waits, counts, compares.
#include "node_simulator/node_judge.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "node_simulator/node_faults.hpp"
#include "node_simulator/world.hpp"

namespace consensus::simulator {
namespace {

constexpr Duration patience = std::chrono::seconds(30);
constexpr Duration look_interval = std::chrono::milliseconds(50);
constexpr Duration quiet_time = std::chrono::seconds(1);
constexpr std::uint64_t most_handlers = 400'000;       // until all are well
constexpr std::uint64_t most_quiet_handlers = 40'000;  // in the quiet time

class Judge {
 public:
  explicit Judge(NodeWorld& world) : world_(world) {}

  void run() {
    end_faults(world_);
    world_.clients.end();
    wait_until_well();
    if (!world_.has_failed()) ask_everybody();
    if (!world_.has_failed()) stay_well();
    if (!world_.has_failed()) compare_states();
    if (world_.has_failed()) return;
    if (auto complaint = world_.subject->verdict()) world_.fail("history", std::move(*complaint));
  }

 private:
  void wait_until_well() {
    const TimePoint deadline = world_.time.now() + patience;
    const std::uint64_t handlers = world_.statistics.steps;
    for (auto wrong = complaint(); wrong && !world_.has_failed(); wrong = complaint()) {
      if (world_.time.now() >= deadline) return world_.fail("liveness", *wrong);
      if (world_.statistics.steps - handlers > most_handlers) return world_.fail("livelock", *wrong);
      world_.advance_to(world_.time.now() + look_interval);
    }
  }

  void ask_everybody() {
    for (const auto& host : world_.hosts()) world_.clients.probe(*host);
    const TimePoint deadline = world_.time.now() + patience;
    while (!world_.has_failed() && !(world_.clients.is_idle() && !complaint())) {
      if (world_.time.now() >= deadline) return world_.fail("liveness", complaint().value_or("a client still waits"));
      world_.advance_to(world_.time.now() + look_interval);
    }
    if (!world_.has_failed() && world_.clients.probes_answered() < world_.hosts().size()) {
      world_.fail("liveness", "a node does not serve though all is well");
    }
  }

  // What is not well yet.
  [[nodiscard]] std::optional<std::string> complaint() const {
    const Host* const leader = world_.leader();
    if (leader == nullptr) return "there is no leader";
    const CoreStatus leading = const_cast<Host*>(leader)->process()->node.status().core;
    if (leading.configuration.is_joint()) return "the configuration is still joint";
    for (const auto& host : world_.hosts()) {
      if (!host->is_serving()) return host->name() + " does not serve";
      const CoreStatus status = host->process()->node.status().core;
      if (!leading.configuration.is_voter(status.id)) return host->name() + " is no voter";
      if (status.recovering) return host->name() + " is still recovering";
      if (status.leader != leading.id) return host->name() + " does not know the leader";
      if (status.configuration != leading.configuration) return host->name() + " knows another configuration";
      if (status.applied != leading.commit || status.commit != leading.commit) {
        return host->name() + " has applied " + std::to_string(status.applied.value()) + " of " +
               std::to_string(leading.commit.value());
      }
    }
    if (leading.configuration.members().size() != world_.hosts().size()) {
      return "there are members without a host: " + leading.configuration.to_string();
    }
    return std::nullopt;
  }

  // Nothing happens any more but heartbeats.
  void stay_well() {
    const std::uint64_t elections = world_.ledger.elections();
    const std::uint64_t handlers = world_.statistics.steps;
    world_.advance_to(world_.time.now() + quiet_time);
    if (world_.has_failed()) return;
    if (const auto wrong = complaint()) return world_.fail("unstable", *wrong + ", though all had been well");
    if (world_.ledger.elections() != elections) {
      return world_.fail("unstable", "there was an election though nothing had happened");
    }
    if (world_.statistics.steps - handlers > most_quiet_handlers) {
      world_.fail("livelock", std::to_string(world_.statistics.steps - handlers) + " handlers ran in a quiet second");
    }
  }

  void compare_states() {
    std::optional<std::string> first;
    for (const auto& host : world_.hosts()) {
      const std::string state = state_of(host->process()->machine.inner());
      if (first.value_or(state) != state) {
        return world_.fail("state-machine", host->name() + " has another state than the others");
      }
      first = state;
    }
  }

  static std::string state_of(StateMachine& machine) {
    std::string bytes;
    const auto source = machine.take_snapshot();
    if (!source) return bytes;
    for (auto piece = (*source)->read(); piece && !piece->empty(); piece = (*source)->read()) bytes += *piece;
    return bytes;
  }

  NodeWorld& world_;
};

}  // namespace

void judge_nodes(NodeWorld& world) {
  Judge(world).run();
}

}  // namespace consensus::simulator
