// Runs by dice and by list.
#include "consensus/simulator/simulation.hpp"

#include <utility>

#include "simulator/action_sources.hpp"
#include "simulator/world.hpp"

namespace consensus::simulator {
namespace {

std::unique_ptr<Subject> make_subject(const SubjectFactory& factory) {
  return factory ? factory() : make_register_subject();
}

}  // namespace

Statistics& Statistics::operator+=(const Statistics& other) {
  steps += other.steps;
  messages += other.messages;
  writes += other.writes;
  committed += other.committed;
  elections += other.elections;
  crashes += other.crashes;
  snapshots_taken += other.snapshots_taken;
  snapshots_installed += other.snapshots_installed;
  configurations += other.configurations;
  damaged += other.damaged;
  requests += other.requests;
  answered += other.answered;
  unknown += other.unknown;
  virtual_time += other.virtual_time;
  return *this;
}

Report simulate(const Plan& plan, const SubjectFactory& factory) {
  DicedActions actions(plan.rates, mix(plan.seed, 1));
  World world(plan.setup, Noise(plan.rates, mix(plan.seed, 2)), make_subject(factory));
  world.run(actions);
  return std::move(world).report();
}

Report replay(const Scenario& scenario, const SubjectFactory& factory) {
  ListedActions actions(scenario.actions);
  World world(scenario.setup, Noise(scenario.deviations), make_subject(factory));
  world.run(actions);
  return std::move(world).report();
}

}  // namespace consensus::simulator
