// Prints the server's figures with real MariaDB servers: start, discovery from one seed, CPU per probe, memory.
// Usage: server_bench [servers] [seconds]
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "running_server.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// User and system time of a process.
double cpu_milliseconds(pid_t pid) {
  std::ifstream stream("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string ignored;
  for (int field = 3; field < 14; ++field) {
    fields >> ignored;
  }
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) * 1000.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double resident_megabytes(pid_t pid) {
  std::ifstream stream("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("VmRSS:")) {
      return std::stod(line.substr(6)) / 1024.0;
    }
  }
  return 0;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.at(values.size() / 2);
}

void print_start_times() {
  std::vector<double> times;
  for (int run = 0; run < 10; ++run) {
    e2e::RunningServer server;
    const auto start = Clock::now();
    server.start();
    times.push_back(milliseconds_since(start));
    static_cast<void>(server.stop());
  }
  std::printf("start to serving: median of 10: %.0f ms\n", median(times));
}

double discovery_milliseconds(e2e::RunningServer& server, sandbox::Topology& topology) {
  const auto count = topology.servers().size();
  const auto start = Clock::now();
  static_cast<void>(
      server.get("discover/" + topology.master().host() + "/" + std::to_string(topology.master().port())));
  const bool all = support::wait_until(
      [&] { return count_of(server.get("all-instances").body, R"("IsLastCheckValid":true)") == count; }, 60s, 5ms);
  return all ? milliseconds_since(start) : -1.0;
}

void print_discovery_and_polling(sandbox::Topology& topology, std::chrono::seconds duration) {
  std::vector<double> discovery;
  for (int run = 0; run < 5; ++run) {
    e2e::RunningServer server;
    server.start();
    discovery.push_back(discovery_milliseconds(server, topology));
    static_cast<void>(server.stop());
  }
  std::printf("%zu servers known from one seed: median of 5: %.0f ms\n", topology.servers().size(), median(discovery));

  e2e::RunningServer server;
  server.start();
  static_cast<void>(discovery_milliseconds(server, topology));
  const auto settled = Clock::now() + 5s;
  static_cast<void>(support::wait_until([&] { return Clock::now() >= settled; }, 6s, 100ms));
  const auto cpu_before = cpu_milliseconds(server.pid());
  const auto start = Clock::now();
  static_cast<void>(support::wait_until([&] { return Clock::now() >= start + duration; }, duration + 1s, 100ms));
  const double cpu = cpu_milliseconds(server.pid()) - cpu_before;
  const double seconds = milliseconds_since(start) / 1000.0;
  const auto samples = server.get("discovery-metrics-raw/" + std::to_string(duration.count())).body;
  const auto probes = static_cast<double>(count_of(samples, R"("Hostname")"));
  std::printf("polling for %.0f s: %.1f probes/s, %.3f ms of CPU per probe, %.1f %% of a core\n", seconds,
              probes / seconds, cpu / probes, cpu / seconds / 10.0);
  std::printf("resident memory: %.1f MB\n", resident_megabytes(server.pid()));
  static_cast<void>(server.stop());
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::size_t servers = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 40;
  const std::chrono::seconds duration(argc > 2 ? std::strtol(argv[2], nullptr, 10) : 60);
  try {
    print_start_times();
    auto layout = sandbox::two_tiers(servers);
    layout.flavour = sandbox::Flavour::mariadb;
    sandbox::Topology topology(layout);
    print_discovery_and_polling(topology, duration);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "server_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
