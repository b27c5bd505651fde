// The log on standard error.
#include "server/logging.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <vector>

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

void start_logging(Verbosity verbosity, Syslog syslog) {
  spdlog::init_thread_pool(queue_lines, 1);
  std::vector<spdlog::sink_ptr> sinks{std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>()};
  if (syslog == Syslog::on) {
    const bool with_level = true;
    sinks.push_back(std::make_shared<spdlog::sinks::syslog_sink_mt>("orchestrator", LOG_PID, LOG_DAEMON, with_level));
  }
  auto logger = std::make_shared<spdlog::async_logger>(
      "orchestrator", sinks.begin(), sinks.end(), spdlog::thread_pool(), spdlog::async_overflow_policy::overrun_oldest);
  spdlog::set_default_logger(std::move(logger));
  spdlog::set_pattern("%Y-%m-%d %H:%M:%S %^%l%$ %v");
  spdlog::set_level(level_of(verbosity));
  spdlog::flush_on(spdlog::level::warn);
}

void finish_logging() {
  spdlog::shutdown();
}

}  // namespace orchestrator
