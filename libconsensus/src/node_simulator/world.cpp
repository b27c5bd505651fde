// Founding, the loop of events, and looking after the hosts.
#include "node_simulator/world.hpp"

#include <algorithm>
#include <utility>

#include "node_simulator/node_faults.hpp"
#include "node_simulator/node_judge.hpp"
#include "simulator/trace.hpp"

namespace consensus::simulator {
namespace {

constexpr Duration founding_patience = std::chrono::seconds(20);
constexpr Duration supervision_interval = std::chrono::milliseconds(200);
constexpr std::uint64_t most_handlers_at_once = 200'000;

}  // namespace

NodeWorld::NodeWorld(NodePlan run_plan, std::unique_ptr<Subject> run_subject, NodeLayers run_layers)
    : plan(std::move(run_plan)),
      layers(std::move(run_layers)),
      random(mix(plan.seed, 1)),
      ledger([this](std::string kind, std::string text) { fail(std::move(kind), std::move(text)); }),
      outside(time, {.seed = mix(plan.seed, 2)}),
      policy(outside, plan.slowest_message),
      network(outside, policy),
      subject(std::move(run_subject)),
      clients(*this) {
  SimulatedDisk::seed_sqlite(static_cast<std::uint32_t>(mix(plan.seed, 4) & 0x7fffffffU) | 1U);
}

NodeWorld::~NodeWorld() {
  for (const auto& one : hosts_) one->kill(Crash::process_killed);
}

Report NodeWorld::run() {
  found();
  const TimePoint begin = time.now();
  if (!has_failed()) {
    clients.begin();
    for (const NodeFault& fault : plan.faults) {
      time.at(begin + fault.at.time_since_epoch(), [this, &fault] {
        if (healing || has_failed()) return;
        const bool happened = carry_out(*this, fault);
        note(mix(static_cast<std::uint64_t>(fault.kind), happened ? 1 : 0));
        trace(nullptr, (happened ? "" : "not: ") + format(fault));
      });
    }
    advance_to(begin + plan.length);
  }
  if (!has_failed()) judge_nodes(*this);
  statistics.virtual_time = time.now().time_since_epoch();
  statistics.elections = ledger.elections();
  statistics.committed = ledger.committed().value();
  Report report;
  report.failure = failure_;
  report.statistics = statistics;
  report.hash = hash_;
  return report;
}

// The first host makes a group of one; the others ask to be let in.
void NodeWorld::found() {
  for (MemberNumber number = 1; number <= plan.hosts; ++number) add_host().start();
  supervise();
  const TimePoint deadline = time.now() + founding_patience;
  while (!has_failed() && ledger.configuration().voters.size() < plan.hosts) {
    if (time.now() >= deadline) return fail("liveness", "the hosts did not become a group");
    advance_to(time.now() + std::chrono::milliseconds(10));
  }
}

void NodeWorld::advance_to(TimePoint until) {
  do run_ready();
  while (!has_failed() && time.advance(until));
}

// Everything that can run without time going on.
void NodeWorld::run_ready() {
  std::uint64_t handlers = 0;
  for (bool is_idle = false; !is_idle && !has_failed();) {
    is_idle = true;
    while (outside.run_one()) {
      is_idle = false;
      ++handlers;
    }
    for (std::size_t i = 0; i < hosts_.size() && !has_failed(); ++i) {
      Host& one = *hosts_[i];
      if (one.process() == nullptr || !one.process()->runtime.run_one()) continue;
      is_idle = false;
      ++handlers;
      one.after_handler();
    }
    if (handlers > most_handlers_at_once) fail("livelock", "handlers run for ever, and no time passes");
  }
  statistics.steps += handlers;
}

void NodeWorld::supervise() {
  if (has_failed()) return;
  for (const auto& one : hosts_) one->look_after();
  time.at(time.now() + supervision_interval, [this] { supervise(); });
}

void NodeWorld::fail(std::string kind, std::string text) {
  if (failure_) return;
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(time.now().time_since_epoch());
  trace(nullptr, kind + ": " + text);
  failure_ = Failure{std::move(kind), std::move(text) + " (at " + std::to_string(microseconds.count()) + " us)"};
}

void NodeWorld::note(std::uint64_t value) noexcept {
  hash_ = mix(hash_, value);
}

void NodeWorld::trace(const Host* host, const std::string& text) const {
  if (is_traced()) simulator::trace(time.now(), host == nullptr ? 0 : host->number(), text);
}

Host* NodeWorld::host(MemberNumber number) const noexcept {
  return number == 0 || number > hosts_.size() ? nullptr : hosts_[number - 1].get();
}

Host& NodeWorld::add_host() {
  hosts_.push_back(std::make_unique<Host>(*this, static_cast<MemberNumber>(hosts_.size() + 1)));
  return *hosts_.back();
}

Host* NodeWorld::leader() const {
  Host* found = nullptr;
  Term highest;
  for (const auto& one : hosts_) {
    if (!one->is_serving()) continue;
    const CoreStatus status = one->process()->node.status().core;
    if (status.role != Role::leader || status.term < highest) continue;
    found = one.get();
    highest = status.term;
  }
  return found;
}

std::vector<std::string> NodeWorld::addresses() const {
  std::vector<std::string> addresses;
  for (const auto& one : hosts_) addresses.push_back(one->address());
  return addresses;
}

bool NodeWorld::is_whole() const {
  const Configuration& configuration = ledger.configuration();
  if (configuration.is_joint() || configuration.voters.size() != hosts_.size() || removals > 0) return false;
  return hosts_.size() > 2 && std::all_of(hosts_.begin(), hosts_.end(), [&](const std::unique_ptr<Host>& one) {
           if (!one->is_serving() || one->is_suspect()) return false;
           const CoreStatus status = one->process()->node.status().core;
           return configuration.is_voter(status.id) && !status.recovering && status.durable >= lost_at_ &&
                  status.configuration == configuration;
         });
}

void NodeWorld::loses(const Host& host) {
  lost_at_ = ledger.committed();
  trace(&host, "may lose what it has");
}

}  // namespace consensus::simulator
