// Closed-loop clients in the leader's process, and what they measure.
#include "client_load.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <random>
#include <utility>

#include "filled_counter.hpp"

namespace consensus_bench {
namespace {

namespace asio = boost::asio;
using consensus::Result;

constexpr std::size_t piece_size = 1U << 20U;

std::chrono::microseconds cpu_used() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

std::string make_piece(std::size_t number) {
  std::mt19937_64 random(number);
  std::string piece(1 + piece_size, filling);
  for (std::size_t at = 1; at + sizeof(std::uint64_t) <= piece.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t bits = random();
    std::memcpy(piece.data() + at, &bits, sizeof bits);
  }
  return piece;
}

}  // namespace

// The timer ends when the last of them does.
struct ClientLoad::Together {
  explicit Together(const asio::any_io_executor& executor)
      : all_ended(executor, asio::steady_timer::time_point::max()) {}

  void end() {
    if (--running == 0) all_ended.cancel();
  }

  asio::steady_timer all_ended;
  std::size_t running = 0;
  std::size_t next_piece = 0;
  std::optional<consensus::Error> error;
};

consensus::ProposeOptions ClientLoad::patient() const {
  consensus::ProposeOptions options;
  options.deadline = runtime_.now() + std::chrono::seconds(30);
  return options;
}

asio::awaitable<void> ClientLoad::be_client(Wanted wanted, Together& together) {
  for (auto begin = Clock::now(); !together.error && begin < wanted.end;) {
    std::string command(wanted.bytes, counting);
    consensus::ProposeOptions options = patient();
    const auto applied = co_await node_.propose(std::move(command), std::move(options));
    if (!applied) together.error = applied.error();
    const auto now = Clock::now();
    latencies_us_.push_back(std::chrono::duration<float, std::micro>(now - begin).count());
    begin = now;
  }
  together.end();
}

asio::awaitable<void> ClientLoad::be_filler(std::size_t megabytes, Together& together) {
  while (!together.error && together.next_piece < megabytes) {
    std::string command = make_piece(together.next_piece++);
    consensus::ProposeOptions options = patient();
    const auto applied = co_await node_.propose(std::move(command), std::move(options));
    if (!applied) together.error = applied.error();
  }
  together.end();
}

asio::awaitable<Result<void>> ClientLoad::run(Options options) {
  Together together(runtime_.executor());
  together.running = options.clients;
  latencies_us_.clear();
  latencies_us_.reserve(1U << 20U);
  since_ = Clock::now();
  cpu_ = cpu_used();
  const Wanted wanted{options.bytes, since_ + std::chrono::duration_cast<Clock::duration>(options.time)};
  for (std::size_t i = 0; i < options.clients; ++i) {
    asio::co_spawn(runtime_.executor(), be_client(wanted, together), asio::detached);
  }
  boost::system::error_code ignored;
  auto token = asio::redirect_error(asio::use_awaitable, ignored);
  co_await together.all_ended.async_wait(token);
  if (together.error) co_return *together.error;
  co_return Result<void>();
}

asio::awaitable<Result<void>> ClientLoad::fill(std::size_t megabytes) {
  Together together(runtime_.executor());
  together.running = 4;
  for (std::size_t i = 0; i < 4; ++i) {
    asio::co_spawn(runtime_.executor(), be_filler(megabytes, together), asio::detached);
  }
  boost::system::error_code ignored;
  auto token = asio::redirect_error(asio::use_awaitable, ignored);
  co_await together.all_ended.async_wait(token);
  if (together.error) co_return *together.error;
  co_return Result<void>();
}

std::string ClientLoad::take_figures() {
  std::vector<float> latencies = std::exchange(latencies_us_, {});
  std::sort(latencies.begin(), latencies.end());
  const auto at = [&](double share) {
    if (latencies.empty()) return 0.0;
    return static_cast<double>(latencies[static_cast<std::size_t>(share * static_cast<double>(latencies.size() - 1))]);
  };
  const auto now = Clock::now();
  const auto cpu = cpu_used();
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(),
                "ops=%zu seconds=%.6f cpu_us=%lld p50_us=%.1f p90_us=%.1f p99_us=%.1f p999_us=%.1f max_us=%.1f",
                latencies.size(), std::chrono::duration<double>(now - since_).count(),
                static_cast<long long>((cpu - cpu_).count()), at(0.5), at(0.9), at(0.99), at(0.999), at(1));
  since_ = now;
  cpu_ = cpu;
  return text.data();
}

}  // namespace consensus_bench
