// One member of a group as a process, for tests that kill it; answers lines on a Unix socket.
//
//   consensus_list_member NAME FOLDER ADDRESS SOCKET [SEED…]
//
// Without seeds a blank node founds the group, with seeds it joins theirs. Lines: "append KEY VALUE ONCE" (ONCE is an
// idempotency key), "burden BYTES" (a command that changes nothing), "read KEY", "status". Answers: "ok …", "unknown …"
// (it may have happened), "no …" (it has not). Exit status 3: the node failed; 4: what its folder has cannot be used.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "consensus/asio_runtime.hpp"
#include "consensus/file_snapshot_store.hpp"
#include "consensus/node.hpp"
#include "consensus/sqlite_log_store.hpp"
#include "consensus/tcp_transport.hpp"
#include "keyed_lists.hpp"

namespace {

using namespace consensus;
using consensus_test::KeyedLists;
using namespace std::chrono_literals;
using boost::asio::awaitable;
using LocalSocket = boost::asio::local::stream_protocol::socket;

// So that clients of a member that is cut off do not wait for long.
constexpr Duration patience = 700ms;

NodeOptions node_options(const std::string& name, const std::string& address) {
  NodeOptions options;
  options.name = name;
  options.address = address;
  options.apply_on = ApplyOn::executor;
  options.core.election_timeout = 300ms;
  options.core.heartbeat_interval = 50ms;
  // Small, so that members that were away need snapshots.
  options.core.snapshot_after_entries = 60;
  options.core.trailing_entries = 10;
  // Little enough for small file systems, like the write-ahead log below.
  options.low_space_bytes = 256U << 10U;
  return options;
}

SqliteLogOptions log_options(const std::filesystem::path& folder) {
  SqliteLogOptions options;
  options.file = folder / "log.db";
  options.wal_limit_bytes = 1U << 20U;
  return options;
}

TcpTransportOptions transport_options(const std::string& address) {
  TcpTransportOptions options;
  options.group = "lists";
  options.listen = address;
  return options;
}

struct Process {
  Process(boost::asio::io_context& context, const std::string& name, const std::filesystem::path& folder,
          const std::string& address)
      : runtime(context.get_executor(), name),
        log(log_options(folder)),
        snapshots({.folder = folder / "snapshots", .format = {}}),
        transport(runtime, transport_options(address)),
        node(node_options(name, address), {runtime, log, snapshots, transport, lists}, [](const NodeEvent& event) {
          if (const auto* failed = std::get_if<event::Failed>(&event)) {
            std::cerr << "failed: " << failed->error.message() << std::endl;
            std::_Exit(3);
          }
        }) {}

  [[nodiscard]] TimePoint soon() const { return runtime.now() + patience; }

  AsioRuntime runtime;
  SqliteLogStore log;
  FileSnapshotStore snapshots;
  TcpTransport transport;
  KeyedLists lists;
  Node node;
};

template <class T>
std::string failure(const Result<T>& result) {
  return (is_outcome_unknown(result.error()) ? "unknown " : "no ") + result.error().message();
}

std::string status_line(const NodeStatus& status) {
  const CoreStatus& core = status.core;
  const bool settled = core.configuration.is_voter(core.id) && !core.recovering && core.leader.has_value();
  return std::string("ok ") + (core.role == Role::leader ? "leader" : "follower") +
         (settled ? " settled" : " unsettled");
}

awaitable<std::string> answer(Process& process, std::string line) {
  std::istringstream words(line);
  std::string verb;
  std::string key;
  words >> verb >> key;
  if (verb == "status") co_return status_line(process.node.status());
  if (verb == "read") {
    const Result<Index> read = co_await process.node.read_barrier(ReadMode::quorum, process.soon());
    co_return read ? "ok " + process.lists.list(key) : failure(read);
  }
  std::string value;
  ProposeOptions options;
  words >> value >> options.idempotency_key;
  options.deadline = process.soon();
  std::string command = verb == "burden" ? std::string(std::stoul(key), ' ') : key + ' ' + value;
  const Result<Applied> applied = co_await process.node.propose(std::move(command), std::move(options));
  co_return applied ? "ok" : failure(applied);
}

awaitable<void> serve(Process& process, LocalSocket socket) {
  std::string buffer;
  for (;;) {
    auto input = boost::asio::dynamic_buffer(buffer);
    const std::size_t size = co_await boost::asio::async_read_until(socket, input, '\n', boost::asio::use_awaitable);
    std::string line = buffer.substr(0, size - 1);
    buffer.erase(0, size);
    std::string reply = co_await answer(process, std::move(line));
    reply += '\n';
    auto output = boost::asio::buffer(reply);
    co_await boost::asio::async_write(socket, output, boost::asio::use_awaitable);
  }
}

awaitable<void> listen(Process& process, boost::asio::io_context& context, std::string path) {
  std::filesystem::remove(path);
  boost::asio::local::stream_protocol::acceptor acceptor(context, path);
  for (;;) {
    LocalSocket socket = co_await acceptor.async_accept(boost::asio::use_awaitable);
    boost::asio::co_spawn(context, serve(process, std::move(socket)), boost::asio::detached);
  }
}

awaitable<void> take_part(Process& process, std::vector<std::string> seeds) {
  const Result<void> started = co_await process.node.start();
  if (!started) {
    std::cerr << "cannot start: " << started.error().message() << std::endl;
    std::_Exit(started.error().code == Errc::corrupt ? 4 : 3);
  }
  Result<void> member;
  if (!seeds.empty()) {
    const JoinOptions options;
    member = co_await process.node.join(std::move(seeds), options);
  } else if (process.node.status().blank) {
    member = co_await process.node.bootstrap();
  }
  if (!member) {
    std::cerr << "no member: " << member.error().message() << std::endl;
    std::_Exit(3);
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc < 5) {
    std::cerr << "usage: consensus_list_member NAME FOLDER ADDRESS SOCKET [SEED...]\n";
    return 2;
  }
  boost::asio::io_context context;
  const std::filesystem::path folder = argv[2];
  std::filesystem::create_directories(folder);
  Process process(context, argv[1], folder, argv[3]);
  boost::asio::co_spawn(context, take_part(process, {argv + 5, argv + argc}), boost::asio::detached);
  boost::asio::co_spawn(context, listen(process, context, argv[4]), boost::asio::detached);
  context.run();
  return 0;
}
