// The worker thread and its queue.
#include "state/state_service.hpp"

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace orchestrator::state {

class StateService::Worker {
 public:
  using Query = std::function<void(State&)>;

  Worker(State& state, const StateServiceOptions& options)
      : state_(state), options_(options), thread_([this] { run(); }) {
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

  // Why the query is not taken, if it is not.
  [[nodiscard]] std::optional<Error> submit(Query query) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return make_error(Errc::stopped, "");
      if (queue_.size() >= options_.queued_queries) return make_error(Errc::overloaded, "");
      queue_.push_back(std::move(query));
    }
    wake_.notify_one();
    return std::nullopt;
  }

 private:
  void run() {
    for (;;) {
      Query query;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        query = std::move(queue_.front());
        queue_.pop_front();
      }
      query(state_);
    }
  }

  State& state_;
  StateServiceOptions options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Query> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

StateService::StateService(State& state, const StateServiceOptions& options)
    : worker_(std::make_unique<Worker>(state, options)) {}
StateService::~StateService() = default;

void StateService::submit(std::function<void(State&)> run, const std::function<void(const Error&)>& refuse) {
  if (const auto refusal = worker_->submit(std::move(run))) refuse(*refusal);
}

}  // namespace orchestrator::state
