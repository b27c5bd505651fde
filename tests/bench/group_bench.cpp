// Prints the figures of a group of three servers that know real MariaDB servers: take-over, provisioning, memory,
// commands. Usage: group_bench [servers] [rounds]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "group_of_servers.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double resident_megabytes(pid_t pid) {
  std::ifstream stream("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024.0;
  }
  return 0;
}

void print(const char* what, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::printf("%s: median of %zu: %.1f ms (%.1f to %.1f)\n", what, values.size(), values.at(values.size() / 2),
              values.front(), values.back());
}

// Milliseconds until the condition holds.
template <class Condition>
double time_until(const char* what, Condition condition) {
  const auto start = Clock::now();
  if (!support::wait_until(condition, 30s, 1ms)) throw std::runtime_error(std::string(what) + " did not happen");
  return milliseconds_since(start);
}

bool leads(e2e::GroupOfServers& group, std::size_t number) {
  return group[number].get("leader-check").status == 200;
}

void print_take_over(e2e::GroupOfServers& group, int rounds) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto killed = group.leader();
    const auto first = (killed + 1) % group.size();
    const auto second = (killed + 2) % group.size();
    group[killed].kill();
    times.push_back(time_until("the take-over", [&] { return leads(group, first) || leads(group, second); }));
    group[killed].start();
    if (!group.has_members(3)) throw std::runtime_error("the killed leader did not come back");
    // A node that has just started gives no votes for an election timeout, because it may have promised not to.
    const auto settled = Clock::now() + 1s;
    static_cast<void>(support::wait_until([&] { return Clock::now() >= settled; }, 2s, 50ms));
  }
  print("leader killed to leader-check on another", times);
}

void print_provisioning(e2e::GroupOfServers& group, int rounds) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto number = group.follower();
    group[number].kill();
    group.wipe(number);
    const auto start = Clock::now();
    group[number].start();
    static_cast<void>(time_until("provisioning", [&] { return group[number].get("health").status == 200; }));
    times.push_back(milliseconds_since(start));
    if (!group.has_members(3)) throw std::runtime_error("the blank node is no member");
  }
  print("blank node, from its start to healthy in the group", times);
}

void print_commands(e2e::GroupOfServers& group, const sandbox::Server& server, int rounds) {
  std::vector<double> times;
  auto& leader = group[group.leader()];
  const auto path = "/" + server.host() + "/" + std::to_string(server.port());
  for (int round = 0; round < rounds; ++round) {
    const auto start = Clock::now();
    const auto answer = leader.get((round % 2 == 0 ? "begin-downtime" + path + "/me/bench/1h" : "end-downtime" + path));
    if (answer.status != 200) throw std::runtime_error("a command failed: " + answer.body);
    times.push_back(milliseconds_since(start));
  }
  print("a command of an operator over HTTP, committed by the group", times);
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::size_t servers = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 40;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 20;
  try {
    auto layout = sandbox::two_tiers(servers);
    layout.flavour = sandbox::Flavour::mariadb;
    sandbox::Topology topology(layout);
    e2e::GroupOfServers group(3);
    group.start();
    if (!group[group.leader()].discover(topology.master(), servers)) throw std::runtime_error("not all were found");
    print_take_over(group, rounds);
    print_provisioning(group, rounds);
    print_commands(group, topology.master(), 10 * rounds);
    std::printf("resident memory of the leader: %.1f MB, of a follower: %.1f MB\n",
                resident_megabytes(group[group.leader()].pid()), resident_megabytes(group[group.follower()].pid()));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "group_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
