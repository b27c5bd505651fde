// What leaves a core: messages, the write they may have to wait for, and what is committed.
#include <algorithm>
#include <utility>

#include "core/state.hpp"
#include "invariant.hpp"

namespace consensus {
namespace {

// Ranges given to apply that are not reported yet; more would only queue up.
constexpr std::size_t max_ranges_applying = 4;
// A range that must be read from the store, whose size is not known here.
constexpr std::uint64_t max_unread_entries = 1024;

}  // namespace

void RaftCore::State::send(const NodeId& to, MessageBody body) {
  out_.send.push_back({options_.id, to, hard_state_.term, std::move(body)});
}

// Term and vote always count as relied on: after a crash this member must not be behind what it said.
void RaftCore::State::send_when_saved(const NodeId& to, MessageBody body, Index relied_on) {
  Message message{options_.id, to, hard_state_.term, std::move(body)};
  switch (saving_.wait_for(relied_on)) {
    case core::Saving::Wait::nothing:
      out_.send.push_back(std::move(message));
      return;
    case core::Saving::Wait::write_under_way:
      queue(after_write_under_way_, std::move(message));
      return;
    case core::Saving::Wait::next_write:
      queue(after_next_write_, std::move(message));
      return;
  }
}

// An acknowledgement says everything that the one before it said.
void RaftCore::State::queue(std::vector<Message>& waiting, Message message) {
  if (!waiting.empty() && waiting.back().to == message.to) {
    const auto* before = std::get_if<AppendReply>(&waiting.back().body);
    const auto* now = std::get_if<AppendReply>(&message.body);
    if (before != nullptr && now != nullptr && before->accepted && now->accepted && now->match >= before->match) {
      waiting.back() = std::move(message);
      return;
    }
  }
  waiting.push_back(std::move(message));
}

void RaftCore::State::begin_write() {
  if (saving_.is_writing() || !saving_.has_work(log_)) return;
  if (retry_write_at_) {
    if (now_ < *retry_write_at_) return;
    retry_write_at_.reset();
  }
  out_.write = saving_.begin(log_, hard_state_, commit_, now_);
  out_.send_after_write = std::exchange(after_next_write_, {});
  if (out_.write->install) out_.restore = restore_;
}

void RaftCore::State::on(input::Written& input) {
  invariant(saving_.under_way() == input.id, "only the write under way can end");
  switch (input.outcome) {
    case input::WriteOutcome::durable: {
      const bool recovered = saving_.end().recovered;
      if (recovered) recovering_ = false;
      retry_delay_ = Duration::zero();
      std::move(after_write_under_way_.begin(), after_write_under_way_.end(), std::back_inserter(out_.send));
      after_write_under_way_.clear();
      if (restore_ && !saving_.is_installing()) restore_.reset();
      count_votes();
      if (Leader* leader = leading()) {
        if (Peer* self = find_peer(*leader, options_.id)) self->acknowledge(saving_.durable());
        commit_may_advance_ = true;
      }
      return;
    }
    case input::WriteOutcome::no_space:
      saving_.undo();
      after_next_write_.insert(after_next_write_.begin(), std::make_move_iterator(after_write_under_way_.begin()),
                               std::make_move_iterator(after_write_under_way_.end()));
      after_write_under_way_.clear();
      // Tried again by and by: nobody tells when there is space again (MS-47).
      retry_delay_ = std::clamp(retry_delay_ * 2, options_.heartbeat_interval, options_.election_timeout * 4);
      retry_write_at_ = now_ + retry_delay_;
      return;
  }
}

void RaftCore::State::on(input::SpaceChanged input) {
  own_space_ = input.space;
  if (input.space == Space::enough && retry_write_at_) retry_write_at_ = now_;
}

void RaftCore::State::hand_out_committed() {
  if (restore_ && !out_.restore) {
    if (saving_.is_installing()) return;
    out_.restore = std::exchange(restore_, std::nullopt);
  }
  const Index until = std::min(commit_, saving_.durable());
  if (handed_out_ >= until || handed_ranges_.size() >= max_ranges_applying) return;
  const Index first = handed_out_.next();
  CommittedRange range{.first = first, .last = until, .entries = {}};
  if (log_.is_cached(first)) {
    range.entries = log_.copy(first, until, options_.max_request_entries, options_.max_request_bytes);
    range.last = range.entries.back().index;
    for (const Entry& entry : range.entries) bytes_since_snapshot_ += entry.payload.size();
  } else {
    range.last = std::min({until, log_.cached_after(), handed_out_ + max_unread_entries});
  }
  handed_out_ = range.last;
  handed_ranges_.push_back(range.last);
  out_.apply = std::move(range);
}

void RaftCore::State::on(input::Applied& input) {
  invariant(input.index <= handed_out_, "only what was handed out is applied");
  applied_ = std::max(applied_, input.index);
  while (!handed_ranges_.empty() && handed_ranges_.front() <= applied_) handed_ranges_.pop_front();
}

}  // namespace consensus
