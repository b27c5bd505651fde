// A runtime whose time passes only when there is nothing else to do, and whose numbers come from a seed.
#pragma once

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <map>
#include <utility>

#include "consensus/runtime.hpp"

namespace consensus_test {

class VirtualRuntime final : public consensus::Runtime {
 public:
  VirtualRuntime(boost::asio::io_context& context, std::uint64_t seed) : context_(context), state_(seed) {}

  [[nodiscard]] boost::asio::any_io_executor executor() const override { return context_.get_executor(); }
  [[nodiscard]] consensus::TimePoint now() const override { return now_; }
  [[nodiscard]] std::uint64_t random() override {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t value = state_;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
  }
  [[nodiscard]] boost::asio::awaitable<void> sleep_until(consensus::TimePoint when) override {
    boost::asio::steady_timer timer(context_, boost::asio::steady_timer::time_point::max());
    const Key key{when, ++sequence_};
    sleepers_.emplace(key, &timer);
    constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);
    const auto waited = co_await timer.async_wait(as_result);
    static_cast<void>(waited);
    sleepers_.erase(key);
  }
  [[nodiscard]] boost::asio::awaitable<void> run(consensus::Lane, std::function<void()> work) override {
    co_await boost::asio::post(context_, boost::asio::use_awaitable);
    work();
  }

  // Runs what is to be run until that time.
  void advance_to(consensus::TimePoint end) {
    for (;;) {
      context_.restart();
      context_.poll();
      const auto next = sleepers_.begin();
      if (next == sleepers_.end() || next->first.first > end) break;
      now_ = std::max(now_, next->first.first);
      next->second->cancel();
      sleepers_.erase(next);
    }
    now_ = end;
  }

 private:
  using Key = std::pair<consensus::TimePoint, std::uint64_t>;

  boost::asio::io_context& context_;
  consensus::TimePoint now_{};
  std::uint64_t state_;
  std::uint64_t sequence_ = 0;
  std::map<Key, boost::asio::steady_timer*> sleepers_;
};

}  // namespace consensus_test
