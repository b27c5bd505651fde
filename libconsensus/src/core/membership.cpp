// Changes of the group by joint consensus, in force from the moment they are appended (Raft paper, section 6).
#include <algorithm>
#include <utility>

#include "core/state.hpp"
#include "invariant.hpp"

namespace consensus {

void RaftCore::State::on(input::ChangeConfiguration& input) {
  Leader* leader = leading();
  if (leader == nullptr) return complete(input.request, not_leader_error());
  if (transfer_request_) return refuse(input.request, Errc::change_in_progress, "leadership is being transferred");
  if (is_removed(*leader)) return refuse(input.request, Errc::not_member, "this leader was removed");
  // A new leader may have inherited a change that it does not know to be committed (MS-02); and two changes that are
  // not committed could make majorities that do not overlap (MS-03).
  if (!is_barrier_committed(*leader) || log_.configuration().index > commit_) {
    return refuse(input.request, Errc::change_in_progress, "the last change is not committed yet");
  }
  // Little space alone does not stop a change: it may be one that helps.
  if (failed_for_space()) return refuse(input.request, Errc::no_space, options_.id.name());
  Result<Configuration> next = apply(configuration(), input.change);
  if (!next) return complete(input.request, next.error());
  const Index index = append_own(*next);
  leader->proposals.push_back({index, input.request});
}

// `last_before` is the last entry without the change: where a new member is probed first.
void RaftCore::State::on_configuration_appended(Leader& leader, Index last_before) {
  arrange_peers(leader, last_before.next());
  leader.removal = configuration().is_voter(options_.id) ? Index() : log_.last().index;
  if (leader.transfer) {
    const Peer* target = find_peer(leader, leader.transfer->target);
    if (target == nullptr || target->learner) end_transfer(Errc::timeout);
  }
  // Fewer acknowledgements may be enough now.
  commit_may_advance_ = true;
}

// Never by a leader that cannot know whether the joint configuration is committed (MS-04), and once.
void RaftCore::State::leave_joint_if_due(Leader& leader) {
  const Configuration& now = configuration();
  if (!now.is_joint() || !now.auto_leave) return;
  if (log_.configuration().index > commit_ || !is_barrier_committed(leader)) return;
  Result<Configuration> next = leave_joint(now);
  invariant(next.has_value(), "a joint configuration can be left");
  append_own(*next);
}

// After the messages that tell the others: they must learn that the change is committed (MS-06).
void RaftCore::State::step_down_if_removed(Leader& leader) {
  if (options_.step_down_on_removal && !leader.removal.is_zero() && leader.removal <= commit_) step_down();
}

// A leader that is a learner by now goes on when it does not have to step down.
bool RaftCore::State::is_removed(const Leader& leader) const noexcept {
  return !leader.removal.is_zero() && leader.removal <= commit_ && !configuration().contains(options_.id);
}

}  // namespace consensus
