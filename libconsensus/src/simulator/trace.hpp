// Writes what happens in a run as lines, for people who look for a cause.
#pragma once

#include <string_view>

#include "consensus/raft_core.hpp"
#include "consensus/simulator/scenario.hpp"

namespace consensus::simulator {

class SimulatedMember;

// Costs next to nothing while nobody wants it; see trace_to() in simulation.hpp.
[[nodiscard]] bool is_traced() noexcept;
void trace(TimePoint now, MemberNumber member, std::string_view what);
void trace(TimePoint now, const Action& action);
void trace(TimePoint now, std::string_view how, const Message& message);
void trace(TimePoint now, MemberNumber member, const Write& write);
// Role and term, if they changed.
void trace_role(TimePoint now, const SimulatedMember& member);

}  // namespace consensus::simulator
