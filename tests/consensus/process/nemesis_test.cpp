// Real members under kill -9, SIGSTOP, lost disks and flipped bits: what clients saw is linearizable, and nothing that
// was acknowledged is lost.
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <sstream>
#include <thread>

#include "catch.hpp"
#include "cluster.hpp"
#include "consensus/simulator/linearizability.hpp"
#include "consensus/simulator/models.hpp"
#include "wait_until.hpp"

namespace consensus_test {
namespace {

using consensus::simulator::Linearizability;
using consensus::simulator::ListModel;
using Operation = consensus::simulator::Operation<ListModel>;
using namespace std::chrono_literals;

constexpr std::size_t key_count = 12;
constexpr std::size_t client_count = 3;

std::vector<std::uint64_t> numbers(const std::string& text) {
  std::vector<std::uint64_t> values;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, ',');) values.push_back(std::stoull(word));
  return values;
}

// What all clients did, in one order of moments.
class Recording {
 public:
  std::uint64_t moment() { return ++clock_; }
  void add(const std::string& key, Operation operation) {
    const std::lock_guard lock(mutex_);
    history_.add(key, std::move(operation));
    ++size_;
  }
  [[nodiscard]] auto check() const { return history_.check(); }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::atomic<std::uint64_t> clock_ = 0;
  std::mutex mutex_;
  consensus::simulator::History<ListModel> history_;
  std::atomic<std::size_t> size_ = 0;
};

// Appends numbers that nobody else appends, and reads, at one member after the other.
class Client {
 public:
  Client(const Cluster& cluster, Recording& recording, std::size_t number, std::uint64_t seed)
      : recording_(recording), number_(number), random_(seed * client_count + number) {
    for (std::size_t i = 0; i < cluster_size; ++i) lines_.push_back(std::make_unique<LineClient>(cluster.socket(i)));
  }

  void run(const std::atomic<bool>& stop) {
    while (!stop) {
      const std::string key = "k" + std::to_string(random_() % key_count);
      LineClient& line = *lines_[random_() % cluster_size];
      if (!support::wait_until([&] { return line.connected(); }, 20ms)) continue;
      if (random_() % 2 == 0) {
        read(line, key);
      } else {
        append(line, key);
      }
    }
  }

 private:
  void read(LineClient& line, const std::string& key) {
    Operation operation;
    operation.call.kind = ListModel::Kind::read;
    operation.called = recording_.moment();
    const auto answer = line.ask("read " + key);
    if (!answer || !answer->starts_with("ok")) return;
    operation.returned = recording_.moment();
    operation.answer.values = numbers(answer->substr(std::min<std::size_t>(3, answer->size())));
    recording_.add(key, std::move(operation));
  }

  void append(LineClient& line, const std::string& key) {
    Operation operation;
    operation.call.kind = ListModel::Kind::append;
    operation.call.value = ++appended_ * client_count + number_;
    operation.called = recording_.moment();
    const std::string value = std::to_string(operation.call.value);
    const auto answer = line.ask("append " + key + ' ' + value + " once-" + value);
    if (answer && answer->starts_with("no ")) return;  // has had no effect
    if (answer && answer->starts_with("ok")) operation.returned = recording_.moment();
    recording_.add(key, std::move(operation));
  }

  Recording& recording_;
  std::uint64_t number_;
  std::mt19937_64 random_;
  std::uint64_t appended_ = 0;
  std::vector<std::unique_ptr<LineClient>> lines_;
};

// Clients work while something is done to the members; each round ends with all three settled again.
template <class Disturb>
void run_under(std::uint64_t seed, int rounds, Disturb disturb) {
  Cluster cluster(seed);
  INFO("seed " << seed);
  REQUIRE(cluster.settle());
  Recording recording;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < client_count; ++i) {
    threads.emplace_back([&cluster, &recording, &stop, i, seed] { Client(cluster, recording, i, seed).run(stop); });
  }
  const auto works = [&](std::size_t more) {
    const std::size_t target = recording.size() + more;
    return support::wait_until([&] { return recording.size() >= target; }, 40s);
  };
  bool well = works(20);
  for (int round = 0; round < rounds && well; ++round) {
    disturb(cluster, works);
    well = cluster.settle() && works(20);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  INFO(cluster.logs());
  REQUIRE(well);
  const auto verdict = recording.check();
  INFO(recording.size() << " operations; key " << verdict.key << ", operation " << verdict.stuck_at);
  CHECK(verdict.result == Linearizability::yes);
  for (std::size_t i = 0; i < key_count; ++i) {
    const std::string question = "read k" + std::to_string(i);
    const auto first = LineClient(cluster.socket(0)).ask(question);
    CHECK(LineClient(cluster.socket(1)).ask(question) == first);
    CHECK(LineClient(cluster.socket(2)).ask(question) == first);
  }
  std::cout << "seed " << seed << ": " << recording.size() << " operations" << std::endl;
}

// Other seeds: NEMESIS_SEED=… NEMESIS_ROUNDS=…
std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

std::uint64_t seed() {
  return from_environment("NEMESIS_SEED", 1);
}

int rounds(int otherwise) {
  return static_cast<int>(from_environment("NEMESIS_ROUNDS", static_cast<std::uint64_t>(otherwise)));
}

TEST_CASE("members are killed: one, the leader, two, all") {
  run_under(seed(), rounds(4), [round = 0](Cluster& cluster, auto works) mutable {
    switch (round++ % 4) {
      case 0:
        cluster.kill(cluster.leader());
        (void)works(20);
        return;
      case 1:
        cluster.kill(cluster.random_member());
        (void)works(20);
        return;
      case 2:
        cluster.kill(0);
        cluster.kill(1 + cluster.random()() % 2);
        return;
      default:
        for (std::size_t i = 0; i < cluster_size; ++i) cluster.kill(i);
    }
  });
}

TEST_CASE("the leader is frozen, another one leads, and the old one comes back") {
  run_under(seed(), rounds(2), [](Cluster& cluster, auto works) {
    const std::size_t frozen = cluster.leader();
    cluster.freeze(frozen);
    (void)works(30);
    cluster.thaw(frozen);
  });
}

TEST_CASE("members lose their disks, one after the other, and are given everything again") {
  run_under(seed(), rounds(3), [round = std::size_t{0}](Cluster& cluster, auto works) mutable {
    const std::size_t member = round++ % cluster_size;
    cluster.kill(member);
    cluster.wipe(member);
    (void)works(80);
    cluster.start(member);
  });
}

TEST_CASE("bits flip in a member's log while it is down") {
  run_under(seed(), rounds(4), [](Cluster& cluster, auto works) {
    const std::size_t member = cluster.random_member();
    cluster.kill(member);
    cluster.spoil(member);
    (void)works(20);
    cluster.start(member);
  });
}

TEST_CASE("a rolling restart under load") {
  run_under(seed(), rounds(3), [round = std::size_t{0}](Cluster& cluster, auto works) mutable {
    const std::size_t member = round++ % cluster_size;
    cluster.kill(member);
    cluster.start(member);
    (void)works(20);
  });
}

}  // namespace
}  // namespace consensus_test
