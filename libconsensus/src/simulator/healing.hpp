// The end of a run: faults stop, and then the group has to recover and its history to make sense.
#pragma once

namespace consensus::simulator {

class World;

// Within bounded virtual time: one leader, a new commit, every live member of the group with all of it; within bounded
// effort: elections, snapshots and messages, so that a group that runs in circles is found although it gets on.
void heal_and_judge(World& world);

}  // namespace consensus::simulator
