// Runs coroutines to their end in a test.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "kvstore/kv_store.hpp"

namespace kvstore_test {

using namespace std::chrono_literals;

class Loop {
 public:
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    std::optional<T> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(context_, std::move(work), [&](std::exception_ptr thrown, T value) {
      failure = thrown;
      result = std::move(value);
    });
    context_.restart();
    while (!result && context_.run_one_for(30s) > 0) {
    }
    if (!result) throw std::runtime_error("a coroutine did not end within 30 s");
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
  }

  // Starts the work, cancels it after `delay`, and tells whether it ended at once by operation_aborted.
  template <class T>
  bool ends_when_cancelled(boost::asio::awaitable<T> work, std::chrono::milliseconds delay) {
    boost::asio::cancellation_signal signal;
    std::exception_ptr failure;
    bool ended = false;
    const auto on_end = [&](std::exception_ptr thrown, T) {
      failure = thrown;
      ended = true;
    };
    boost::asio::co_spawn(context_, std::move(work), boost::asio::bind_cancellation_slot(signal.slot(), on_end));
    context_.restart();
    context_.run_for(delay);
    if (ended) return false;
    signal.emit(boost::asio::cancellation_type::terminal);
    context_.restart();
    while (!ended && context_.run_one_for(5s) > 0) {
    }
    if (!failure) return false;
    try {
      std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
      return error.code() == boost::asio::error::operation_aborted;
    }
  }

  boost::asio::io_context& context() { return context_; }

 private:
  boost::asio::io_context context_;
};

inline kvstore::Deadline in(std::chrono::milliseconds duration) {
  return std::chrono::steady_clock::now() + duration;
}

// The calls of a store, waited for, each with a deadline of 10 s.
class Client {
 public:
  Client(Loop& loop, kvstore::KvStore& store) : loop_(loop), store_(store) {}

  auto get(std::string key) { return loop_.run(store_.get(std::move(key), in(10s))); }
  auto list(std::string folder) { return loop_.run(store_.list(std::move(folder), in(10s))); }
  auto put(kvstore::Put write) { return loop_.run(store_.put(std::move(write), in(10s))); }
  auto remove(kvstore::Delete removal) { return loop_.run(store_.remove(std::move(removal), in(10s))); }
  auto transact(kvstore::Transaction transaction) {
    return loop_.run(store_.transact(std::move(transaction), in(10s)));
  }

 private:
  Loop& loop_;
  kvstore::KvStore& store_;
};

inline bool has_code(const auto& result, kvstore::Errc code) {
  return !result.has_value() && result.error().code == make_error_code(code);
}

}  // namespace kvstore_test
