// Servers of a group are killed and frozen at random while an operator gives commands: what was acknowledged is there.
#include <atomic>
#include <chrono>
#include <csignal>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "group_of_servers.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using e2e::GroupOfServers;

constexpr int rounds = 6;

// Gives one tag after the other until it is told to stop.
class Operator {
 public:
  Operator(const GroupOfServers& group, std::string instance)
      : group_(group), instance_(std::move(instance)), thread_([this] { work(); }) {}
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;
  ~Operator() { static_cast<void>(acknowledged()); }

  [[nodiscard]] int given() const { return given_; }
  // Those that the group has said it has; ends the work.
  [[nodiscard]] std::vector<std::string> acknowledged() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return acknowledged_;
  }

 private:
  void work() {
    for (int number = 0; !stopping_; ++number) {
      const auto tag = "t" + std::to_string(number) + "=v" + std::to_string(number);
      const auto told = group_.client({"-c", "tag", "-i", instance_, "-tag", tag});
      if (told.exit_status == 0) {
        acknowledged_.push_back(tag);
        ++given_;
      }
    }
  }

  const GroupOfServers& group_;
  std::string instance_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> given_ = 0;
  std::vector<std::string> acknowledged_;
  std::thread thread_;
};

bool makes_progress(const Operator& operator_, int commands) {
  const int before = operator_.given();
  return support::wait_until([&] { return operator_.given() >= before + commands; }, 60s);
}

}  // namespace

TEST_CASE("whatever an operator was told is done is there after kills and freezes of any server") {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  auto layout = sandbox::star(1);
  layout.flavour = sandbox::Flavour::mariadb;
  sandbox::Topology topology(layout);
  GroupOfServers group(3);
  group.start();
  REQUIRE(group[group.leader()].discover(topology.master(), 1));
  const auto instance = topology.master().endpoint();

  std::mt19937 random(20261124);
  Operator working(group, instance);
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(round);
    REQUIRE(makes_progress(working, 3));
    const auto victim = random() % 2 == 0 ? group.leader() : random() % group.size();
    switch (round % 3) {
      case 0:
        group[victim].kill();
        break;
      case 1:
        group[victim].kill();
        group.wipe(victim);
        break;
      default:
        group[victim].signal(SIGSTOP);
        break;
    }
    // The other two go on.
    REQUIRE(makes_progress(working, 3));
    if (round % 3 == 2) {
      group[victim].signal(SIGCONT);
    } else {
      group[victim].start();
    }
    REQUIRE(group.has_members(3));
  }
  const auto acknowledged = working.acknowledged();
  CHECK(acknowledged.size() >= 6 * rounds);

  for (std::size_t number = 0; number < group.size(); ++number) {
    CAPTURE(number);
    REQUIRE(group[group.leader()].get("raft-yield/node" + std::to_string(number)).status == 200);
    REQUIRE(support::wait_until([&] { return group.leader() == number; }, 20s));
    const auto tags = group[number].answer({"-c", "tags", "-i", instance});
    for (const auto& tag : acknowledged) {
      CAPTURE(tag);
      CHECK(("\n" + tags).find("\n" + tag + "\n") != std::string::npos);
    }
  }
}
