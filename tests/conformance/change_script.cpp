// Scripts of the configuration calculus: simple moves, into and out of joint configurations.
#include <algorithm>
#include <cstdint>
#include <map>

#include "changes.hpp"
#include "gate.hpp"
#include "outcome.hpp"

namespace conformance {
namespace {

using namespace consensus;

// A configuration and what a leader would track of its members.
class Calculus {
 public:
  std::string answer(const Block& block) {
    const std::string text = carry_out(block);
    ++last_index_;
    return text;
  }

 private:
  std::string carry_out(const Block& block) {
    const Command command = parse_command(block.input.front());
    std::vector<MemberChange> changes;
    for (std::size_t i = 1; i < block.input.size(); ++i) {
      for (const MemberChange& change : parse_changes(block.input[i])) changes.push_back(change);
    }
    Result<Configuration> next = make_error(Errc::invalid_argument, "unknown command: " + command.name);
    if (command.name == "simple") {
      next = change_simply(now_, changes);
    } else if (command.name == "enter-joint") {
      const bool leaves = command.value("autoleave") == "true";
      next = enter_joint(now_, changes, leaves ? Transition::implicit_joint : Transition::explicit_joint);
    } else if (command.name == "leave-joint") {
      next = leave_joint(now_);
    }
    if (!next) return next.error().context + '\n';
    now_ = *next;
    track_members();
    return print(now_) + '\n' + progress();
  }

  // New members are followed from where the log is.
  void track_members() {
    std::map<unsigned, std::uint64_t> tracked;
    for (const Member& member : now_.members()) {
      const unsigned id = number_of(member.id);
      const auto known = next_.find(id);
      tracked[id] = known != next_.end() ? known->second : std::max<std::uint64_t>(last_index_, 1);
    }
    next_ = std::move(tracked);
  }

  std::string progress() const {
    std::string text;
    for (const auto& [id, next] : next_) {
      text += std::to_string(id) + ": StateProbe match=0 next=" + std::to_string(next);
      text += now_.is_learner(node_id(id)) ? " learner\n" : "\n";
    }
    return text;
  }

  Configuration now_;
  std::map<unsigned, std::uint64_t> next_;
  std::uint64_t last_index_ = 0;
};

}  // namespace

Outcome run_change_script(const std::vector<Block>& blocks) {
  Calculus calculus;
  std::vector<Block> comparable = blocks;
  for (Block& block : comparable) block.expected = without_sent_commit(block.expected);
  return compare_exactly(comparable, [&](const Block& block) { return calculus.answer(block); });
}

}  // namespace conformance
