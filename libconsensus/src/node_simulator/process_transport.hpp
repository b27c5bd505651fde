// The transport of one simulated process: that of the in-process network, which ends with the process.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "consensus/memory_transport.hpp"

namespace consensus::simulator {

class ProcessTransport final : public Transport {
 public:
  // `sent` is told every message that leaves.
  ProcessTransport(Runtime& runtime, MemoryNetwork& network, MemoryTransportOptions options,
                   std::function<void(const Message&)> sent);

  // The process has died: nothing comes or goes any more.
  void kill() { inner_.reset(); }

  [[nodiscard]] boost::asio::awaitable<Result<void>> start(TransportHandler& handler, NodeId self) override;
  void set_peers(std::span<const Member> peers) override;
  void send(Message message) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> send_snapshot(std::shared_ptr<SnapshotReader> reader,
                                                                   Message message,
                                                                   std::uint64_t bytes_per_second) override;
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> request(std::string address, std::string request,
                                                                    Duration timeout) override;
  [[nodiscard]] boost::asio::awaitable<void> stop() override;

 private:
  std::unique_ptr<MemoryTransport> inner_;
  std::function<void(const Message&)> sent_;
};

}  // namespace consensus::simulator
