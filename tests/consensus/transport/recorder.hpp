// A transport's handler that keeps what arrives, and snapshots made of given chunks.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "consensus/snapshot_store.hpp"
#include "consensus/transport.hpp"

namespace consensus_test {

// A snapshot of these chunks.
class ChunkReader final : public consensus::SnapshotReader {
 public:
  ChunkReader(std::string id, std::vector<std::string> chunks);

  [[nodiscard]] const consensus::SnapshotManifest& manifest() const noexcept override { return manifest_; }
  [[nodiscard]] consensus::Result<std::string> read_chunk(std::uint32_t number) override { return chunks_.at(number); }
  [[nodiscard]] consensus::Result<std::string> read() override { return std::string(); }

 private:
  std::vector<std::string> chunks_;
  consensus::SnapshotManifest manifest_;
};

class Recorder final : public consensus::TransportHandler {
 public:
  std::vector<consensus::Message> messages{};
  std::vector<consensus::NodeId> lost{};
  std::vector<std::string> requests{};
  std::vector<consensus::Message> installed{};
  std::map<std::string, std::vector<std::string>> chunks{};  // by the snapshot's id; survives its receiver
  std::atomic<std::size_t> chunks_put = 0;                   // counted in the lane
  std::size_t chunks_before_break = 1'000'000;               // after so many, on_break is called once
  std::function<void()> on_break{};                          // in the thread of the lane
  std::optional<consensus::Error> refusal{};                 // of snapshots
  std::function<boost::asio::awaitable<consensus::Result<std::string>>(consensus::NodeId, std::string)> answer{};
  std::function<boost::asio::awaitable<consensus::Result<void>>()> install{};

  [[nodiscard]] std::size_t times_lost(const consensus::NodeId& peer) const;

  void on_message(consensus::Message message) override { messages.push_back(std::move(message)); }
  void on_peer_lost(const consensus::NodeId& peer) override { lost.push_back(peer); }
  boost::asio::awaitable<consensus::Result<std::shared_ptr<consensus::SnapshotReceiver>>> on_snapshot(
      consensus::NodeId from, consensus::SnapshotManifest manifest) override;
  boost::asio::awaitable<consensus::Result<void>> on_snapshot_complete(
      std::shared_ptr<consensus::SnapshotReceiver> receiver, consensus::Message message) override;
  boost::asio::awaitable<consensus::Result<std::string>> on_request(consensus::NodeId from,
                                                                    std::string request) override;
};

}  // namespace consensus_test
