// The port to time, randomness and threads: the only way by which a node gets at them, so that a simulator can give its
// own.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>

#include "consensus/ids.hpp"

namespace consensus {

// A thread of its own for each kind of blocking work of one node; work of one lane runs in order.
enum class Lane { log, apply, snapshot, upkeep };

class Runtime {
 public:
  virtual ~Runtime() = default;

  // Everything of a node that is not in a lane runs here, on one thread at a time.
  [[nodiscard]] virtual boost::asio::any_io_executor executor() const = 0;
  [[nodiscard]] virtual TimePoint now() const = 0;
  [[nodiscard]] virtual std::uint64_t random() = 0;
  // Ends early, without an exception, when the coroutine is cancelled.
  [[nodiscard]] virtual boost::asio::awaitable<void> sleep_until(TimePoint when) = 0;
  // Runs blocking work in its lane and comes back to the executor. The work must not throw.
  [[nodiscard]] virtual boost::asio::awaitable<void> run(Lane lane, std::function<void()> work) = 0;
};

}  // namespace consensus
