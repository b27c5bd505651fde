// Waiting in order for a bounded number of places.
#include "discovery/places.hpp"

#include <utility>

#include "discovery/timer_end.hpp"

namespace topology {

namespace asio = boost::asio;

Places::Places(asio::any_io_executor executor, std::size_t count) : executor_(std::move(executor)), count_(count) {}

asio::awaitable<void> Places::take() {
  if (taken_ < count_ && waiting_.empty()) {
    ++taken_;
    co_return;
  }
  // The timer never expires; admit() takes it from the queue, counts the place and cancels it.
  auto turn = std::make_shared<asio::steady_timer>(executor_, asio::steady_timer::time_point::max());
  waiting_.push_back(turn);
  co_await timer_end(*turn);
}

void Places::give_back() {
  --taken_;
  admit();
}

void Places::resize(std::size_t count) {
  count_ = count;
  admit();
}

void Places::admit() {
  while (taken_ < count_ && !waiting_.empty()) {
    ++taken_;
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    next->cancel();
  }
}

}  // namespace topology
