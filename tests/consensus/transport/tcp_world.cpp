// Nodes that speak over TCP on the loopback interface.
#include <boost/asio/ip/tcp.hpp>

#include "world.hpp"

namespace consensus_test {

using namespace consensus;

std::unique_ptr<WorldNode> TcpWorld::start(const NodeOptions& options) {
  auto node = std::make_unique<WorldNode>();
  node->id = NodeId(options.id);
  node->recorder = options.recorder ? options.recorder : std::make_shared<Recorder>();
  node->runtime = std::make_unique<AsioRuntime>(loop_.context().get_executor(), options.id);
  TcpTransportOptions with = defaults;
  with.group = options.group;
  if (!options.address.empty()) with.listen = options.address;
  auto transport = std::make_unique<TcpTransport>(*node->runtime, std::move(with));
  const auto started = loop_.run(transport->start(*node->recorder, node->id));
  if (!started) throw std::runtime_error(started.error().message());
  node->address = transport->address();
  node->transport = std::move(transport);
  return node;
}

std::string TcpWorld::vacant_address() {
  boost::asio::io_context context;
  const boost::asio::ip::tcp::acceptor acceptor(context, {boost::asio::ip::address_v4::loopback(), 0});
  return "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
}

}  // namespace consensus_test
