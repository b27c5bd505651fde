// Heals, waits, counts, compares.
#include "simulator/healing.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "simulator/faults.hpp"
#include "simulator/world.hpp"

namespace consensus::simulator {
namespace {

constexpr int patience = 60;                  // election timeouts until all must be well
constexpr int quiet = 4;                      // election timeouts that must then pass without an election
constexpr std::uint64_t most_elections = 12;  // leaders made while healing
constexpr std::uint64_t most_terms = 40;      // terms begun while healing
constexpr std::uint64_t most_snapshots = 4;   // sent to one member while healing
constexpr std::uint64_t probe_seed = 0x70726f62;

class Healing {
 public:
  explicit Healing(World& world) : world_(world), timeout_(world.setup.core.election_timeout) {}

  void run() {
    stop_faults();
    const std::uint64_t elections = world_.ledger.elections();
    const Term term = world_.ledger.highest_term();
    wait_until_well();
    if (world_.has_failed()) return;
    if (world_.ledger.elections() - elections > most_elections) {
      world_.fail("livelock", std::to_string(world_.ledger.elections() - elections) + " leaders until all were well");
    }
    if (distance(term, world_.ledger.highest_term()) > most_terms) world_.fail("livelock", "too many campaigns");
    for (const SimulatedMember* member : world_.member_list()) {
      const std::uint64_t snapshots = world_.network.snapshots_to(member->number());
      if (snapshots > most_snapshots) {
        world_.fail("livelock", std::to_string(snapshots) + " snapshots were sent to " + member->id().name());
      }
    }
    if (!world_.has_failed()) stay_well();
    if (!world_.has_failed()) compare_states();
    if (world_.has_failed()) return;
    if (auto complaint = world_.subject->verdict()) world_.fail("history", std::move(*complaint));
  }

 private:
  // A pause or a stall that is under way goes on to its end.
  void stop_faults() {
    world_.noise.stop();
    world_.network.end_all_cuts();
    world_.network.reset_snapshot_counts();
    for (SimulatedMember* member : world_.member_list()) {
      if (member->disk().full()) end_full_disk(*member);
      member->disk().set_lying(false);
    }
    const MemberNumber stays_down = world_.setup.stays_down;
    SimulatedMember* victim = world_.member(stays_down);
    if (victim != nullptr && may_lose(world_, stays_down)) {
      if (victim->is_up()) victim->crash(crash_bits::keep_write);
      stays_down_ = stays_down;
    }
    for (SimulatedMember* member : world_.member_list()) {
      if (!member->is_up() && !member->is_wiped() && member->number() != stays_down_) member->start();
    }
  }

  void advance_to(TimePoint until) {
    while (!world_.has_failed() && world_.advance(until, nullptr)) {
    }
    world_.now = until;
    keep_down();
  }

  // The restart of its last crash may have come.
  void keep_down() {
    SimulatedMember* victim = world_.member(stays_down_);
    if (victim != nullptr && victim->is_up()) victim->crash(crash_bits::keep_write);
  }

  void wait_until_well() {
    const TimePoint start = world_.now;
    for (int step = 1; step <= 2 * patience; ++step) {
      probe();
      advance_to(start + timeout_ / 2 * step);
      if (world_.has_failed()) return;
      if (!complaint()) return;
    }
    world_.fail("liveness", *complaint());
  }

  // A client's command; and what an operator would do about a configuration that was left half-way.
  void probe() {
    const SimulatedMember* leader = world_.leader();
    if (leader == nullptr) return;
    if (leader->core().configuration().is_joint() && !leader->core().configuration().auto_leave) {
      Action leave{.kind = ActionKind::change, .value = static_cast<std::uint64_t>(MembershipChange::leave_joint)};
      static_cast<void>(carry_out(world_, leave));
    }
    if (probe_ && world_.requests.is_answered(*probe_)) return;
    // Some of the requests are reads; any of them shows that the group works, so ask until a command was answered.
    std::uint64_t number = mix(world_.setup.seed, probe_seed, ++probes_);
    for (Random random(mix(number, 1)); world_.subject->make_request(number, random).kind != RequestKind::command;
         random = Random(mix(number, 1))) {
      number = mix(number, ++probes_);
    }
    Action ask{.kind = ActionKind::ask, .node = leader->number(), .value = number};
    probe_ = carry_out(world_, ask).request;
  }

