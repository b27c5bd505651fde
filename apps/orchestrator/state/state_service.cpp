// The worker thread, its queue, and the way of results back to their coroutines.
#include "state/state_service.hpp"

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <variant>

#include "state/proposal.hpp"

namespace orchestrator::state {
namespace {

struct Change {
  std::vector<Command> commands;
  std::function<void(Result<Answers>)> done;
};
// Runs the query and hands its result over, or hands over the error given instead.
struct Query {
  std::function<void(State&)> run;
  std::function<void(const Error&)> refuse;
};
using Request = std::variant<Change, Query>;

}  // namespace

class StateService::Worker {
 public:
  Worker(std::unique_ptr<State> state, const StateServiceOptions& options)
      : state_(std::move(state)), options_(options), thread_([this] { run(); }) {
    ::pthread_setname_np(thread_.native_handle(), "state");
  }

  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void submit(Change change) {
    {
      const std::lock_guard lock(mutex_);
      if (auto refusal = refusal_for(waiting_commands_ >= options_.queued_commands)) {
        return change.done(std::move(*refusal));
      }
      waiting_commands_ += change.commands.size();
      queue_.emplace_back(std::move(change));
    }
    wake_.notify_one();
  }

  void submit(Query query) {
    {
      const std::lock_guard lock(mutex_);
      if (auto refusal = refusal_for(waiting_queries_ >= options_.queued_queries)) {
        return query.refuse(*refusal);
      }
      ++waiting_queries_;
      queue_.emplace_back(std::move(query));
    }
    wake_.notify_one();
  }

 private:
  [[nodiscard]] std::optional<Error> refusal_for(bool full) const {
    if (stopping_) return make_error(Errc::stopped, "");
    if (full) return make_error(Errc::overloaded, "");
    return std::nullopt;
  }

  void run() {
    for (;;) {
      std::vector<Change> changes;
      std::optional<Query> query;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        if (auto* first = std::get_if<Query>(&queue_.front())) {
          query = std::move(*first);
          queue_.pop_front();
          --waiting_queries_;
        } else {
          changes = take_changes();
        }
      }
      if (query) {
        query->run(*state_);
      } else {
        apply(changes);
      }
    }
  }

  // The changes at the head of the queue, as many as go together.
  std::vector<Change> take_changes() {
    std::vector<Change> changes;
    std::size_t commands = 0;
    while (!queue_.empty()) {
      auto* change = std::get_if<Change>(&queue_.front());
      if (change == nullptr) break;
      if (!changes.empty() && commands + change->commands.size() > options_.commands_together) break;
      commands += change->commands.size();
      changes.push_back(std::move(*change));
      queue_.pop_front();
    }
    waiting_commands_ -= commands;
    return changes;
  }

  void apply(std::vector<Change>& changes) {
    const auto version = state_->version();
    const auto applied = state_->applied();
    if (!version || !applied) {
      const auto& error = version ? applied.error() : version.error();
      for (auto& change : changes) change.done(error);
      return;
    }
    std::vector<Change*> waiting;
    std::vector<std::string> texts;
    for (auto& change : changes) {
      auto text = encode_commands(change.commands, *version);
      if (!text) {
        change.done(text.error());
        continue;
      }
      waiting.push_back(&change);
      texts.push_back(std::move(*text));
    }
    std::vector<Proposal> proposals;
    auto index = *applied;
    for (const auto& text : texts) proposals.push_back({++index, text});
    auto answers = state_->apply(proposals, index);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      waiting[i]->done(answers ? outcome_of(std::move((*answers)[i])) : answers.error());
    }
  }

  static Result<Answers> outcome_of(Answers answers) {
    if (!answers.empty() && answers.front().outcome == Outcome::invalid) {
      return make_error(Errc::invalid_argument, std::move(answers.front().problem));
    }
    return answers;
  }

  std::unique_ptr<State> state_;
  StateServiceOptions options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Request> queue_;
  std::size_t waiting_commands_ = 0;
  std::size_t waiting_queries_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

StateService::StateService(std::unique_ptr<State> state, const StateServiceOptions& options)
    : worker_(std::make_unique<Worker>(std::move(state), options)) {}
StateService::~StateService() = default;

boost::asio::awaitable<Result<Answers>> StateService::apply(std::vector<Command> commands) {
  return boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void(Result<Answers>)>(
      [this](auto handler, std::vector<Command> changes) {
        worker_->submit(Change{std::move(changes), resume_with<Result<Answers>>(std::move(handler))});
      },
      boost::asio::use_awaitable, std::move(commands));
}

void StateService::submit(std::function<void(State&)> run, std::function<void(const Error&)> refuse) {
  worker_->submit(Query{std::move(run), std::move(refuse)});
}

}  // namespace orchestrator::state
