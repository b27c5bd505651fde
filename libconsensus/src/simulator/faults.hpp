// Carries out the actions of a run, as far as they leave the group a chance.
#pragma once

#include <cstdint>
#include <optional>

#include "consensus/simulator/scenario.hpp"

namespace consensus::simulator {

class SimulatedMember;
class World;

struct FaultOutcome {
  bool done = false;
  std::optional<std::uint32_t> request;  // of a client: its place
};

// May change the action into what really happened. What would take something from so many members that nobody could
// keep its promises (a quorum's disks, say) is not done.
FaultOutcome carry_out(World& world, Action& action);
void end_full_disk(SimulatedMember& member);

// What the members in one place lose must be safe elsewhere: in every configuration that may be in force somewhere, a
// quorum of sound members is left without this one.
[[nodiscard]] bool may_lose(const World& world, MemberNumber number);
// It exists, and its disk has all that it was ever said to have.
[[nodiscard]] bool is_sound(const World& world, MemberNumber number);
// The same question for a configuration that is not in force yet.
[[nodiscard]] bool has_sound_quorum(const World& world, const Configuration& configuration, MemberNumber without);

}  // namespace consensus::simulator
