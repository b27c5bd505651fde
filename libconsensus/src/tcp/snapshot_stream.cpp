// A snapshot on its way: offer, what is missing, chunks, and the answer once it is installed.
#include "tcp/snapshot_stream.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "async/token_bucket.hpp"
#include "async/work_and_rest.hpp"
#include "bytes.hpp"
#include "wire/message_codec.hpp"

namespace consensus::tcp {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using wire::FrameKind;

// Sent and not yet known to have been stored by the other side. Enough to keep both busy.
constexpr std::uint32_t max_chunks_ahead = 4;

Error unexpected(const wire::Frame& frame) {
  if (frame.kind == FrameKind::refusal) return wire::decode_error(frame.content);
  return make_error(Errc::malformed, "a frame that does not belong into a snapshot's stream here");
}

wire::EncodedFrame progress_frame(std::uint32_t next_chunk) {
  wire::FrameWriter frame(FrameKind::progress);
  frame.content().u32(next_chunk);
  return frame.finish();
}

Result<std::uint32_t> read_progress(const Result<wire::Frame>& frame, std::uint32_t chunks) {
  if (!frame) return frame.error();
  if (frame->kind != FrameKind::progress) return unexpected(*frame);
  ByteReader in(frame->content);
  const std::uint32_t next = in.u32();
  if (!in.finished() || next > chunks) return make_error(Errc::malformed, "the progress of a snapshot");
  return next;
}

class Sender {
 public:
  Sender(std::shared_ptr<Hub> hub, std::shared_ptr<Channel> channel, std::shared_ptr<SnapshotReader> reader,
         std::uint64_t bytes_per_second)
      : hub_(std::move(hub)),
        channel_(std::move(channel)),
        reader_(std::move(reader)),
        bucket_(bytes_per_second, hub_->runtime.now()),
        rests_(hub_->options.snapshot_rest_percent, hub_->runtime.now()),
        appends_(hub_->appends),
        chunks_(static_cast<std::uint32_t>(reader_->manifest().chunk_checksums.size())) {}

  awaitable<Result<void>> run(Message message) {
    const std::string manifest = encode(reader_->manifest());
    if (manifest.size() > hub_->options.max_message_bytes) {
      co_return make_error(Errc::invalid_argument,
                           "the manifest of snapshot '" + reader_->manifest().id + "' is too long");
    }
    allow(hub_->options.snapshot_stall);
    auto offering = channel_->write(wire::make_frame(FrameKind::offer, manifest));
    auto offered = co_await std::move(offering);
    auto starting = wait_for_progress();
    auto started = co_await std::move(starting);
    if (!started) co_return started.error();
    auto sending = send_chunks();
    auto sent = co_await std::move(sending);
    if (!sent) co_return sent.error();
    allow(hub_->options.install_timeout);
    auto completing = channel_->write(wire::encode(message, FrameKind::complete));
    auto completed = co_await std::move(completing);
    auto reading = channel_->read();
    auto frame = co_await std::move(reading);
    if (!frame) co_return frame.error();
    if (frame->kind != FrameKind::installed) co_return unexpected(*frame);
    co_return Result<void>();
  }

 private:
  void allow(Duration time) { channel_->expires_after(time, "the snapshot's receiver does not get on"); }

  // The other side's answer tells more than our failure to write to it.
  awaitable<Result<void>> wait_for_progress() {
    auto reading = channel_->read();
    const auto frame = co_await std::move(reading);
    const auto next = read_progress(frame, chunks_);
    if (!next) co_return next.error();
    stored_ = *next;
    allow(hub_->options.snapshot_stall);
    co_return Result<void>();
  }

  awaitable<Result<void>> send_chunks() {
    std::uint32_t number = stored_;
    while (stored_ < chunks_) {
      if (number == chunks_ || number - stored_ >= (others_ == async::Others::idle ? max_chunks_ahead : 1)) {
        auto waiting = wait_for_progress();
        auto waited = co_await std::move(waiting);
        if (!waited) co_return waited.error();
        if (stored_ > number) co_return make_error(Errc::malformed, "progress beyond what was sent");
        continue;
      }
      auto sending = send_chunk(number);
      auto sent = co_await std::move(sending);
      if (!sent) co_return sent.error();
      ++number;
    }
    co_return Result<void>();
  }

  awaitable<Result<void>> send_chunk(std::uint32_t number) {
    auto pausing = pause_until(std::max(due_, rest(hub_->runtime.now())));
    co_await std::move(pausing);
    std::optional<Result<std::string>> chunk;
    std::function<void()> work = [&chunk, number, this] { chunk = reader_->read_chunk(number); };
    auto reading = hub_->runtime.run(Lane::snapshot, std::move(work));
    co_await std::move(reading);
    if (!*chunk) co_return chunk->error();
    const std::size_t size = (*chunk)->size();
    wire::FrameWriter frame(FrameKind::chunk);
    frame.content().u32(number);
    frame.payload(Payload(std::move(**chunk)));
    auto writing = channel_->write(frame.finish());
    auto written = co_await std::move(writing);
    if (!written) {
      auto explaining = wait_for_progress();
      auto explained = co_await std::move(explaining);
      co_return explained ? written.error() : explained.error();
    }
    due_ = bucket_.spend(size, hub_->runtime.now());
    co_return Result<void>();
  }

  // While entries are sent too, one chunk at a time goes all its way, and then the others have the processors and the
  // disk to themselves.
  TimePoint rest(TimePoint now) {
    others_ = std::exchange(appends_, hub_->appends) == hub_->appends ? async::Others::idle : async::Others::busy;
    return rests_.next(now, others_);
  }

