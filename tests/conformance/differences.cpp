// The table of intended differences.
#include "differences.hpp"

#include <array>

namespace conformance {
namespace {

constexpr std::string_view on_append = "a configuration is in force when it is appended, not when it is applied";
constexpr std::string_view own_copy =
    "a leader does not count its own copy from the moment its removal is appended, so it needs both others";
constexpr std::string_view leaves_the_rest =
    "a leader steps down as soon as its removal is committed; what it appended behind is left to its successor";
constexpr std::string_view removed_at_once =
    "a removed member is sent nothing more from the moment its removal is appended";
constexpr std::string_view saved_first =
    "an answer in a new term waits until the term is stored, so the leader has not sent its entry again yet";

constexpr std::string_view remove_leader = "confchange_v1_remove_leader.txt";
constexpr std::string_view remove_leader_stepdown = "confchange_v1_remove_leader_stepdown.txt";
constexpr std::string_view double_auto = "confchange_v2_add_double_auto.txt";
constexpr std::string_view replace_leader = "confchange_v2_replace_leader.txt";

constexpr std::string_view all_follow_1 =
    "1: StateLeader (Voter) Term:1 Lead:1\n"
    "2: StateFollower (Voter) Term:1 Lead:1\n"
    "3: StateFollower (Voter) Term:1 Lead:1\n";
constexpr std::string_view removed_1_leads =
    "1: StateLeader (Non-Voter) Term:1 Lead:1\n"
    "2: StateFollower (Voter) Term:1 Lead:1\n"
    "3: StateFollower (Voter) Term:1 Lead:1\n";
constexpr std::string_view removed_1_stepped_down =
    "1: StateFollower (Non-Voter) Term:1 Lead:0\n"
    "2: StateFollower (Voter) Term:1 Lead:1\n"
    "3: StateFollower (Voter) Term:1 Lead:1\n";

constexpr std::array table{
    OwnSemantics{remove_leader, "raft-state", all_follow_1, removed_1_leads, on_append},
    OwnSemantics{remove_leader, "stabilize", "1: Term:1 Vote:1 Commit:5\n", "1: Term:1 Vote:1 Commit:3\n", own_copy},
    OwnSemantics{remove_leader, "stabilize", "2: Term:1 Vote:1 Commit:5\n", "2: Term:1 Vote:1 Commit:3\n", own_copy},

    OwnSemantics{remove_leader_stepdown, "raft-state", all_follow_1, removed_1_leads, on_append},
    OwnSemantics{remove_leader_stepdown, "stabilize", "1: Lead:0 State:StateFollower\n1: Term:1 Vote:1 Commit:5\n",
                 "1: Lead:1 State:StateLeader\n1: Term:1 Vote:1 Commit:3\n", own_copy},
    OwnSemantics{remove_leader_stepdown, "raft-state", removed_1_stepped_down, removed_1_leads, own_copy},
    OwnSemantics{remove_leader_stepdown, "stabilize", "2: Term:1 Vote:1 Commit:5\n", "2: Term:1 Vote:1 Commit:3\n",
                 own_copy},
    OwnSemantics{remove_leader_stepdown, "stabilize", "3: Term:1 Vote:1 Commit:5\n", "3: Term:1 Vote:1 Commit:4\n",
                 leaves_the_rest},

    // Node 1 alone is the configuration that leaves the joint one; it needs nobody to commit it.
    OwnSemantics{double_auto, "stabilize", "1: Term:1 Vote:1 Commit:6\n", "1: Term:1 Vote:1 Commit:9\n", on_append},
    OwnSemantics{double_auto, "stabilize", "2: Term:1 Vote:0 Commit:6\n3: Term:1 Vote:0 Commit:6\n",
                 "2: Term:1 Vote:0 Commit:5\n3: Term:1 Vote:0 Commit:5\n", removed_at_once},
    OwnSemantics{double_auto, "stabilize",
                 "1: Term:1 Vote:1 Commit:9\n2: Term:1 Vote:0 Commit:9\n3: Term:1 Vote:0 Commit:9\n",
                 "1: Term:1 Vote:1 Commit:9\n2: Term:1 Vote:0 Commit:5\n3: Term:1 Vote:0 Commit:5\n", removed_at_once},

    OwnSemantics{replace_leader, "stabilize",
                 "1: Term:2 Vote:4 Commit:6\n2: Term:2 Vote:4 Commit:6\n3: Term:2 Vote:4 Commit:6\n"
                 "4: Term:2 Vote:4 Commit:6\n",
                 "1: Term:2 Vote:4 Commit:5\n2: Term:2 Vote:4 Commit:6\n3: Term:2 Vote:4 Commit:6\n"
                 "4: Term:2 Vote:4 Commit:6\n",
                 removed_at_once},
    OwnSemantics{replace_leader, "raft-state",
                 "1: StateFollower (Non-Voter) Term:2 Lead:4\n2: StateFollower (Voter) Term:2 Lead:4\n"
                 "3: StateFollower (Voter) Term:2 Lead:4\n4: StateLeader (Voter) Term:2 Lead:4\n",
                 "1: StateFollower (Voter) Term:2 Lead:4\n2: StateFollower (Voter) Term:2 Lead:4\n"
                 "3: StateFollower (Voter) Term:2 Lead:4\n4: StateLeader (Voter) Term:2 Lead:4\n",
                 removed_at_once},

    OwnSemantics{"async_storage_writes_append_aba_race.txt", "raft-log",
                 "1/11 EntryNormal \"\"\n3/12 EntryNormal \"\"\n", "1/11 EntryNormal \"\"\n2/12 EntryNormal \"\"\n",
                 saved_first},
};

}  // namespace

std::span<const OwnSemantics> own_semantics() {
  return table;
}

}  // namespace conformance
