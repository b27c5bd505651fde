// Lines of a trace: time in microseconds, who, what.
#include "simulator/trace.hpp"

#include <iomanip>
#include <ostream>

#include "consensus/simulator/simulation.hpp"
#include "simulator/member.hpp"

namespace consensus::simulator {
namespace {

thread_local std::ostream* out = nullptr;

std::ostream& begin(TimePoint now) {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  return *out << std::setw(9) << microseconds << ' ';
}

// What is worth seeing of each kind of message.
struct Describe {
  std::ostream& to;

  void operator()(const VoteRequest& one) const {
    to << " kind " << static_cast<int>(one.kind) << " last " << one.last_index << '/' << one.last_term;
  }
  void operator()(const VoteReply& one) const {
    to << " kind " << static_cast<int>(one.kind) << (one.granted ? " granted" : " refused");
  }
  void operator()(const AppendRequest& one) const {
    to << " after " << one.previous_index << '/' << one.previous_term << " entries " << one.entries.size() << " commit "
       << one.commit;
    if (one.recovered_life != 0) to << " recovered";
  }
  void operator()(const AppendReply& one) const {
    if (one.accepted) {
      to << " match " << one.match;
    } else {
      to << " rejected " << one.rejected << " hint " << one.hint_index << '/' << one.hint_term;
    }
    if (one.recovering) to << " recovering";
  }
  void operator()(const Heartbeat& one) const { to << " commit " << one.commit << " round " << one.round; }
  void operator()(const HeartbeatReply& one) const { to << " round " << one.round; }
  void operator()(const InstallSnapshot& one) const { to << " at " << one.meta.position.index; }
  void operator()(const TimeoutNow&) const {}
  void operator()(const ReadQuery& one) const { to << " batch " << one.batch; }
  void operator()(const ReadAnswer& one) const {
    to << " batch " << one.batch << " index " << one.index.value_or(Index());
  }
};

const char* name_of(Role role) {
  switch (role) {
    case Role::follower:
      return "follower";
    case Role::pre_candidate:
      return "pre-candidate";
    case Role::candidate:
      return "candidate";
    case Role::leader:
      return "leader";
  }
  return "";
}

}  // namespace

void trace_to(std::ostream* stream) noexcept {
  out = stream;
}

bool is_traced() noexcept {
  return out != nullptr;
}

void trace(TimePoint now, MemberNumber member, std::string_view what) {
  if (out != nullptr) begin(now) << member_id(member) << ' ' << what << '\n';
}

void trace(TimePoint now, const Action& action) {
  if (out != nullptr) begin(now) << "** " << format(action) << '\n';
}

void trace(TimePoint now, std::string_view how, const Message& message) {
  if (out == nullptr) return;
  begin(now) << message.from << " > " << message.to << ' ' << how << ' ' << kind_name(message) << " term "
             << message.term;
  std::visit(Describe{*out}, message.body);
  *out << '\n';
}

void trace(TimePoint now, MemberNumber member, const Write& write) {
  if (out == nullptr) return;
  begin(now) << member_id(member) << " write " << write.id;
  if (write.hard_state) {
    *out << " term " << write.hard_state->term << " vote " << write.hard_state->vote.value_or(NodeId("-"));
  }
  if (write.install) *out << " install " << write.install->position.index;
  if (write.truncate_from) *out << " truncate " << *write.truncate_from;
  for (const Entry& entry : write.append) {
    *out << ' ' << entry.index << '/' << entry.term;
    if (entry.kind != EntryKind::configuration) continue;
    if (const auto decoded = decode_configuration(entry.payload.view())) *out << '[' << decoded->to_string() << ']';
  }
  if (write.compact_to) *out << " compact " << *write.compact_to;
  if (write.recovered) *out << " recovered";
  *out << " commit " << write.commit << '\n';
}

void trace_role(TimePoint now, const SimulatedMember& member) {
  if (out == nullptr) return;
  begin(now) << member.id() << " is " << name_of(member.core().role()) << " in term " << member.core().term()
             << " commit " << member.core().commit() << ' ' << member.core().configuration().to_string() << '\n';
}

}  // namespace consensus::simulator
