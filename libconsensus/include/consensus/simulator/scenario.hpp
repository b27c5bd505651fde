// A simulated run as data: what it starts from, what is done to it, and where it departs from the usual.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/error.hpp"
#include "consensus/ids.hpp"
#include "consensus/raft_core.hpp"

namespace consensus::simulator {

// Members are numbered from 1 in the order of their making; number 3 has the id "n3". Zero stands for none, or, where
// something is done to the leader, for the leader.
using MemberNumber = std::uint32_t;

[[nodiscard]] NodeId member_id(MemberNumber number);

struct Setup {
  std::uint64_t seed = 1;  // of the cores
  MemberNumber voters = 3;
  Duration length = std::chrono::seconds(2);  // until everything is healed
  CoreOptions core;                           // but for the id
  Duration network_latency = std::chrono::microseconds(1000);
  Duration write_latency = std::chrono::microseconds(500);
  Duration apply_latency = std::chrono::microseconds(50);
  Duration snapshot_latency = std::chrono::milliseconds(5);
  Duration step_duration = std::chrono::microseconds(20);  // what comes in meanwhile is given to the core together
  Duration client_timeout = std::chrono::milliseconds(400);
  std::uint64_t durable_state_machine = 0;  // 1: the state machine survives a crash with all it has applied
  MemberNumber stays_down = 0;              // this one is not healed
};

enum class ActionKind : std::uint8_t {
  ask,            // a client asks `node` (0: the leader); `value` seeds the request
  crash,          // `value`: see crash_bits; starts again after `duration`
  pause,          // the process stands still for `duration`
  isolate,        // the members in the mask `value` and the others do not hear each other for `duration`
  cut,            // `other` does not hear `node` for `duration`
  bridge,         // the members in the mask `value` and the others only hear `node`
  skew,           // the clock of `node` runs faster by `value` (signed) millionths
  stall_disk,     // no write ends for `duration`
  fill_disk,      // no write succeeds for `duration`
  lie,            // what is written is not durable for `duration`, though the disk says so
  wipe,           // `node` loses everything, for ever
  replay,         // messages that were sent long ago arrive again; `value` chooses them
  lose_peer,      // `node` learns that its connection to `other` was reset
  campaign,       // `node` is told to campaign
  forget_leader,  // `node` is told to forget who leads
  transfer,       // the leader is told to hand over to `other`
  change,         // the leader is asked for a change of the configuration: see MembershipChange
};
inline constexpr std::size_t action_kinds = static_cast<std::size_t>(ActionKind::change) + 1;

// The bits of a crash's value; the bits above them say how many of the writes that are not durable survive.
namespace crash_bits {
inline constexpr std::uint64_t keep_write = 1;  // the write under way is there afterwards
inline constexpr std::uint64_t lose_sent = 2;   // what it sent and has not arrived is lost
inline constexpr std::uint64_t announce = 4;    // the others' connections are reset
inline constexpr unsigned kept_shift = 3;
}  // namespace crash_bits

// The value of a change.
enum class MembershipChange : std::uint8_t {
  add_learner,
  add_voter,
  demote,
  remove,
  replace,           // `node` comes, `other` goes, jointly
  replace_stepwise,  // the same, but the joint configuration is left by a change of its own
  update_address,
  leave_joint,
};

struct Action {
  TimePoint at{};
  ActionKind kind = ActionKind::ask;
  MemberNumber node = 0;
  MemberNumber other = 0;
  std::uint64_t value = 0;
  Duration duration{};

  friend bool operator==(const Action&, const Action&) = default;
};

enum class DeviationSubject : std::uint8_t { message, write, apply, snapshot };
enum class DeviationEffect : std::uint8_t { drop, duplicate, delay };

// The number-th message (or snapshot) from one member to another, or the number-th write of one, is not as usual.
struct Deviation {
  DeviationSubject subject = DeviationSubject::message;
  DeviationEffect effect = DeviationEffect::drop;
  MemberNumber from = 0;
  MemberNumber to = 0;
  std::uint32_t number = 0;
  Duration duration{};  // beyond the usual

  friend bool operator==(const Deviation&, const Deviation&) = default;
};

struct Scenario {
  std::vector<std::string> comments;  // what it shows
  std::string expect;                 // the kind of failure it had when it was found; empty: none
  Setup setup;
  std::vector<Action> actions;        // by time
  std::vector<Deviation> deviations;  // in any order
};

// The form of a scenario file: a line for each value, action and deviation. Errors of reading: Errc::malformed with the
// number of the line.
[[nodiscard]] std::string format(const Scenario& scenario);
[[nodiscard]] std::string format(const Action& action);
[[nodiscard]] Result<Scenario> parse_scenario(std::string_view text);

}  // namespace consensus::simulator