  [[nodiscard]] bool is_live_member(const Configuration& configuration, const SimulatedMember& member) const {
    return configuration.contains(member.id()) && !member.is_wiped() && member.number() != stays_down_;
  }

  // What is not well yet.
  [[nodiscard]] std::optional<std::string> complaint() const {
    const SimulatedMember* leader = world_.leader();
    if (leader == nullptr) return "there is no leader";
    if (!probe_ || !world_.requests.is_answered(*probe_)) return "nothing was committed since";
    const Configuration& configuration = leader->core().configuration();
    if (configuration.is_joint()) return "the configuration is still joint: " + configuration.to_string();
    if (!configuration.is_voter(leader->id())) return "the leader is about to leave";
    const Index commit = world_.ledger.committed();
    for (const SimulatedMember* member : world_.member_list()) {
      if (!is_live_member(configuration, *member)) continue;
      const std::string& name = member->id().name();
      if (member->core().term() != leader->core().term()) return name + " is in another term than the leader";
      if (member->core().status().leader != leader->id()) return name + " does not know the leader";
      if (member->disk().image().damaged()) return name + " is still recovering";
      if (member->applied() != commit) {
        return name + " has applied " + std::to_string(member->applied().value()) + " of " +
               std::to_string(commit.value());
      }
    }
    return std::nullopt;
  }

  // Nothing happens any more but heartbeats.
  void stay_well() {
    const std::uint64_t elections = world_.ledger.elections();
    const std::uint64_t messages = world_.statistics.messages;
    const std::uint64_t members = world_.member_list().size();
    advance_to(world_.now + timeout_ * quiet);
    if (world_.has_failed()) return;
    if (!is_quiet_group()) return;
    if (const auto now = complaint()) return world_.fail("unstable", *now + ", though all had been well");
    // Who is no member any more may go on campaigning, but in vain.
    if (world_.ledger.elections() != elections) {
      return world_.fail("unstable", "there was an election though nothing had happened");
    }
    const auto beats = static_cast<std::uint64_t>(timeout_ * quiet / world_.setup.core.heartbeat_interval) + 2;
    const std::uint64_t most = beats * members * 8 + 200;
    if (world_.statistics.messages - messages > most) {
      world_.fail("livelock", std::to_string(world_.statistics.messages - messages) + " messages in " +
                                  std::to_string(quiet) + " quiet election timeouts");
    }
  }

  // Without the bond between members and a leader that is heard, one that was removed disturbs them for ever (MS-12).
  [[nodiscard]] bool is_quiet_group() const { return world_.setup.core.check_quorum; }

  void compare_states() {
    SimulatedMember* leader = world_.leader();
    if (leader == nullptr) return;
    const Configuration& configuration = leader->core().configuration();
    const std::string state = leader->state_bytes();
    for (SimulatedMember* member : world_.member_list()) {
      if (!is_live_member(configuration, *member) || member->applied() != leader->applied()) continue;
      if (member->state_bytes() != state) {
        return world_.fail("state-machine", member->id().name() + " has another state than the leader at index " +
                                                std::to_string(member->applied().value()));
      }
    }
  }

  World& world_;
  Duration timeout_;
  MemberNumber stays_down_ = 0;
  std::optional<std::uint32_t> probe_;
  std::uint64_t probes_ = 0;
};

}  // namespace

void heal_and_judge(World& world) {
  Healing(world).run();
}

}  // namespace consensus::simulator
