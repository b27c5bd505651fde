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
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "topology/instance_key.hpp"

namespace topology::mysql {
namespace {

namespace asio = boost::asio;

constexpr unsigned max_threads = 4;

// Never destroyed: a thread may be inside a name look-up for seconds, and the program's end must not wait for it.
// The queue is bounded by its users: each prober has at most one call under way.
class BlockingThreads {
 public:
  static BlockingThreads& get() {
    static auto* const threads = new BlockingThreads;
    return *threads;
  }

  void submit(std::function<void()> call) {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
    if (idle_ < calls_.size() && started_ < max_threads) {
      ++started_;
      std::thread([this] { run(); }).detach();
    }
    available_.notify_one();
  }

 private:
  [[noreturn]] void run() {
    pthread_setname_np(pthread_self(), "mysql-resolve");
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

  std::mutex mutex_;
  std::condition_variable available_;
  std::deque<std::function<void()>> calls_;
  std::size_t idle_ = 0;
  unsigned started_ = 0;
};

// Carries the news of a finished call to the waiting coroutine, unless that has gone away.
class Notice {
 public:
  explicit Notice(std::function<void()> tell) : tell_(std::move(tell)) {}

  void give() {
    const std::lock_guard lock(mutex_);
    if (tell_) {
      tell_();
    }
  }
  void withdraw() noexcept {
    const std::lock_guard lock(mutex_);
    tell_ = nullptr;
  }

 private:
  std::mutex mutex_;
  std::function<void()> tell_;
};

// Lives in the coroutine's frame, so a frame destroyed with its event loop is never woken.
class NoticeGuard {
 public:
  explicit NoticeGuard(std::shared_ptr<Notice> notice) noexcept : notice_(std::move(notice)) {}
  NoticeGuard(const NoticeGuard&) = delete;
  NoticeGuard& operator=(const NoticeGuard&) = delete;
  ~NoticeGuard() { notice_->withdraw(); }

 private:
  std::shared_ptr<Notice> notice_;
};

struct LookUp {
  int code = 0;
  std::vector<std::string> addresses;
};

void look_up(const std::string& host, LookUp& result) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  result.code = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (result.code != 0) {
    return;
  }
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(entry->ai_addr, entry->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0 &&
        std::ranges::find(result.addresses, text.data()) == result.addresses.end()) {
      result.addresses.emplace_back(text.data());
    }
  }
  freeaddrinfo(list);
}

}  // namespace

asio::awaitable<Result<void>> run_blocking(asio::any_io_executor executor, std::function<void()> call,
                                           Deadline deadline) {
  auto finished = std::make_shared<bool>(false);
  auto timer = std::make_shared<asio::steady_timer>(executor, deadline);
  auto notice = std::make_shared<Notice>([executor, finished, weak = std::weak_ptr(timer)] {
    asio::post(executor, [finished, weak] {
      *finished = true;
      if (const auto waiting = weak.lock()) {
        waiting->cancel();
      }
    });
  });
  const NoticeGuard guard(notice);
  BlockingThreads::get().submit([call = std::move(call), notice] {
    call();
    notice->give();
  });
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await timer->async_wait(token);
  if (*finished) {
    co_return Result<void>();
  }
  co_return Result<void>(make_error(error ? Errc::canceled : Errc::timeout, ""));
}

asio::awaitable<Result<std::vector<std::string>>> resolve(asio::any_io_executor executor, std::string host,
                                                          Deadline deadline) {
  if (is_ip_address(host)) {
    co_return std::vector<std::string>{host};
  }
  auto result = std::make_shared<LookUp>();
  std::function<void()> call = [host, result] { look_up(host, *result); };
  const auto ran = co_await run_blocking(std::move(executor), std::move(call), deadline);
  if (!ran) {
    co_return Error{ran.error().code, "look-up of host name '" + host + "'"};
  }
  if (result->code != 0) {
    co_return make_error(Errc::name_resolution, "'" + host + "': " + gai_strerror(result->code));
  }
  co_return result->addresses;
}

}  // namespace topology::mysql
