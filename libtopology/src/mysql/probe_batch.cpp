// Plans and runs the round trips of a probe.
#include "mysql/probe_batch.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace topology::mysql {

namespace asio = boost::asio;

bool must_go_alone(std::string_view query) noexcept {
  constexpr std::array<std::string_view, 4> dangerous{";", "--", "#", "/*"};
  return std::ranges::any_of(dangerous,
                             [&](std::string_view piece) { return query.find(piece) != std::string_view::npos; });
}

std::string trimmed_query(std::string_view query) {
  const auto last = query.find_last_not_of("; \t\r\n");
  return std::string(last == std::string_view::npos ? std::string_view() : query.substr(0, last + 1));
}

BatchPlan::BatchPlan(std::vector<BatchItem> items, Sending sending) : items_(std::move(items)), sending_(sending) {}

std::string BatchPlan::next_text() {
  std::string text(items_[next_].statement);
  sent_ = 1;
  if (sending_ == Sending::one_by_one || must_go_alone(text)) {
    return text;
  }
  while (next_ + sent_ < items_.size() && !must_go_alone(items_[next_ + sent_].statement)) {
    text.append(";\n").append(items_[next_ + sent_].statement);
    ++sent_;
  }
  return text;
}

void BatchPlan::take(StatementResults answer, BatchOutcome& outcome) {
  ++outcome.round_trips;
  const auto succeeded = std::min(answer.results.size(), sent_);
  for (std::size_t i = 0; i < succeeded; ++i) {
    outcome.results[items_[next_ + i].part] = std::move(answer.results[i]);
  }
  next_ += succeeded;
  if (succeeded == sent_) {
    return;
  }
  if (answer.failure) {
    const Part failed = items_[next_].part;
    outcome.failures.push_back({failed, std::move(*answer.failure)});
    next_ = is_essential(failed) ? items_.size() : next_ + 1;
    return;
  }
  sending_ = Sending::one_by_one;
  if (succeeded == 0) {
    ++next_;  // not even one answer: leave it, or this would never end
  }
}

asio::awaitable<Result<BatchOutcome>> run_batch(Session& session, std::vector<BatchItem> items, Sending sending,
                                                Deadline deadline) {
  BatchOutcome outcome;
  BatchPlan plan(std::move(items), sending);
  while (!plan.done()) {
    auto text = plan.next_text();
    auto answer = co_await session.poll(std::move(text), deadline);
    if (!answer) {
      co_return answer.error();
    }
    plan.take(std::move(*answer), outcome);
  }
  co_return std::move(outcome);
}

}  // namespace topology::mysql
