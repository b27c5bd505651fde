// Threads for blocking calls, and name resolution on them.
#include "mysql/blocking_calls.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "topology/instance_key.hpp"

namespace topology::mysql {
namespace {

namespace asio = boost::asio;

// Never destroyed: a thread may be inside a name look-up for seconds, and the program's end must not wait for it.
// The queue is bounded by its users, who each have few calls at a time; a call given up leaves nothing but its place.
class BlockingThreads {
 public:
  BlockingThreads(const char* name, unsigned most) : name_(name), most_(most) {}

  // A server by its address must not wait because names cannot be looked up, so each kind has threads of its own.
  static BlockingThreads& of(CallKind kind) {
    static auto* const look_ups = new BlockingThreads("name-look-up", 12);
    static auto* const library_calls = new BlockingThreads("mysql-connect", 4);
    return kind == CallKind::name_look_up ? *look_ups : *library_calls;
  }

  void submit(std::function<void()> call) {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
    if (idle_ < calls_.size() && started_ < most_) {
      ++started_;
      std::thread([this] { run(); }).detach();
    }
    available_.notify_one();
  }

 private:
  [[noreturn]] void run() {
    pthread_setname_np(pthread_self(), name_);
    while (true) {
      take()();
    }
  }

  std::function<void()> take() {
    std::unique_lock lock(mutex_);
    ++idle_;
    available_.wait(lock, [this] { return !calls_.empty(); });
    --idle_;
    auto call = std::move(calls_.front());
    calls_.pop_front();
    return call;
  }

  const char* const name_;
  const unsigned most_;
  std::mutex mutex_;
  std::condition_variable available_;
  std::deque<std::function<void()>> calls_;
  std::size_t idle_ = 0;
  unsigned started_ = 0;
};

}  // namespace

// Shared by the owner and the thread; either may be the last.
class PendingCall::State : public std::enable_shared_from_this<State> {
 public:
  State(asio::any_io_executor executor, std::function<void()> call, std::function<void()> on_end)
      : executor_(std::move(executor)), call_(std::move(call)), on_end_(std::move(on_end)) {}

  void run() {
    const auto call = take_call();
    if (!call) {
      return;
    }
    call();
    const std::lock_guard lock(mutex_);
    // While there is an owner its executor lives.
    if (on_end_) {
      asio::post(executor_, [self = shared_from_this()] { self->tell(); });
    }
  }

  void give_up() noexcept {
    std::function<void()> call;
    std::function<void()> on_end;
    const std::lock_guard lock(mutex_);
    call.swap(call_);
    on_end.swap(on_end_);
    executor_ = {};
  }

 private:
  std::function<void()> take_call() {
    const std::lock_guard lock(mutex_);
    return std::exchange(call_, nullptr);
  }

  void tell() {
    std::unique_lock lock(mutex_);
    const auto on_end = std::exchange(on_end_, nullptr);
    lock.unlock();
    if (on_end) {
      on_end();
    }
  }

  std::mutex mutex_;
  asio::any_io_executor executor_;
  std::function<void()> call_;    // until it begins
  std::function<void()> on_end_;  // until it is told or given up
};

PendingCall::PendingCall(asio::any_io_executor executor, CallKind kind, std::function<void()> call,
                         std::function<void()> on_end)
    : state_(std::make_shared<State>(std::move(executor), std::move(call), std::move(on_end))) {
  BlockingThreads::of(kind).submit([state = state_] { state->run(); });
}

PendingCall::~PendingCall() {
  state_->give_up();
}

namespace {

struct LookUp {
  int code = 0;
  HostAnswer answer;
};

void look_up(const std::string& host, LookUp& result) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_CANONNAME;
  addrinfo* list = nullptr;
  result.code = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (result.code != 0) {
    return;
  }
  auto& [canonical_name, addresses] = result.answer;
  canonical_name = list->ai_canonname != nullptr ? list->ai_canonname : host;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(entry->ai_addr, entry->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0 &&
        std::ranges::find(addresses, text.data()) == addresses.end()) {
      addresses.emplace_back(text.data());
    }
  }
  freeaddrinfo(list);
}

asio::awaitable<Result<void>> wait_for(asio::any_io_executor executor, CallKind kind, std::function<void()> call,
                                       Deadline deadline) {
  bool finished = false;
  asio::steady_timer timer(executor, deadline);
  // In this coroutine's frame: a frame destroyed with its event loop is never told.
  const PendingCall pending(executor, kind, std::move(call), [&finished, &timer] {
    finished = true;
    timer.cancel();
  });
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await timer.async_wait(token);
  if (finished) {
    co_return Result<void>();
  }
  co_return Result<void>(make_error(error ? Errc::canceled : Errc::timeout, ""));
}

Result<HostAnswer> answer_of(const std::string& host, const LookUp& look_up) {
  if (look_up.code != 0) {
    return make_error(Errc::name_resolution, "'" + host + "': " + gai_strerror(look_up.code));
  }
  return look_up.answer;
}

}  // namespace

asio::awaitable<Result<void>> run_blocking(asio::any_io_executor executor, std::function<void()> call,
                                           Deadline deadline) {
  return wait_for(std::move(executor), CallKind::library_call, std::move(call), deadline);
}

std::unique_ptr<PendingCall> start_look_up(asio::any_io_executor executor, const std::string& host,
                                           std::function<void(Result<HostAnswer>)> on_answer) {
  const auto result = std::make_shared<LookUp>();
  return std::make_unique<PendingCall>(
      std::move(executor), CallKind::name_look_up, [host, result] { look_up(host, *result); },
      [host, result, on_answer = std::move(on_answer)] { on_answer(answer_of(host, *result)); });
}

asio::awaitable<Result<std::vector<std::string>>> resolve(asio::any_io_executor executor, std::string host,
                                                          Deadline deadline) {
  if (is_ip_address(host)) {
    co_return std::vector<std::string>{host};
  }
  auto result = std::make_shared<LookUp>();
  std::function<void()> call = [host, result] { look_up(host, *result); };
  constexpr auto kind = CallKind::name_look_up;
  const auto ran = co_await wait_for(std::move(executor), kind, std::move(call), deadline);
  if (!ran) {
    co_return Error{ran.error().code, "look-up of host name '" + host + "'"};
  }
  auto answer = answer_of(host, *result);
  if (!answer) {
    co_return answer.error();
  }
  co_return std::move(answer->addresses);
}

}  // namespace topology::mysql
