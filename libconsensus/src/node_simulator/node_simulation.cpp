// Runs of whole nodes, and making those that fail smaller.
#include "consensus/simulator/node_simulation.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "consensus/simulator/shrink.hpp"
#include "node_simulator/world.hpp"

namespace consensus::simulator {
namespace {

constexpr std::array<std::string_view, node_fault_kinds> kind_names{
    "noise",    "isolate",  "cut",  "pause",      "kill",      "power",     "power_at",
    "blackout", "stop",     "move", "stall_disk", "fill_disk", "fail_disk", "lie",
    "rot",      "misplace", "wipe", "remove",     "add",       "transfer",  "snapshot"};

// Without the faults from `first` on, as many as `count`.
NodePlan without(const NodePlan& plan, std::size_t first, std::size_t count) {
  NodePlan smaller = plan;
  const auto begin = smaller.faults.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = smaller.faults.begin() + static_cast<std::ptrdiff_t>(std::min(first + count, plan.faults.size()));
  smaller.faults.erase(begin, end);
  return smaller;
}

}  // namespace

std::string format(const NodeFault& fault) {
  const auto microseconds = [](Duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
  };
  return std::to_string(fault.number) + ": " + std::string(kind_names[static_cast<std::size_t>(fault.kind)]) +
         " node " + std::to_string(fault.node) + " other " + std::to_string(fault.other) + " value " +
         std::to_string(fault.value) + " at " + microseconds(fault.at.time_since_epoch()) + " us for " +
         microseconds(fault.duration) + " us";
}

Report simulate_nodes(const NodePlan& plan, const SubjectFactory& factory, const NodeLayers& layers) {
  NodeWorld world(plan, factory ? factory() : make_register_subject(), layers);
  return world.run();
}

NodePlan shrink_faults(NodePlan plan, const Failure& failure,
                       const std::function<std::optional<Failure>(const NodePlan&)>& run, std::size_t most_runs) {
  for (std::size_t piece = std::max<std::size_t>(plan.faults.size(), 1); piece > 0; piece /= 2) {
    for (std::size_t first = 0; first < plan.faults.size() && most_runs > 0; --most_runs) {
      NodePlan candidate = without(plan, first, piece);
      const std::optional<Failure> how = run(candidate);
      if (how && is_same_failure(*how, failure)) {
        plan = std::move(candidate);
      } else {
        first += piece;
      }
    }
  }
  return plan;
}

}  // namespace consensus::simulator
