// Groups of real nodes: finding each other, leading, proposing from anywhere.
#include "group/group.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "sandbox/port_lease.hpp"
#include "sandbox/temporary_directory.hpp"

namespace {

namespace asio = boost::asio;
namespace group = orchestrator::group;
using namespace std::chrono_literals;

// Keeps the texts it is given, in memory, and answers how many they are.
class Texts final : public consensus::StateMachine {
 public:
  std::vector<std::string> kept;

  consensus::Result<consensus::Index> applied() override { return applied_; }
  consensus::Result<std::vector<std::string>> apply(std::span<const consensus::Command> commands,
                                                    consensus::Index through) override {
    std::vector<std::string> answers;
    for (const auto& command : commands) {
      kept.emplace_back(command.bytes);
      answers.push_back(std::to_string(kept.size()));
    }
    applied_ = through;
    return answers;
  }
  consensus::Result<std::unique_ptr<consensus::SnapshotSource>> take_snapshot() override {
    return std::unique_ptr<consensus::SnapshotSource>(std::make_unique<Source>(kept));
  }
  consensus::Result<std::unique_ptr<consensus::SnapshotSink>> restore_snapshot(consensus::Index index) override {
    return std::unique_ptr<consensus::SnapshotSink>(std::make_unique<Sink>(*this, index));
  }

 private:
  struct Source final : consensus::SnapshotSource {
    explicit Source(const std::vector<std::string>& texts) {
      for (const auto& text : texts) all += text + '\n';
    }
    consensus::Result<std::string> read() override { return std::exchange(all, ""); }
    std::string all;
  };
  struct Sink final : consensus::SnapshotSink {
    Sink(Texts& to, consensus::Index at) : texts(to), index(at) {}
    consensus::Result<void> write(std::string_view piece) override {
      all += piece;
      return {};
    }
    consensus::Result<void> finish() override {
      texts.kept.clear();
      for (std::size_t at = 0; at < all.size();) {
        const auto end = all.find('\n', at);
        texts.kept.push_back(all.substr(at, end - at));
        at = end + 1;
      }
      texts.applied_ = index;
      return {};
    }
    Texts& texts;
    consensus::Index index;
    std::string all;
  };

  consensus::Index applied_;
};

class Servers {
 public:
  struct Server {
    Texts texts;
    std::vector<bool> leading;
    std::optional<group::Error> failed;
    std::unique_ptr<group::Group> group;
  };

  group::GroupOptions options(const std::string& name) {
    group::GroupOptions options;
    options.name = name;
    options.listen = address(name);
    options.address = options.listen;
    options.folder = directory_.path() / name;
    options.core.election_timeout = 300ms;
    options.core.heartbeat_interval = 50ms;
    return options;
  }
  std::string address(const std::string& name) { return "127.0.0.1:" + std::to_string(ports_[name].port()); }

  group::Result<void> start(const group::GroupOptions& options) {
    auto& server = servers_[options.name];
    server = std::make_unique<Server>();
    Server* const self = server.get();
    group::GroupEvents events;
    events.on_leading = [self](bool leads) { self->leading.push_back(leads); };
    events.on_failed = [self](const group::Error& error) { self->failed = error; };
    server->group = std::make_unique<group::Group>(context_.get_executor(), options, server->texts, std::move(events));
    return run(server->group->start());
  }
  void stop(const std::string& name) {
    run(servers_.at(name)->group->stop());
    servers_.erase(name);
  }
  ~Servers() {
    while (!servers_.empty()) stop(servers_.begin()->first);
  }

  Server& at(const std::string& name) { return *servers_.at(name); }
  group::Group& operator[](const std::string& name) { return *servers_.at(name)->group; }
  std::string leader() {
    std::string found;
    REQUIRE(wait([&] {
      for (const auto& [name, server] : servers_) {
        if (server->group->leads()) found = name;
      }
      return !found.empty();
    }));
    return found;
  }
  bool waits_for_members(std::size_t count) {
    return wait([&] {
      return std::all_of(servers_.begin(), servers_.end(), [&](const auto& server) {
        const auto status = server.second->group->status();
        const auto voters = std::count_if(status.members.begin(), status.members.end(), [](const auto& member) {
          return member.kind == group::GroupMember::Kind::voter;
        });
        return status.is_part_of_quorum && static_cast<std::size_t>(voters) == count;
      });
    });
  }

  template <class Condition>
  bool wait(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      context_.restart();
      context_.run_one_for(100ms);
    }
    return true;
  }
  template <class T>
  T run(asio::awaitable<T> work) {
    std::optional<T> result;
    asio::co_spawn(context_, std::move(work), [&](const std::exception_ptr& thrown, T value) {
      if (thrown) std::rethrow_exception(thrown);
      result = std::move(value);
    });
    REQUIRE(wait([&] { return result.has_value(); }));
    return std::move(*result);
  }
  void run(asio::awaitable<void> work) {
    bool ended = false;
    asio::co_spawn(context_, std::move(work), [&](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
      ended = true;
    });
    REQUIRE(wait([&] { return ended; }));
  }

