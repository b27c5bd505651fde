// Runs a group of Raft cores under virtual time with seeded faults, and checks everything that must hold.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/simulator/scenario.hpp"
#include "consensus/simulator/subject.hpp"

namespace consensus::simulator {

// How often what happens; chances are per mille.
struct Rates {
  unsigned drop = 0;
  unsigned duplicate = 0;
  unsigned delay = 0;
  Duration longest_delay = std::chrono::milliseconds(20);
  unsigned slow_write = 0;
  Duration slowest_write = std::chrono::milliseconds(20);
  unsigned slow_apply = 0;
  Duration slowest_apply = std::chrono::milliseconds(10);
  unsigned break_snapshot = 0;

  // Between two actions on average, and how they are divided among the kinds (ask has no weight).
  Duration action_interval = std::chrono::milliseconds(40);
  std::array<unsigned, action_kinds> weights{};
  std::uint64_t most_members = 7;  // ever alive at a time

  std::uint64_t clients = 4;
  Duration think_time = std::chrono::milliseconds(5);
};

// What a run with dice is made from. The seed decides everything.
struct Plan {
  std::uint64_t seed = 1;
  Setup setup{};
  Rates rates{};
};

// "calm", "network", "crash", "storage", "clock", "membership", "chaos", and "swarm", where each seed has its own
// choice of faults, sizes and options.
[[nodiscard]] const std::vector<std::string_view>& profile_names();
// Errors: Errc::invalid_argument for an unknown profile.
[[nodiscard]] Result<Plan> make_plan(std::string_view profile, std::uint64_t seed);

struct Failure {
  std::string kind;  // one word, the same for the same invariant
  std::string text;

  friend bool operator==(const Failure&, const Failure&) = default;
};

struct Statistics {
  std::uint64_t steps = 0;  // calls of RaftCore::step
  std::uint64_t messages = 0;
  std::uint64_t writes = 0;
  std::uint64_t committed = 0;
  std::uint64_t elections = 0;  // leaders made
  std::uint64_t crashes = 0;
  std::uint64_t snapshots_taken = 0;
  std::uint64_t snapshots_installed = 0;
  std::uint64_t configurations = 0;
  std::uint64_t damaged = 0;
  std::uint64_t requests = 0;
  std::uint64_t answered = 0;
  std::uint64_t unknown = 0;
  Duration virtual_time{};

  Statistics& operator+=(const Statistics& other);
};

struct Report {
  std::optional<Failure> failure;
  Statistics statistics;
  std::uint64_t hash = 0;  // of every event; equal runs have equal hashes
  Scenario scenario;       // replays it
};

// From now on the runs of this thread write what happens there, line by line; null: nowhere.
void trace_to(std::ostream* stream) noexcept;

// The factory may be empty: registers and lists. Ends at the first failure. A core that breaks one of its own
// invariants ends the process; see isolation.hpp.
[[nodiscard]] Report simulate(const Plan& plan, const SubjectFactory& factory = {});
[[nodiscard]] Report replay(const Scenario& scenario, const SubjectFactory& factory = {});

}  // namespace consensus::simulator
