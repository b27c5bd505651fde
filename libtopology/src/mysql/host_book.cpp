// Host name look-ups with a memory.
#include "topology/mysql/host_book.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>

#include "mysql/blocking_calls.hpp"
#include "topology/instance_key.hpp"

namespace topology::mysql {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t most_rows = 100'000;
constexpr unsigned most_under_way = 4;
constexpr std::chrono::minutes failure_lifetime{1};

struct Row {
  std::optional<HostAnswer> answer;  // the latest good one
  Error error;                       // of the latest look-up, when it failed
  steady_clock::time_point expires{};
  std::chrono::minutes lifetime{};
  steady_clock::time_point asked{};
  bool pending = false;
  std::unique_ptr<PendingCall> call;  // while pending and begun
  std::vector<std::weak_ptr<asio::steady_timer>> waiters;
};

}  // namespace

class HostBook::Rows : public std::enable_shared_from_this<Rows> {
 public:
  explicit Rows(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  Row& ask(const std::string& host, const LookUpTerms& terms);
  asio::awaitable<Result<HostAnswer>> look_up(std::string host, LookUpTerms terms);
  void expire();

 private:
  void begin();
  void end(const std::string& host, Result<HostAnswer> answer);

  asio::any_io_executor executor_;
  std::unordered_map<std::string, Row> rows_;
  std::deque<std::string> queue_;  // each name at most once
  unsigned under_way_ = 0;
};

Row& HostBook::Rows::ask(const std::string& host, const LookUpTerms& terms) {
  if (rows_.size() >= most_rows && !rows_.contains(host)) {
    std::erase_if(rows_, [](const auto& item) { return !item.second.pending; });
  }
  auto& row = rows_[host];
  const auto now = steady_clock::now();
  const bool again = row.error.code && terms.after_failure == AfterFailure::ask_again;
  if (row.pending || (row.expires > now && !again)) {
    return row;
  }
  row.pending = true;
  row.asked = now;
  row.lifetime = terms.lifetime;
  queue_.push_back(host);
  begin();
  return row;
}

void HostBook::Rows::begin() {
  while (under_way_ < most_under_way && !queue_.empty()) {
    const auto host = std::move(queue_.front());
    queue_.pop_front();
    ++under_way_;
    auto on_answer = [weak = weak_from_this(), host](Result<HostAnswer> answer) {
      if (const auto self = weak.lock()) {
        self->end(host, std::move(answer));
      }
    };
    rows_[host].call = start_look_up(executor_, host, std::move(on_answer));
  }
}

void HostBook::Rows::end(const std::string& host, Result<HostAnswer> answer) {
  auto& row = rows_[host];
  --under_way_;
  row.pending = false;
  row.call.reset();
  if (answer) {
    row.answer = std::move(*answer);
    row.error = {};
    row.expires = steady_clock::now() + row.lifetime;
  } else {
    row.error = answer.error();
    row.expires = steady_clock::now() + failure_lifetime;
  }
  for (const auto& waiter : std::exchange(row.waiters, {})) {
    if (const auto timer = waiter.lock()) {
      timer->cancel();
    }
  }
  begin();
}

asio::awaitable<Result<HostAnswer>> HostBook::Rows::look_up(std::string host, LookUpTerms terms) {
  const auto& asked = ask(host, terms);
  const auto deadline = asked.asked + terms.patience;
  if (asked.pending && !asked.answer && deadline > steady_clock::now()) {
    const auto timer = std::make_shared<asio::steady_timer>(executor_, deadline);
    rows_[host].waiters.push_back(timer);
    constexpr auto token = asio::as_tuple(asio::use_awaitable);
    [[maybe_unused]] const auto [code] = co_await timer->async_wait(token);
  }
  const auto& row = rows_[host];
  if (row.answer) {
    co_return *row.answer;
  }
  if (row.error.code && !row.pending) {
    co_return row.error;
  }
  co_return make_error(Errc::timeout, "look-up of host name '" + host + "'");
}

void HostBook::Rows::expire() {
  for (auto& [host, row] : rows_) {
    row.expires = {};
  }
}

HostBook::HostBook(asio::any_io_executor executor) : rows_(std::make_shared<Rows>(std::move(executor))) {}

HostBook::~HostBook() = default;

void HostBook::ask(const std::string& host, const LookUpTerms& terms) {
  if (!is_ip_address(host)) {
    rows_->ask(host, terms);
  }
}

asio::awaitable<Result<HostAnswer>> HostBook::look_up(std::string host, LookUpTerms terms) {
  if (is_ip_address(host)) {
    co_return HostAnswer{host, {host}};
  }
  const auto rows = rows_;
  auto answer = co_await rows->look_up(std::move(host), terms);
  co_return answer;
}

void HostBook::expire() {
  rows_->expire();
}

}  // namespace topology::mysql
