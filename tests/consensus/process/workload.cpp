// Clients, their history and its check.
#include "workload.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <sstream>
#include <thread>

#include "catch.hpp"
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
    for (std::size_t i = 0; i < cluster.size(); ++i)
      contacts_.push_back({std::make_unique<LineClient>(cluster.socket(i))});
  }

  void run(const std::atomic<bool>& stop) {
    while (!stop) {
      const std::string key = "k" + std::to_string(random_() % key_count);
      Contact& contact = contacts_[random_() % contacts_.size()];
      // Now and then also whom it had no answer from: its answer would be the interesting one.
      if (!contact.answered && random_() % 8 != 0) continue;
      if (!support::wait_until([&] { return contact.line->connected(); }, 20ms)) continue;
      contact.answered = random_() % 2 == 0 ? read(*contact.line, key) : append(*contact.line, key);
    }
  }

 private:
  struct Contact {
    std::unique_ptr<LineClient> line;
    bool answered = true;
  };

  [[nodiscard]] bool read(LineClient& line, const std::string& key) {
    Operation operation;
    operation.call.kind = ListModel::Kind::read;
    operation.called = recording_.moment();
    const auto answer = line.ask("read " + key);
    if (!answer || !answer->starts_with("ok")) return false;
    operation.returned = recording_.moment();
    operation.answer.values = numbers(answer->substr(std::min<std::size_t>(3, answer->size())));
    recording_.add(key, std::move(operation));
    return true;
  }

  [[nodiscard]] bool append(LineClient& line, const std::string& key) {
    Operation operation;
    operation.call.kind = ListModel::Kind::append;
    operation.call.value = ++appended_ * client_count + number_;
    operation.called = recording_.moment();
    const std::string value = std::to_string(operation.call.value);
    const auto answer = line.ask("append " + key + ' ' + value + " once-" + value);
    if (answer && answer->starts_with("no ")) return false;  // has had no effect
    const bool done = answer && answer->starts_with("ok");
    if (done) operation.returned = recording_.moment();
    recording_.add(key, std::move(operation));
    return done;
  }

  Recording& recording_;
  std::uint64_t number_;
  std::mt19937_64 random_;
  std::uint64_t appended_ = 0;
  std::vector<Contact> contacts_;
};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

// Of a group that nothing is done to any more.
std::string final_answer(const Cluster& cluster, std::size_t member, const std::string& question) {
  std::string answer = "none";
  LineClient line(cluster.socket(member));
  (void)support::wait_until(
      [&] {
        answer = line.ask(question).value_or("none");
        return answer.starts_with("ok");
      },
      20s);
  return answer;
}

}  // namespace

std::uint64_t nemesis_seed() {
  return from_environment("NEMESIS_SEED", 1);
}

int nemesis_rounds(int otherwise) {
  return static_cast<int>(from_environment("NEMESIS_ROUNDS", static_cast<std::uint64_t>(otherwise)));
}

void run_under(const WorkloadOptions& options, const Disturb& disturb) {
  const std::uint64_t seed = options.cluster.seed;
  Cluster cluster(options.cluster);
  INFO("seed " << seed);
  REQUIRE(cluster.settle());
  Recording recording;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < client_count; ++i) {
    threads.emplace_back([&cluster, &recording, &stop, i, seed] { Client(cluster, recording, i, seed).run(stop); });
  }
  const Works works = [&](std::size_t more) {
    const std::size_t target = recording.size() + more;
    return support::wait_until([&] { return recording.size() >= target; }, 40s);
  };
  bool well = works(20);
  int round = 0;
  while (round < options.rounds && well) {
    ++round;
    well = disturb(cluster, works) && cluster.settle() && works(20);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  INFO(cluster.logs());
  INFO("round " << round);
  REQUIRE(well);
  const auto verdict = recording.check();
  INFO(recording.size() << " operations; key " << verdict.key << ", operation " << verdict.stuck_at);
  CHECK(verdict.result == Linearizability::yes);
  for (std::size_t i = 0; i < key_count; ++i) {
    const std::string question = "read k" + std::to_string(i);
    const std::string first = final_answer(cluster, 0, question);
    CHECK(first.starts_with("ok"));
    for (std::size_t other = 1; other < cluster.size(); ++other) {
      CHECK(final_answer(cluster, other, question) == first);
    }
  }
  std::cout << "seed " << seed << ": " << recording.size() << " operations in " << round << " rounds" << std::endl;
}

}  // namespace consensus_test
