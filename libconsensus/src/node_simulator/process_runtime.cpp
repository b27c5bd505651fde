// Sleeping and blocking work of a simulated process.
#include "node_simulator/process_runtime.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

namespace consensus::simulator {

namespace asio = boost::asio;
using asio::awaitable;

// Wakes a timer when its time has come. Lives in the coroutine that sleeps.
class ProcessRuntime::Sleeper {
 public:
  Sleeper(ProcessRuntime& runtime, asio::steady_timer& timer, TimePoint when) : runtime_(runtime) {
    ticket_ = runtime.time_.at(when, [&timer] { timer.cancel(); });
    runtime.sleepers_.emplace(ticket_, &timer);
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() {
    runtime_.time_.cancel(ticket_);
    runtime_.sleepers_.erase(ticket_);
  }

 private:
  ProcessRuntime& runtime_;
  VirtualTime::Ticket ticket_;
};

ProcessRuntime::ProcessRuntime(VirtualTime& time, const ProcessTiming& timing)
    : time_(time),
      timing_(timing),
      random_(timing.seed),
      born_(time.now()),
      executor_(context_.get_executor()),
      guard_(context_.get_executor()) {}

ProcessRuntime::~ProcessRuntime() {
  for (const VirtualTime::Ticket& ticket : tickets_) time_.cancel(ticket);
}

TimePoint ProcessRuntime::now() const {
  const Duration age = time_.now() - born_;
  return TimePoint(timing_.clock_offset + age + age * timing_.clock_millionths / 1'000'000);
}

// Never before the clock shows it.
TimePoint ProcessRuntime::true_time(TimePoint shown) const {
  // Longer than any run, and short enough to be multiplied.
  const Duration wait = std::clamp<Duration>(shown - now(), Duration::zero(), std::chrono::hours(1));
  if (wait == Duration::zero()) return time_.now();
  return time_.now() + wait * 1'000'000 / (1'000'000 + timing_.clock_millionths) + Duration(2);
}

awaitable<void> ProcessRuntime::sleep_until(TimePoint when) {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) co_return;
  if (ended_) {
    auto giving_way = asio::post(executor_, asio::use_awaitable);
    co_await std::move(giving_way);
    co_return;
  }
  asio::steady_timer timer(context_, asio::steady_timer::time_point::max());
  const Sleeper sleeper(*this, timer, true_time(when));
  constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
  const auto waited = co_await timer.async_wait(as_result);
  static_cast<void>(waited);
}

awaitable<void> ProcessRuntime::run(Lane lane, std::function<void()> work) {
  if (ended_) {
    work();
    co_return;
  }
  const auto initiate = [this, lane](auto handler, std::function<void()> to_do) {
    // std::function wants something that can be copied.
    auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    LaneState& state = lanes_[lane];
    state.jobs.push_back({std::move(to_do), [kept] { std::move (*kept)(); }});
    if (state.jobs.size() == 1) begin(lane);
  };
  auto token = asio::use_awaitable;
  auto operation = asio::async_initiate<asio::use_awaitable_t<>, void()>(initiate, token, std::move(work));
  co_await std::move(operation);
}

void ProcessRuntime::later(Duration delay, std::function<void()> action) {
  const auto slot = std::make_shared<VirtualTime::Ticket>();
  *slot = time_.at(time_.now() + delay, [this, slot, action = std::move(action)] {
    tickets_.erase(*slot);
    action();
  });
  tickets_.insert(*slot);
}

void ProcessRuntime::begin(Lane lane) {
  const auto longest = static_cast<std::uint64_t>(timing_.slowest_work.count());
  later(Duration(static_cast<Duration::rep>(random_.below(longest + 1))), [this, lane] { work(lane); });
}

void ProcessRuntime::work(Lane lane) {
  if (ended_) return;
  if (paused_) {
    held_up_.push_back(lane);
    return;
  }
  stall_ = Duration::zero();
  lanes_[lane].jobs.front().work();
  lanes_[lane].done = true;
  later(stall_, [this, lane] { finish(lane); });
}

void ProcessRuntime::finish(Lane lane) {
  if (ended_) return;
  LaneState& state = lanes_[lane];
  asio::post(executor_, std::move(state.jobs.front().resume));
  state.jobs.pop_front();
  state.done = false;
  if (!state.jobs.empty()) begin(lane);
}

bool ProcessRuntime::run_one() {
  return !paused_ && context_.poll_one() > 0;
}

void ProcessRuntime::go_on() {
  paused_ = false;
  for (const Lane lane : std::exchange(held_up_, {})) work(lane);
}

void ProcessRuntime::end() {
  ended_ = true;
  paused_ = false;
  for (auto& [kind, lane] : lanes_) {
    for (Job& job : lane.jobs) {
      if (!std::exchange(lane.done, false)) job.work();
      asio::post(executor_, std::move(job.resume));
    }
    lane.jobs.clear();
  }
  for (const auto& [ticket, timer] : sleepers_) timer->cancel();
}

}  // namespace consensus::simulator
