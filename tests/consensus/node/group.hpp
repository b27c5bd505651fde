// A group of real nodes in one process: SQLite logs, snapshot files and TCP on loopback, one event loop.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "consensus/asio_runtime.hpp"
#include "consensus/file_snapshot_store.hpp"
#include "consensus/node.hpp"
#include "consensus/sqlite_log_store.hpp"
#include "consensus/tcp_transport.hpp"
#include "list_machine.hpp"
#include "sandbox/port_lease.hpp"
#include "sandbox/temporary_directory.hpp"

namespace consensus_test {

using namespace std::chrono_literals;

class Group {
 public:
  // What runs of one member between start() and kill(); its folder and its port stay.
  struct Life {
    Life(boost::asio::io_context& context, const consensus::NodeOptions& options, const std::filesystem::path& folder,
         const std::string& listen);
    consensus::AsioRuntime runtime;
    consensus::SqliteLogStore log;
    consensus::FileSnapshotStore snapshots;
    consensus::TcpTransport transport;
    ListMachine machine;
    std::vector<consensus::NodeEvent> events;
    consensus::Node node;
  };

  explicit Group(consensus::CoreOptions core = quick());
  ~Group();
  // Elections within tenths of a second.
  static consensus::CoreOptions quick();

  // Starts the member, with what its folder has.
  consensus::Result<void> start(const std::string& name);
  // As a crash would, as far as one process can: nothing is said to the others, nothing more is written.
  void kill(const std::string& name);
  void wipe(const std::string& name);
  // The next start of the member listens on another port.
  void move(const std::string& name);
  // Starts the members, founds the group with the first, lets the others join. Throws what goes wrong.
  void make(const std::vector<std::string>& names);

  consensus::Result<void> join(const std::string& name, const std::string& seed, consensus::JoinOptions options = {});
  consensus::Result<consensus::Applied> propose(const std::string& name, std::string command,
                                                consensus::ProposeOptions options = {});
  consensus::Result<consensus::Index> read(const std::string& name);

  Life& life(const std::string& name) { return *members_.at(name).life; }
  [[nodiscard]] bool runs(const std::string& name) { return members_.at(name).life != nullptr; }
  consensus::Node& node(const std::string& name) { return life(name).node; }
  [[nodiscard]] std::string address(const std::string& name);
  [[nodiscard]] std::filesystem::path folder(const std::string& name) const { return directory_.path() / name; }
  [[nodiscard]] std::vector<std::string> items(const std::string& name) { return life(name).machine.items(); }
  // The running member that leads, when all running ones that know a leader agree on it; waits for one.
  [[nodiscard]] std::string leader();
  [[nodiscard]] std::vector<std::string> followers();
  [[nodiscard]] consensus::TimePoint in(consensus::Duration duration);
  consensus::NodeOptions& options() { return options_; }

  template <class T>
  T run(boost::asio::awaitable<T> work) {
    std::optional<T> result;
    boost::asio::co_spawn(context_, std::move(work), [&](std::exception_ptr thrown, T value) {
      if (thrown) std::rethrow_exception(thrown);
      result = std::move(value);
    });
    if (!wait([&] { return result.has_value(); })) throw std::runtime_error("a call did not end within 30 s");
    return std::move(*result);
  }
  void run(boost::asio::awaitable<void> work);

  // Runs the event loop until the condition holds; false after 30 s.
  template <class Condition>
  [[nodiscard]] bool wait(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      context_.restart();
      context_.run_one_for(100ms);
    }
    return true;
  }

 private:
  struct Member {
    sandbox::PortLease port;
    std::unique_ptr<Life> life;
  };

  boost::asio::io_context context_;
  sandbox::TemporaryDirectory directory_;
  consensus::NodeOptions options_;
  std::map<std::string, Member> members_;
};

}  // namespace consensus_test
