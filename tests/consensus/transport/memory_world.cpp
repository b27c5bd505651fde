// Nodes that speak within one process.
#include "world.hpp"

namespace consensus_test {

using namespace consensus;

std::unique_ptr<WorldNode> MemoryWorld::start(const NodeOptions& options) {
  auto node = std::make_unique<WorldNode>();
  node->id = NodeId(options.id);
  node->address = options.address.empty() ? "host of " + options.id : options.address;
  node->recorder = options.recorder ? options.recorder : std::make_shared<Recorder>();
  node->runtime = std::make_unique<AsioRuntime>(loop_.context().get_executor(), options.id);
  const MemoryTransportOptions with{.group = options.group, .address = node->address};
  auto transport = std::make_unique<MemoryTransport>(*node->runtime, network, with);
  const auto started = loop_.run(transport->start(*node->recorder, node->id));
  if (!started) throw std::runtime_error(started.error().message());
  node->transport = std::move(transport);
  return node;
}

}  // namespace consensus_test
