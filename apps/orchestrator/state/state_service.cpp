// The worker thread, its queue, and the way of results back to their coroutines.
#include "state/state_service.hpp"

#include <pthread.h>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <variant>

namespace orchestrator::state {
namespace {

template <class T>
using Done = std::function<void(Result<T>)>;

struct Change {
  std::vector<Command> commands;
  Done<void> done;
};
// Runs the query and hands its result over, or hands over the error given instead.
struct Query {
  std::function<void(State&)> run;
  std::function<void(Error)> refuse;
};
using Request = std::variant<Change, Query>;

// Lets done be called on any thread and resume the handler on its executor, which is kept from running out of work.
template <class T, class Handler>
Done<T> resume_with(Handler handler) {
  auto executor = boost::asio::get_associated_executor(handler);
  auto waiting = std::make_shared<Handler>(std::move(handler));
  auto work = boost::asio::make_work_guard(executor);
  return [waiting, work, executor](Result<T> result) {
    boost::asio::post(executor,
                      [waiting, result = std::move(result)]() mutable { std::move (*waiting)(std::move(result)); });
  };
}

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
        return query.refuse(std::move(*refusal));
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
    if (changes.size() == 1) return changes[0].done(state_->apply(changes[0].commands));
    std::vector<Command> all;
    for (auto& change : changes) all.insert(all.end(), change.commands.begin(), change.commands.end());
    auto together = state_->apply(all);
    if (!together && together.error().code == make_error_code(Errc::invalid_argument)) {
      for (auto& change : changes) change.done(state_->apply(change.commands));
      return;
    }
    for (auto& change : changes) change.done(together);
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

namespace {

using boost::asio::awaitable;
using boost::asio::use_awaitable;

// Not a coroutine: builds the awaitable that hands the query over when it is first awaited.
template <class T, class Worker, class Ask>
awaitable<Result<T>> ask(Worker& worker, Ask query) {
  return boost::asio::async_initiate<decltype(use_awaitable), void(Result<T>)>(
      [&worker](auto handler, Ask run) {
        const auto done = resume_with<T>(std::move(handler));
        worker.submit(Query{[done, run](State& state) { done(run(state)); }, [done](Error error) { done(error); }});
      },
      use_awaitable, std::move(query));
}

}  // namespace

StateService::StateService(std::unique_ptr<State> state, const StateServiceOptions& options)
    : worker_(std::make_unique<Worker>(std::move(state), options)) {}
StateService::~StateService() = default;

awaitable<Result<void>> StateService::apply(std::vector<Command> commands) {
  Worker& worker = *worker_;
  return boost::asio::async_initiate<decltype(use_awaitable), void(Result<void>)>(
      [&worker](auto handler, std::vector<Command> changes) {
        worker.submit(Change{std::move(changes), resume_with<void>(std::move(handler))});
      },
      use_awaitable, std::move(commands));
}

awaitable<Result<std::vector<InstanceRecord>>> StateService::instances() {
  return ask<std::vector<InstanceRecord>>(*worker_, [](State& state) { return state.instances(); });
}

awaitable<Result<std::vector<ClusterRecord>>> StateService::clusters() {
  return ask<std::vector<ClusterRecord>>(*worker_, [](State& state) { return state.clusters(); });
}

awaitable<Result<std::vector<HostnameResolve>>> StateService::hostname_resolves() {
  return ask<std::vector<HostnameResolve>>(*worker_, [](State& state) { return state.hostname_resolves(); });
}

awaitable<Result<std::vector<KeyValue>>> StateService::key_values() {
  return ask<std::vector<KeyValue>>(*worker_, [](State& state) { return state.key_values(); });
}

awaitable<Result<std::optional<std::string>>> StateService::value_of(std::string key) {
  return ask<std::optional<std::string>>(*worker_,
                                         [key = std::move(key)](State& state) { return state.value_of(key); });
}

}  // namespace orchestrator::state
