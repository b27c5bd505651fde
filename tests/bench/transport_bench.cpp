// The TCP transport between two threads over loopback: round trips, appends a second, snapshot bytes a second.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "certificates.hpp"
#include "consensus/asio_runtime.hpp"
#include "consensus/tcp_transport.hpp"
#include "sandbox/temporary_directory.hpp"

namespace {

using namespace consensus;
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::duration;

constexpr int round_trips = 20'000;
constexpr std::size_t entries_per_append = 64;
constexpr std::uint64_t appends_in_flight = 16;
constexpr std::uint32_t chunk_size = 1U << 20U;
constexpr std::uint32_t chunks = 512;

// Forgets chunks as soon as they are verified.
class Sink final : public SnapshotReceiver {
 public:
  explicit Sink(SnapshotManifest manifest) : manifest_(std::move(manifest)) {}
  [[nodiscard]] std::uint32_t next_chunk() const noexcept override { return next_; }
  [[nodiscard]] Result<void> put_chunk(std::uint32_t number, std::string_view bytes) override {
    if (crc32c(bytes) != manifest_.chunk_checksums[number]) return make_error(Errc::corrupt, "chunk");
    ++next_;
    return {};
  }
  [[nodiscard]] Result<void> publish() override { return {}; }

 private:
  SnapshotManifest manifest_;
  std::uint32_t next_ = 0;
};

// The same chunk again and again.
class Source final : public SnapshotReader {
 public:
  Source() {
    manifest_.id = "bench";
    manifest_.meta.position = {Index(1), Term(1), 1};
    manifest_.chunk_size = chunk_size;
    manifest_.size = std::uint64_t{chunk_size} * chunks;
    manifest_.digest = std::string(64, '0');
    for (std::size_t i = 0; i < chunk_size; ++i) chunk_.push_back(static_cast<char>(i * 2654435761U >> 13U));
    manifest_.chunk_checksums.assign(chunks, crc32c(chunk_));
  }
  [[nodiscard]] const SnapshotManifest& manifest() const noexcept override { return manifest_; }
  [[nodiscard]] Result<std::string> read_chunk(std::uint32_t) override { return chunk_; }
  [[nodiscard]] Result<std::string> read() override { return std::string(); }

 private:
  SnapshotManifest manifest_;
  std::string chunk_;
};

class Handler final : public TransportHandler {
 public:
  std::function<void(Message)> on{};

  void on_message(Message message) override { on(std::move(message)); }
  void on_peer_lost(const NodeId&) override {}
  asio::awaitable<Result<std::shared_ptr<SnapshotReceiver>>> on_snapshot(NodeId, SnapshotManifest manifest) override {
    std::shared_ptr<SnapshotReceiver> sink = std::make_shared<Sink>(std::move(manifest));
    co_return sink;
  }
  asio::awaitable<Result<void>> on_snapshot_complete(std::shared_ptr<SnapshotReceiver>, Message) override {
    co_return Result<void>();
  }
  asio::awaitable<Result<std::string>> on_request(NodeId, std::string request) override { co_return request; }
};

class Node {
 public:
  Node(const std::string& name, std::optional<TcpTls> tls)
      : id(name),
        runtime_(context_.get_executor(), name),
        transport(runtime_, {.group = "bench", .listen = "127.0.0.1:0", .tls = std::move(tls)}),
        thread_([this] { context_.run(); }) {
    const auto started = run(transport.start(handler, id));
    if (!started) {
      std::fprintf(stderr, "%s\n", started.error().message().c_str());
      std::exit(1);
    }
  }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node() {
    run(stop());
    guard_.reset();
  }

  // From outside of the node's thread.
  template <class T>
  T run(asio::awaitable<T> work) {
    std::promise<T> promise;
    asio::co_spawn(context_, std::move(work),
                   [&](std::exception_ptr, T value) { promise.set_value(std::move(value)); });
    return promise.get_future().get();
  }
  void post(std::function<void()> work) { asio::post(context_, std::move(work)); }

  NodeId id;
  Handler handler;

 private:
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_{context_.get_executor()};
  AsioRuntime runtime_;

  asio::awaitable<bool> stop() {
    co_await transport.stop();
    co_return true;
  }

 public:
  TcpTransport transport;

 private:
  std::jthread thread_;
};

double seconds_since(Clock::time_point start) {
  return duration<double>(Clock::now() - start).count();
}

// What a pair of nodes does; everything of `a` happens in its thread.
class Bench {
 public:
  Bench(const char* label, std::optional<TcpTls> tls_a, std::optional<TcpTls> tls_b)
      : label_(label), a_("a", std::move(tls_a)), b_("b", std::move(tls_b)) {
    b_.handler.on = [this](const Message& message) { b_.transport.send(answer_to(message)); };
    const std::vector<Member> members{{a_.id, a_.transport.address()}, {b_.id, b_.transport.address()}};
    a_.post([this, members] { a_.transport.set_peers(members); });
    b_.post([this, members] { b_.transport.set_peers(members); });
    connect();
  }

