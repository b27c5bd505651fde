// The public face of a running node.
#include "consensus/node.hpp"

#include <charconv>
#include <string_view>
#include <utility>

#include "node/running.hpp"

namespace consensus {

Node::Node(NodeOptions options, NodePorts ports, std::function<void(const NodeEvent&)> on_event)
    : running_(std::make_shared<Running>(std::move(options), ports, std::move(on_event))) {}

Node::~Node() = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(Node&&) noexcept = default;

boost::asio::awaitable<Result<void>> Node::start() {
  return running_->start();
}

boost::asio::awaitable<Result<void>> Node::bootstrap() {
  return running_->bootstrap();
}

boost::asio::awaitable<Result<void>> Node::join(std::vector<std::string> seeds, JoinOptions options) {
  return running_->join(std::move(seeds), options);
}

boost::asio::awaitable<Result<void>> Node::form(std::vector<std::string> nodes, JoinOptions options) {
  return running_->form(std::move(nodes), options);
}

boost::asio::awaitable<Result<Applied>> Node::propose(std::string command, ProposeOptions options) {
  return running_->propose(std::move(command), std::move(options));
}

boost::asio::awaitable<Result<Index>> Node::read_barrier(ReadMode mode, TimePoint deadline) {
  return running_->read_barrier(mode, deadline);
}

boost::asio::awaitable<Result<Index>> Node::change(ConfigurationChange change, TimePoint deadline) {
  return running_->change(std::move(change), deadline);
}

boost::asio::awaitable<Result<void>> Node::remove(std::string name, TimePoint deadline) {
  return running_->remove(std::move(name), deadline);
}

boost::asio::awaitable<Result<void>> Node::transfer(std::optional<NodeId> target, TimePoint deadline) {
  return running_->transfer(std::move(target), deadline);
}

boost::asio::awaitable<Result<SnapshotMeta>> Node::take_snapshot() {
  return running_->take_snapshot();
}

NodeStatus Node::status() const {
  return running_->status();
}

boost::asio::awaitable<void> Node::stop() {
  return running_->stop();
}

NodeId make_node_id(std::string_view name, Incarnation incarnation) {
  char digits[16];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), incarnation.value, 16).ptr;
  return NodeId(std::string(name) + '/' + std::string(std::begin(digits), end));
}

std::string_view member_name(const NodeId& id) noexcept {
  const std::string_view whole = id.name();
  return whole.substr(0, whole.rfind('/'));
}

}  // namespace consensus
