// Asks a state, which may block, on a thread of its own, behind awaitables.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "state/state.hpp"

namespace orchestrator::state {

struct StateServiceOptions {
  std::size_t queued_queries = 256;  // more than these waiting: Errc::overloaded
};

// Calls may come from any thread; each resumes on the executor of its coroutine. Queries are served in the order they
// came. One that was queued is carried out even when its coroutine is gone; it cannot be cancelled and takes as long as
// the database does. Errors: those of the state, overloaded, stopped. The state outlives the service.
class StateService {
 public:
  explicit StateService(State& state, const StateServiceOptions& options = {});
  // Carries out what is queued, then returns. The executors of waiting coroutines must still exist.
  ~StateService();
  StateService(const StateService&) = delete;
  StateService& operator=(const StateService&) = delete;

  // Calls query(State&), which returns a Result, on the state's thread.
  template <class Query>
  [[nodiscard]] auto ask(Query query) -> boost::asio::awaitable<std::invoke_result_t<Query, State&>> {
    using Found = std::invoke_result_t<Query, State&>;
    // Not a coroutine: builds the awaitable that hands the query over when it is first awaited.
    return boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void(Found)>(
        [this](auto handler, Query run) {
          auto done = resume_with<Found>(std::move(handler));
          submit([done, run](State& state) { done(run(state)); }, [done](const Error& error) { done(error); });
        },
        boost::asio::use_awaitable, std::move(query));
  }

 private:
  class Worker;

  // Lets a function be called on any thread and resume the handler on its executor, which is kept from running out of
  // work.
  template <class Found, class Handler>
  static std::function<void(Found)> resume_with(Handler handler) {
    auto executor = boost::asio::get_associated_executor(handler);
    auto waiting = std::make_shared<Handler>(std::move(handler));
    auto work = boost::asio::make_work_guard(executor);
    return [waiting, work, executor](Found found) {
      boost::asio::post(executor,
                        [waiting, found = std::move(found)]() mutable { std::move (*waiting)(std::move(found)); });
    };
  }
  // Runs the query, or refuses it with an error.
  void submit(std::function<void(State&)> run, const std::function<void(const Error&)>& refuse);

  std::unique_ptr<Worker> worker_;
};

}  // namespace orchestrator::state
