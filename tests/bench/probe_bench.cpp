// Prints the CPU time of one probe, all included, with real servers that are polled once a second on one event loop.
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/topology.hpp"
#include "topology/mysql/instance_prober.hpp"

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using topology::mysql::InstanceProber;
using topology::mysql::ProbeSettings;
using Clock = std::chrono::steady_clock;

struct Options {
  sandbox::Flavour flavour = sandbox::Flavour::mariadb;
  std::size_t servers = 4;
  std::size_t probers_per_server = 10;  // so that a few servers load the prober like a fleet
  std::chrono::seconds time{10};
};

struct Totals {
  std::vector<double> latencies_us;
  std::size_t probes = 0;
  std::size_t failures = 0;
  std::size_t round_trips = 0;
  std::size_t ended = 0;  // pollers
};

struct Cpu {
  double user_us = 0;
  double system_us = 0;
  long waits = 0;  // times the process slept
};

Cpu cpu_now() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return {us(usage.ru_utime), us(usage.ru_stime), usage.ru_nvcsw};
}

double resident_mb() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

asio::awaitable<void> poll(InstanceProber& prober, Totals& totals, Clock::time_point start, Clock::time_point end) {
  const auto ask = asio::this_coro::executor;
  const auto executor = co_await ask;
  asio::steady_timer timer(executor);
  for (auto next = start; next < end; next += 1s) {
    timer.expires_at(next);
    co_await timer.async_wait(asio::use_awaitable);
    const auto deadline = Clock::now() + 5s;
    const auto outcome = co_await prober.probe(deadline);
    ++totals.probes;
    totals.failures += outcome.instance ? 0 : 1;
    totals.round_trips += outcome.round_trips;
    totals.latencies_us.push_back(std::chrono::duration<double, std::micro>(outcome.latency).count());
  }
  ++totals.ended;
}

void run_for(asio::io_context& context, std::vector<std::unique_ptr<InstanceProber>>& probers, Totals& totals,
             std::chrono::seconds time) {
  const auto start = Clock::now() + 50ms;
  for (std::size_t i = 0; i < probers.size(); ++i) {
    const auto offset =
        std::chrono::duration_cast<Clock::duration>(1000ms) * static_cast<int>(i) / static_cast<int>(probers.size());
    asio::co_spawn(context, poll(*probers[i], totals, start + offset, start + offset + time), asio::detached);
  }
  // Held connections are watched, so the loop itself never runs out of work.
  while (totals.ended < probers.size()) {
    context.run_one();
  }
}

Options parse(int argc, char* argv[]) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--mysql") {
      options.flavour = sandbox::Flavour::mysql;
    } else if (i + 1 < argc && argument == "--servers") {
      options.servers = std::strtoul(argv[++i], nullptr, 10);
    } else if (i + 1 < argc && argument == "--probers-per-server") {
      options.probers_per_server = std::strtoul(argv[++i], nullptr, 10);
    } else if (i + 1 < argc && argument == "--seconds") {
      options.time = std::chrono::seconds(std::strtoul(argv[++i], nullptr, 10));
    } else {
      std::fprintf(stderr, "usage: probe_bench [--mysql] [--servers N] [--probers-per-server N] [--seconds N]\n");
      std::exit(2);
    }
  }
  return options;
}

}  // namespace

int main(int argc, char* argv[]) {
  const auto options = parse(argc, argv);
  auto layout = sandbox::two_tiers(options.servers);
  layout.flavour = options.flavour;
  const auto programs = sandbox::found_or_skip(sandbox::find_database(options.flavour));
  sandbox::Topology topology(layout);

  auto settings = std::make_shared<ProbeSettings>();
  settings->credentials = {sandbox::topology_account().name, sandbox::topology_account().password};
  malloc_trim(0);
  const auto resident_before = resident_mb();
  asio::io_context context(1);
  std::vector<std::unique_ptr<InstanceProber>> probers;
  for (auto& server : topology.servers()) {
    for (std::size_t i = 0; i < options.probers_per_server; ++i) {
      probers.push_back(std::make_unique<InstanceProber>(
          context.get_executor(), topology::InstanceKey{server.host(), server.port()}, settings));
    }
  }
  Totals connecting;
  run_for(context, probers, connecting, 2s);
  Totals totals;
  const auto before = cpu_now();
  run_for(context, probers, totals, options.time);
  const auto after = cpu_now();

  std::ranges::sort(totals.latencies_us);
  std::printf("%s %s, %zu servers, %zu held connections, each probed once a second for %lld s\n",
              sandbox::to_string(options.flavour).c_str(), programs.version.c_str(), options.servers, probers.size(),
              static_cast<long long>(options.time.count()));
  std::printf("probes %zu, failed %zu\n", totals.probes, totals.failures);
  const auto per_probe = [&](double used) { return used / static_cast<double>(totals.probes); };
  const double user = per_probe(after.user_us - before.user_us);
  const double system = per_probe(after.system_us - before.system_us);
  std::printf("CPU per probe %.0f us (user %.0f, system %.0f), wake-ups per probe %.1f\n", user + system, user, system,
              per_probe(static_cast<double>(after.waits - before.waits)));
  std::printf("round trips per probe %.2f\n",
              static_cast<double>(totals.round_trips) / static_cast<double>(totals.probes));
  std::printf("latency median %.0f us, worst %.0f us\n", totals.latencies_us[totals.latencies_us.size() / 2],
              totals.latencies_us.back());
  std::printf("resident memory %.1f MB, of which %.1f KB per held connection\n", resident_mb(),
              (resident_mb() - resident_before) * 1000 / static_cast<double>(probers.size()));
  return totals.failures == 0 ? 0 : 1;
}
