// The real time, randomness and threads of a node, on an Asio executor.
#include "consensus/asio_runtime.hpp"

#include <pthread.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <random>
#include <utility>

namespace consensus {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using std::chrono::steady_clock;

const char* lane_name(Lane lane) noexcept {
  switch (lane) {
    case Lane::log:
      return "log";
    case Lane::apply:
      return "apply";
    case Lane::snapshot:
      return "snap";
    case Lane::upkeep:
      return "keep";
  }
  return "";
}

std::uint64_t seed() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32U | device();
}

// The rest of a coroutine that waits for work in a lane.
template <class Handler>
class Finished {
 public:
  Finished(const asio::any_io_executor& executor, Handler handler) : guard_(executor), handler_(std::move(handler)) {}

  void operator()() {
    const asio::any_io_executor executor = guard_.get_executor();
    asio::post(executor, std::move(handler_));
  }

 private:
  asio::executor_work_guard<asio::any_io_executor> guard_;  // the context shall not run out of work meanwhile
  Handler handler_;
};

}  // namespace

class AsioRuntime::LaneThread {
 public:
  explicit LaneThread(const std::string& name) : pool_(1) {
    // Linux shows fifteen characters and refuses more.
    asio::post(pool_, [shown = name.substr(0, 15)] { ::pthread_setname_np(::pthread_self(), shown.c_str()); });
  }
  ~LaneThread() { pool_.join(); }
  LaneThread(const LaneThread&) = delete;
  LaneThread& operator=(const LaneThread&) = delete;

  awaitable<void> run(asio::any_io_executor executor, std::function<void()> work) {
    auto token = asio::use_awaitable;
    auto initiate = [this, &executor](auto handler, std::function<void()> to_do) {
      using Handler = decltype(handler);
      auto finished = Finished<Handler>(executor, std::move(handler));
      asio::post(pool_, [to_do = std::move(to_do), finished = std::move(finished)]() mutable {
        to_do();
        to_do = nullptr;
        finished();
      });
    };
    auto operation = asio::async_initiate<asio::use_awaitable_t<>, void()>(initiate, token, std::move(work));
    co_await std::move(operation);
  }

 private:
  asio::thread_pool pool_;
};

AsioRuntime::AsioRuntime(asio::any_io_executor executor, std::string name)
    : executor_(std::move(executor)), name_(std::move(name)), random_state_(seed()) {}

AsioRuntime::~AsioRuntime() = default;

TimePoint AsioRuntime::now() const {
  return TimePoint(std::chrono::duration_cast<Duration>(steady_clock::now().time_since_epoch()));
}

// SplitMix64.
std::uint64_t AsioRuntime::random() {
  random_state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t value = random_state_;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

awaitable<void> AsioRuntime::sleep_until(TimePoint when) {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) co_return;
  asio::steady_timer timer(executor_);
  timer.expires_at(
      steady_clock::time_point(std::chrono::duration_cast<steady_clock::duration>(when.time_since_epoch())));
  constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
  const auto waited = co_await timer.async_wait(as_result);
  static_cast<void>(waited);
}

awaitable<void> AsioRuntime::run(Lane lane, std::function<void()> work) {
  LaneThread& thread = lane_thread(lane);
  auto ran = thread.run(executor_, std::move(work));
  co_await std::move(ran);
}

AsioRuntime::LaneThread& AsioRuntime::lane_thread(Lane lane) {
  auto& thread = lanes_[static_cast<std::size_t>(lane)];
  if (!thread) thread = std::make_unique<LaneThread>(name_.substr(0, 9) + '-' + lane_name(lane));
  return *thread;
}

}  // namespace consensus
