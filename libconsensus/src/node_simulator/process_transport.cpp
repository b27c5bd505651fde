// The transport of a simulated process.
#include "node_simulator/process_transport.hpp"

#include <utility>

namespace consensus::simulator {

using boost::asio::awaitable;

ProcessTransport::ProcessTransport(Runtime& runtime, MemoryNetwork& network, MemoryTransportOptions options,
                                   std::function<void(const Message&)> sent)
    : inner_(std::make_unique<MemoryTransport>(runtime, network, std::move(options))), sent_(std::move(sent)) {}

awaitable<Result<void>> ProcessTransport::start(TransportHandler& handler, NodeId self) {
  if (!inner_) co_return make_error(Errc::stopped, "the process has died");
  auto starting = inner_->start(handler, std::move(self));
  auto started = co_await std::move(starting);
  co_return started;
}

void ProcessTransport::set_peers(std::span<const Member> peers) {
  if (inner_) inner_->set_peers(peers);
}

void ProcessTransport::send(Message message) {
  if (!inner_) return;
  sent_(message);
  inner_->send(std::move(message));
}

awaitable<Result<void>> ProcessTransport::send_snapshot(std::shared_ptr<SnapshotReader> reader, Message message,
                                                        std::uint64_t bytes_per_second) {
  if (!inner_) co_return make_error(Errc::stopped, "the process has died");
  auto sending = inner_->send_snapshot(std::move(reader), std::move(message), bytes_per_second);
  auto sent = co_await std::move(sending);
  co_return sent;
}

awaitable<Result<std::string>> ProcessTransport::request(std::string address, std::string request, Duration timeout) {
  if (!inner_) co_return make_error(Errc::stopped, "the process has died");
  auto requesting = inner_->request(std::move(address), std::move(request), timeout);
  auto answer = co_await std::move(requesting);
  co_return answer;
}

awaitable<void> ProcessTransport::stop() {
  if (!inner_) co_return;
  auto stopping = inner_->stop();
  co_await std::move(stopping);
}

}  // namespace consensus::simulator