 private:
  asio::io_context context_;
  sandbox::TemporaryDirectory directory_;
  std::map<std::string, sandbox::PortLease> ports_;
  std::map<std::string, std::unique_ptr<Server>> servers_;
};

constexpr auto once = group::Repetition::forbidden;

}  // namespace

TEST_CASE("a server without others leads at once, and keeps its state over a restart only on disk") {
  Servers servers;
  auto options = servers.options("a");
  options.listen.clear();
  SECTION("on disk") {}
  SECTION("in memory") {
    options.folder.clear();
  }
  REQUIRE(servers.start(options));
  CHECK(servers.leader() == "a");
  CHECK(*servers.run(servers["a"].propose("x", once, 5000ms)) == "1");
  CHECK(servers["a"].status().is_part_of_quorum);
  servers.stop("a");
  REQUIRE(servers.start(options));
  CHECK(servers.leader() == "a");
  const auto second = *servers.run(servers["a"].propose("y", once, 5000ms));
  CHECK(second == (options.folder.empty() ? "1" : "2"));
}

TEST_CASE("servers with the same list become one group, and everyone can propose") {
  Servers servers;
  const std::vector<std::string> names{"a", "b", "c"};
  std::vector<std::string> nodes;
  for (const auto& name : names) nodes.push_back(servers.address(name));
  for (const auto& name : names) {
    auto options = servers.options(name);
    options.nodes = nodes;
    REQUIRE(servers.start(options));
  }
  REQUIRE(servers.waits_for_members(3));
  const auto leader = servers.leader();
  std::size_t count = 0;
  for (const auto& name : names) {
    CHECK(*servers.run(servers[name].propose(name, once, 5000ms)) == std::to_string(++count));
  }
  for (const auto& name : names) {
    REQUIRE(servers.run(servers[name].catch_up(5000ms)));
    CHECK(servers.at(name).texts.kept == names);
    CHECK(servers[name].status().leader_name == leader);
    CHECK(servers.at(name).leading == (name == leader ? std::vector<bool>{true} : std::vector<bool>{}));
  }

  SECTION("leadership goes to whom a part of the name means") {
    const std::string other = leader == "b" ? "c" : "b";
    REQUIRE(servers.run(servers[leader].yield(other, 5000ms)));
    REQUIRE(servers.wait([&] { return servers[other].leads() && !servers[leader].leads(); }));
    CHECK(servers.at(leader).leading == std::vector<bool>{true, false});
    CHECK_FALSE(servers.run(servers[other].yield("nobody", 5000ms)));
  }
  SECTION("without its leader the group goes on, and the one that comes back gets what it missed") {
    servers.stop(leader);
    const auto next = servers.leader();
    CHECK(*servers.run(servers[next].propose("d", once, 5000ms)) == "4");
    auto options = servers.options(leader);
    options.nodes = nodes;
    REQUIRE(servers.start(options));
    REQUIRE(servers.run(servers[leader].catch_up(10000ms)));
    CHECK(servers.at(leader).texts.kept.size() == 4);
  }
  SECTION("alone it says that it is no part of a quorum") {
    for (const auto& name : names) {
      if (name != leader) servers.stop(name);
    }
    REQUIRE(servers.wait([&] { return !servers[leader].leads(); }));
    REQUIRE(servers.wait([&] { return !servers[leader].status().is_part_of_quorum; }));
    CHECK_FALSE(servers[leader].status().trouble.empty());
    CHECK_FALSE(servers.run(servers[leader].propose("lost", once, 200ms)));
  }
  SECTION("a member is removed by its address") {
    const std::string other = leader == "a" ? "b" : "a";
    REQUIRE(servers.run(servers[leader].remove(servers.address(other), 5000ms)));
    CHECK(servers[leader].status().members.size() == 2);
  }
}

TEST_CASE("a server joins the group of any member that it is told") {
  Servers servers;
  REQUIRE(servers.start(servers.options("a")));
  CHECK(servers.leader() == "a");
  for (const std::string name : {"b", "c"}) {
    auto options = servers.options(name);
    options.seeds = {servers.address(name == "b" ? "a" : "b")};
    REQUIRE(servers.start(options));
    REQUIRE(servers.wait([&] { return servers[name].status().is_part_of_quorum; }));
  }
  REQUIRE(servers.waits_for_members(3));
}

TEST_CASE("a server that finds no group says what it waits for") {
  Servers servers;
  auto options = servers.options("b");
  options.nodes = {servers.address("a"), servers.address("b"), servers.address("c")};
  REQUIRE(servers.start(options));
  CHECK_FALSE(servers["b"].status().is_part_of_quorum);
  REQUIRE(servers.wait([&] { return servers["b"].status().trouble.find("1 of 3") != std::string::npos; }));
}