  // The time that it takes is no stall.
  awaitable<void> pause_until(TimePoint due) {
    const TimePoint now = hub_->runtime.now();
    if (due <= now) co_return;
    allow(due - now + hub_->options.snapshot_stall);
    async::WakeUp never(hub_->tasks.executor());
    struct Waiting : async::Closable {
      explicit Waiting(async::WakeUp& of) : wake_up(of) {}
      void close(const Error&) override { wake_up.wake(); }
      async::WakeUp& wake_up;
    } waiting(never);
    const async::Tasks::Registration registration(hub_->tasks, waiting);
    auto pausing = never.wait_for(due - now);
    co_await std::move(pausing);
  }

  std::shared_ptr<Hub> hub_;
  std::shared_ptr<Channel> channel_;
  std::shared_ptr<SnapshotReader> reader_;
  async::TokenBucket bucket_;
  TimePoint due_{};  // of the next chunk, by the rate
  async::WorkAndRest rests_;
  std::uint64_t appends_;  // of the hub, when the last chunk was begun
  async::Others others_ = async::Others::idle;
  std::uint32_t chunks_;
  std::uint32_t stored_ = 0;  // chunks that the other side has
};

class Receiver {
 public:
  Receiver(std::shared_ptr<Hub> hub, std::shared_ptr<Channel> channel, NodeId from)
      : hub_(std::move(hub)), channel_(std::move(channel)), from_(std::move(from)) {}

  awaitable<Result<void>> run() {
    auto beginning = begin();
    auto begun = co_await std::move(beginning);
    if (!begun) co_return begun;
    for (;;) {
      allow();
      auto writing = channel_->write(progress_frame(receiver_->next_chunk()));
      auto written = co_await std::move(writing);
      if (!written) co_return written;
      auto reading = channel_->read();
      auto frame = co_await std::move(reading);
      if (!frame) co_return frame.error();
      if (frame->kind == FrameKind::complete) {
        auto completing = complete(std::move(*frame));
        auto completed = co_await std::move(completing);
        co_return completed;
      }
      auto storing = store(std::move(*frame));
      auto stored = co_await std::move(storing);
      if (!stored) co_return stored;
    }
  }

 private:
  void allow() { channel_->expires_after(hub_->options.snapshot_stall, "the snapshot's sender does not get on"); }

  awaitable<Result<void>> begin() {
    allow();
    auto reading = channel_->read();
    auto frame = co_await std::move(reading);
    if (!frame) co_return frame.error();
    if (frame->kind != FrameKind::offer) co_return unexpected(*frame);
    auto manifest = decode_manifest(frame->content);
    if (!manifest) co_return manifest.error();
    channel_->expires_never();
    if (hub_->handler == nullptr) co_return make_error(Errc::stopped, "");
    auto calling = hub_->tasks.call(hub_->handler->on_snapshot(from_, std::move(*manifest)));
    auto receiver = co_await std::move(calling);
    if (!receiver) co_return receiver.error();
    receiver_ = std::move(*receiver);
    co_return Result<void>();
  }

  awaitable<Result<void>> store(wire::Frame frame) {
    if (frame.kind != FrameKind::chunk) co_return unexpected(frame);
    ByteReader in(frame.content);
    const std::uint32_t number = in.u32();
    if (!in.ok() || number != receiver_->next_chunk()) {
      co_return make_error(Errc::malformed, "another chunk of the snapshot than the next one");
    }
    const std::string_view bytes = in.rest();
    Result<void> stored;
    std::function<void()> work = [&] { stored = receiver_->put_chunk(number, bytes); };
    auto storing = hub_->runtime.run(Lane::snapshot, std::move(work));
    co_await std::move(storing);
    co_return stored;
  }

  awaitable<Result<void>> complete(wire::Frame frame) {
    auto message = wire::decode_message(frame.content, frame.owner);
    if (!message) co_return message.error();
    if (message->from != from_ || message->to != hub_->self) {
      co_return make_error(Errc::incompatible, "the snapshot's message is not for this member");
    }
    channel_->expires_never();
    if (hub_->handler == nullptr) co_return make_error(Errc::stopped, "");
    auto calling = hub_->tasks.call(hub_->handler->on_snapshot_complete(receiver_, std::move(*message)));
    auto installed = co_await std::move(calling);
    if (!installed) co_return installed;
    auto answering = channel_->write_last(wire::make_frame(FrameKind::installed, ""));
    co_await std::move(answering);
    co_return Result<void>();
  }

  std::shared_ptr<Hub> hub_;
  std::shared_ptr<Channel> channel_;
  NodeId from_;
  std::shared_ptr<SnapshotReceiver> receiver_;
};

}  // namespace

awaitable<Result<void>> send_snapshot(std::shared_ptr<Hub> hub, std::shared_ptr<Channel> channel,
                                      std::shared_ptr<SnapshotReader> reader, Message message,
                                      std::uint64_t bytes_per_second) {
  Sender sender(std::move(hub), std::move(channel), std::move(reader), bytes_per_second);
  auto running = sender.run(std::move(message));
  auto sent = co_await std::move(running);
  co_return sent;
}

awaitable<Result<void>> receive_snapshot(std::shared_ptr<Hub> hub, std::shared_ptr<Channel> channel, NodeId from) {
  Receiver receiver(std::move(hub), std::move(channel), std::move(from));
  auto running = receiver.run();
  auto received = co_await std::move(running);
  co_return received;
}

}  // namespace consensus::tcp
