// Nodes with a transport of one kind each, all on one thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "consensus/asio_runtime.hpp"
#include "consensus/memory_transport.hpp"
#include "consensus/tcp_transport.hpp"
#include "consensus/transport.hpp"
#include "loop.hpp"
#include "recorder.hpp"

namespace consensus_test {

// One started node. The recorder outlives it: what a node keeps on its disk.
struct WorldNode {
  consensus::NodeId id;
  std::string address;
  std::shared_ptr<Recorder> recorder;
  std::unique_ptr<consensus::AsioRuntime> runtime;
  std::unique_ptr<consensus::Transport> transport;

  [[nodiscard]] consensus::Member member() const { return {id, address}; }
};

struct NodeOptions {
  std::string id;
  std::string group = "group";
  std::string address{};                 // empty: any
  std::shared_ptr<Recorder> recorder{};  // none: a new one
};

class TcpWorld {
 public:
  explicit TcpWorld(Loop& loop) : loop_(loop) {}

  [[nodiscard]] std::unique_ptr<WorldNode> start(const NodeOptions& options);
  // As if its process was killed.
  void kill(std::unique_ptr<WorldNode> node) {
    node->transport.reset();
    dead_.push_back(std::move(node->runtime));
  }
  // An address where nobody is.
  [[nodiscard]] std::string vacant_address();

  // For all nodes started from now on.
  consensus::TcpTransportOptions defaults{.group = {}, .listen = "127.0.0.1:0"};

 private:
  Loop& loop_;
  std::vector<std::unique_ptr<consensus::AsioRuntime>> dead_;  // their last coroutines end later
};

class MemoryWorld {
 public:
  explicit MemoryWorld(Loop& loop) : loop_(loop) {}

  [[nodiscard]] std::unique_ptr<WorldNode> start(const NodeOptions& options);
  void kill(std::unique_ptr<WorldNode> node) {
    node->transport.reset();
    dead_.push_back(std::move(node->runtime));
  }
  [[nodiscard]] std::string vacant_address() { return "nowhere"; }

 private:
  Loop& loop_;
  std::vector<std::unique_ptr<consensus::AsioRuntime>> dead_;
  consensus::AsioRuntime runtime_{loop_.context().get_executor(), "network"};

 public:
  consensus::LossyNetwork policy{runtime_};
  consensus::MemoryNetwork network{runtime_, policy};
};

}  // namespace consensus_test
