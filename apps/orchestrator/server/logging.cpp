// The log on standard error.
#include "server/logging.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace orchestrator {
namespace {

constexpr std::size_t queue_lines = 1024;

spdlog::level::level_enum level_of(Verbosity verbosity) {
  switch (verbosity) {
    case Verbosity::quiet:
      return spdlog::level::err;
    case Verbosity::normal:
    case Verbosity::verbose:
      return spdlog::level::info;
    case Verbosity::debug:
      return spdlog::level::debug;
  }
  return spdlog::level::info;
}

}  // namespace

void start_logging(Verbosity verbosity) {
  spdlog::init_thread_pool(queue_lines, 1);
  auto logger = std::make_shared<spdlog::async_logger>(
      "orchestrator", std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(), spdlog::thread_pool(),
      spdlog::async_overflow_policy::overrun_oldest);
  spdlog::set_default_logger(std::move(logger));
  spdlog::set_pattern("%Y-%m-%d %H:%M:%S %^%l%$ %v");
  spdlog::set_level(level_of(verbosity));
  spdlog::flush_on(spdlog::level::warn);
}

void finish_logging() {
  spdlog::shutdown();
}

}  // namespace orchestrator
