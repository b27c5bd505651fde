// A counter on three nodes: it survives the loss of its leader.
//
//   replicated_counter FOLDER [PORT]       ports PORT to PORT + 2 of 127.0.0.1; 7460 if not given
//
// Run it twice with the same folder: it goes on counting where it was.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "consensus/asio_runtime.hpp"
#include "consensus/file_snapshot_store.hpp"
#include "consensus/node.hpp"
#include "consensus/sqlite_log_store.hpp"
#include "consensus/tcp_transport.hpp"

namespace {

using namespace consensus;

// Adds what it is told; the answer to a command is the sum after it.
class Counter final : public StateMachine {
 public:
  Result<Index> applied() override { return applied_; }
  Result<std::vector<std::string>> apply(std::span<const Command> commands, Index through) override {
    std::vector<std::string> answers;
    for (const Command& command : commands) {
      sum_ += std::stoll(std::string(command.bytes));
      answers.push_back(std::to_string(sum_));
    }
    applied_ = through;
    return answers;
  }
  Result<std::unique_ptr<SnapshotSource>> take_snapshot() override {
    return std::make_unique<Source>(std::to_string(sum_));
  }
  Result<std::unique_ptr<SnapshotSink>> restore_snapshot(Index index) override {
    return std::make_unique<Sink>(*this, index);
  }
  [[nodiscard]] long long sum() const { return sum_; }

 private:
  struct Source final : SnapshotSource {
    explicit Source(std::string text) : rest(std::move(text)) {}
    Result<std::string> read() override { return std::exchange(rest, {}); }
    std::string rest;
  };
  struct Sink final : SnapshotSink {
    Sink(Counter& target, Index at) : counter(target), index(at) {}
    Result<void> write(std::string_view piece) override {
      text += piece;
      return {};
    }
    Result<void> finish() override {
      counter.sum_ = std::stoll(text);
      counter.applied_ = index;
      return {};
    }
    Counter& counter;
    Index index;
    std::string text;
  };

  long long sum_ = 0;
  Index applied_;
};

// Everything that a node is made of. A program of your own has one of these.
struct Server {
  Server(boost::asio::io_context& context, const std::filesystem::path& folder, std::string name, std::string address)
      : runtime(context.get_executor(), name),
        log({.file = folder / name / "log.db", .incarnation = {}, .vfs = {}, .free_bytes = {}}),
        snapshots({.folder = folder / name / "snapshots", .format = {}}),
        transport(runtime, {.group = "counter", .listen = address}),
        node({.name = name, .address = address, .core = {}}, {runtime, log, snapshots, transport, counter}) {}

  AsioRuntime runtime;
  SqliteLogStore log;
  FileSnapshotStore snapshots;
  TcpTransport transport;
  Counter counter;
  Node node;
};

boost::asio::awaitable<long long> add(Server& member, std::string number) {
  const ProposeOptions options;
  Result<Applied> applied = co_await member.node.propose(std::move(number), options);
  co_return std::stoll(applied.value().answer);
}

boost::asio::awaitable<void> count(std::vector<std::unique_ptr<Server>>& members, std::vector<std::string> addresses) {
  for (const auto& member : members) {
    const Result<void> started = co_await member->node.start();
    started.value();
  }
  Node& founder = members.front()->node;
  if (founder.status().blank) {
    const Result<void> founded = co_await founder.bootstrap();
    founded.value();
  }
  for (const auto& member : members) {
    const JoinOptions options;
    const Result<void> joined = co_await member->node.join(addresses, options);  // a member already: nothing to do
    joined.value();
  }
  // Any node takes commands.
  const long long first = co_await add(*members[2], "1");
  std::cout << "1 more: " << first << std::endl;
  std::size_t leader = 0;
  while (members[leader]->node.status().core.role != Role::leader) ++leader;
  std::cout << "node " << leader << " leads, and is stopped" << std::endl;
  co_await members[leader]->node.stop();
  Server& survivor = *members[(leader + 1) % members.size()];
  const long long second = co_await add(survivor, "10");
  std::cout << "10 more: " << second << std::endl;
  const Result<Index> read = co_await survivor.node.read_barrier(ReadMode::quorum, TimePoint::max());
  read.value();
  std::cout << "node " << (leader + 1) % members.size() << " has " << survivor.counter.sum() << std::endl;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i != leader) co_await members[i]->node.stop();
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc < 2) {
    std::cerr << "usage: replicated_counter FOLDER [PORT]\n";
    return 2;
  }
  const int port = argc > 2 ? std::stoi(argv[2]) : 7460;
  boost::asio::io_context context;
  std::vector<std::unique_ptr<Server>> members;
  std::vector<std::string> addresses;
  for (int i = 0; i < 3; ++i) {
    addresses.push_back("127.0.0.1:" + std::to_string(port + i));
    members.push_back(std::make_unique<Server>(context, argv[1], "node" + std::to_string(i), addresses.back()));
  }
  int status = 0;
  boost::asio::co_spawn(context, count(members, addresses), [&](std::exception_ptr thrown) {
    if (!thrown) return;
    status = 1;
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      std::cerr << error.what() << '\n';
    }
    context.stop();
  });
  context.run();
  return status;
}