  void measure_round_trips() {
    std::vector<double> micros;
    Clock::time_point sent;
    const auto ping = [&] {
      sent = Clock::now();
      a_.transport.send({a_.id, b_.id, Term(1), Heartbeat{Index(1), micros.size(), false}});
    };
    std::promise<void> done;
    a_.handler.on = [&](const Message&) {
      micros.push_back(seconds_since(sent) * 1e6);
      if (micros.size() < round_trips) return ping();
      done.set_value();
    };
    a_.post(ping);
    done.get_future().wait();
    std::sort(micros.begin(), micros.end());
    std::printf("%-6s heartbeat round trip: p50 %.1f us, p99 %.1f us\n", label_, micros[micros.size() / 2],
                micros[micros.size() * 99 / 100]);
  }

  void measure_appends(std::size_t payload_bytes) {
    AppendRequest append;
    LogPosition last;
    for (std::size_t i = 0; i < entries_per_append; ++i) {
      append.entries.push_back(make_entry(last, Term(1), EntryKind::command, Payload(std::string(payload_bytes, 'x'))));
      last = append.entries.back().position();
    }
    const Message message{a_.id, b_.id, Term(1), append};
    std::uint64_t answered = 0;
    bool is_over = false;
    std::promise<void> done;
    const auto start = Clock::now();
    a_.handler.on = [&](const Message&) {
      ++answered;
      if (is_over) return;
      if (seconds_since(start) < 2.0) return a_.transport.send(message);
      is_over = true;
      done.set_value();
    };
    a_.post([&] {
      for (std::uint64_t i = 0; i < appends_in_flight; ++i) a_.transport.send(message);
    });
    done.get_future().wait();
    const double appends = static_cast<double>(answered) / seconds_since(start);
    const double entries = appends * static_cast<double>(entries_per_append);
    std::printf("%-6s appends of %zu entries of %zu bytes: %.0f/s, %.0f entries/s, %.0f MB/s\n", label_,
                entries_per_append, payload_bytes, appends, entries,
                entries * static_cast<double>(payload_bytes) / 1e6);
    settle();
  }

  void measure_snapshot() {
    const auto source = std::make_shared<Source>();
    const Message message{a_.id, b_.id, Term(1), InstallSnapshot{source->manifest().meta}};
    const auto start = Clock::now();
    const auto sent = a_.run(a_.transport.send_snapshot(source, message, 0));
    const double taken = seconds_since(start);
    if (!sent) std::printf("%s\n", sent.error().message().c_str());
    const double size = static_cast<double>(source->manifest().size);
    std::printf("%-6s snapshot of %.0f MB: %.0f MB/s\n", label_, size / 1e6, size / 1e6 / taken);
  }

  void measure_requests() {
    constexpr int count = 5000;
    const auto start = Clock::now();
    for (int i = 0; i < count; ++i) {
      const auto answer = a_.run(a_.transport.request(b_.transport.address(), "x", std::chrono::seconds(5)));
      if (!answer) std::printf("%s\n", answer.error().message().c_str());
    }
    std::printf("%-6s request and answer: %.1f us\n", label_, seconds_since(start) * 1e6 / count);
  }

 private:
  static Message answer_to(const Message& message) {
    Message answer{message.to, message.from, Term(1), AppendReply{}};
    if (const auto* heartbeat = std::get_if<Heartbeat>(&message.body)) {
      HeartbeatReply reply;
      reply.round = heartbeat->round;
      answer.body = reply;
    }
    return answer;
  }
  void connect() {
    bool is_connected = false;
    std::promise<void> connected;
    a_.handler.on = [&](const Message&) {
      if (!std::exchange(is_connected, true)) connected.set_value();
    };
    auto arrived = connected.get_future();
    do {
      a_.post([this] { a_.transport.send({a_.id, b_.id, Term(1), Heartbeat{}}); });
    } while (arrived.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready);
    settle();
  }
  // Waits until the answers that are under way have arrived: that to this heartbeat comes last.
  void settle() {
    constexpr std::uint64_t last_round = 1'000'000;
    std::promise<void> done;
    a_.handler.on = [&](const Message& message) {
      const auto* reply = std::get_if<HeartbeatReply>(&message.body);
      if (reply != nullptr && reply->round == last_round) done.set_value();
    };
    a_.post([this] { a_.transport.send({a_.id, b_.id, Term(1), Heartbeat{Index(1), last_round, false}}); });
    done.get_future().wait();
  }

  const char* label_;
  Node a_;
  Node b_;
};

void measure(const char* label, std::optional<TcpTls> tls_a, std::optional<TcpTls> tls_b) {
  Bench bench(label, std::move(tls_a), std::move(tls_b));
  bench.measure_round_trips();
  bench.measure_appends(128);
  bench.measure_appends(4096);
  bench.measure_snapshot();
  bench.measure_requests();
}

}  // namespace

int main() {
  measure("plain", std::nullopt, std::nullopt);
  const sandbox::TemporaryDirectory directory;
  const test::CertificateAuthority authority(directory.path());
  const auto tls_of = [&](const std::string& name) {
    const test::CertificateFiles files = authority.issue(name, "DNS:" + name);
    return TcpTls{.ca_file = authority.certificate(), .certificate_file = files.certificate, .key_file = files.key};
  };
  measure("tls", tls_of("a"), tls_of("b"));
  return 0;
}
