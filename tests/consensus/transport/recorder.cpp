// A transport's handler that keeps what arrives, and snapshots made of given chunks.
#include "recorder.hpp"

#include <algorithm>
#include <utility>

namespace consensus_test {

namespace asio = boost::asio;
using namespace consensus;

namespace {

class ChunkReceiver final : public SnapshotReceiver {
 public:
  ChunkReceiver(Recorder& recorder, SnapshotManifest manifest)
      : recorder_(recorder), manifest_(std::move(manifest)), chunks_(recorder.chunks[manifest_.id]) {}

  [[nodiscard]] std::uint32_t next_chunk() const noexcept override {
    return static_cast<std::uint32_t>(chunks_.size());
  }
  [[nodiscard]] Result<void> put_chunk(std::uint32_t number, std::string_view bytes) override {
    if (number != chunks_.size()) return make_error(Errc::invalid_argument, "another chunk");
    if (crc32c(bytes) != manifest_.chunk_checksums.at(number)) return make_error(Errc::corrupt, "a chunk");
    chunks_.emplace_back(bytes);
    ++recorder_.chunks_put;
    if (recorder_.chunks_put == recorder_.chunks_before_break && recorder_.on_break) recorder_.on_break();
    return {};
  }
  [[nodiscard]] Result<void> publish() override {
    if (chunks_.size() != manifest_.chunk_checksums.size()) return make_error(Errc::corrupt, "chunks are missing");
    return {};
  }

 private:
  Recorder& recorder_;
  SnapshotManifest manifest_;
  std::vector<std::string>& chunks_;
};

}  // namespace

ChunkReader::ChunkReader(std::string id, std::vector<std::string> chunks) : chunks_(std::move(chunks)) {
  manifest_.id = std::move(id);
  manifest_.meta.position = {Index(10), Term(2), 99};
  manifest_.meta.configuration.voters = {{NodeId("a"), "a:1"}};
  manifest_.meta.configuration_index = Index(3);
  manifest_.digest = std::string(64, '0');
  for (const std::string& chunk : chunks_) {
    manifest_.chunk_size = std::max(manifest_.chunk_size, static_cast<std::uint32_t>(chunk.size()));
    manifest_.size += chunk.size();
    manifest_.chunk_checksums.push_back(crc32c(chunk));
  }
}

std::size_t Recorder::times_lost(const NodeId& peer) const {
  return static_cast<std::size_t>(std::ranges::count(lost, peer));
}

asio::awaitable<Result<std::shared_ptr<SnapshotReceiver>>> Recorder::on_snapshot(NodeId, SnapshotManifest manifest) {
  if (refusal) co_return *refusal;
  std::shared_ptr<SnapshotReceiver> receiver = std::make_shared<ChunkReceiver>(*this, std::move(manifest));
  co_return receiver;
}

asio::awaitable<Result<void>> Recorder::on_snapshot_complete(std::shared_ptr<SnapshotReceiver> receiver,
                                                             Message message) {
  auto published = receiver->publish();
  if (!published) co_return published;
  if (install) {
    auto work = install();
    auto done = co_await std::move(work);
    if (!done) co_return done;
  }
  installed.push_back(std::move(message));
  co_return Result<void>();
}

asio::awaitable<Result<std::string>> Recorder::on_request(NodeId from, std::string request) {
  requests.push_back(from.name() + ": " + request);
  if (!answer) co_return "answer to " + request;
  auto work = answer(std::move(from), std::move(request));
  auto result = co_await std::move(work);
  co_return result;
}

}  // namespace consensus_test
