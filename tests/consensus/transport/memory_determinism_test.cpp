// The in-process network under virtual time: the same seed gives the same run, another seed another one.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "consensus/memory_transport.hpp"
#include "recorder.hpp"
#include "virtual_runtime.hpp"

namespace consensus_test {
namespace {

using namespace consensus;
using namespace std::chrono_literals;
namespace asio = boost::asio;

// Writes down all that happens to one node, and when.
class Diary final : public TransportHandler {
 public:
  Diary(std::vector<std::string>& lines, VirtualRuntime& runtime, std::string name)
      : lines_(lines), runtime_(runtime), name_(std::move(name)) {}

  void note(const std::string& what) {
    lines_.push_back(std::to_string(runtime_.now().time_since_epoch().count()) + ' ' + name_ + ' ' + what);
  }
  void on_message(Message message) override {
    note("message " + std::to_string(std::get<ReadQuery>(message.body).batch) + " from " + message.from.name());
  }
  void on_peer_lost(const NodeId& peer) override { note("lost " + peer.name()); }
  asio::awaitable<Result<std::shared_ptr<SnapshotReceiver>>> on_snapshot(NodeId from,
                                                                         SnapshotManifest manifest) override {
    note("snapshot from " + from.name());
    auto work = disk_.on_snapshot(std::move(from), std::move(manifest));
    auto receiver = co_await std::move(work);
    co_return receiver;
  }
  asio::awaitable<Result<void>> on_snapshot_complete(std::shared_ptr<SnapshotReceiver>, Message) override {
    note("snapshot complete");
    co_return Result<void>();
  }
  asio::awaitable<Result<std::string>> on_request(NodeId from, std::string request) override {
    note("request from " + from.name());
    co_return request;
  }

 private:
  std::vector<std::string>& lines_;
  VirtualRuntime& runtime_;
  std::string name_;
  Recorder disk_;
};

struct Participant {
  Participant(std::vector<std::string>& lines, VirtualRuntime& runtime, MemoryNetwork& network, const std::string& name)
      : id(name), diary(lines, runtime, name), transport(runtime, network, {.group = "g", .address = name}) {}

  NodeId id;
  Diary diary;
  MemoryTransport transport;
};

asio::awaitable<void> live(Participant& self, VirtualRuntime& runtime, std::vector<Member> members) {
  auto starting = self.transport.start(self.diary, self.id);
  const auto started = co_await std::move(starting);
  static_cast<void>(started);
  self.transport.set_peers(members);
  for (std::uint64_t round = 0; round < 100; ++round) {
    for (const Member& member : members) {
      if (member.id != self.id) self.transport.send({self.id, member.id, Term(1), ReadQuery{round}});
    }
    const TimePoint next = runtime.now() + Duration(runtime.random() % 2'000'000);
    co_await runtime.sleep_until(next);
  }
}

asio::awaitable<void> transfer(Participant& from, Participant& to) {
  const auto reader = std::make_shared<ChunkReader>("s1", std::vector<std::string>(20, "chunk"));
  const Message message{from.id, to.id, Term(1), InstallSnapshot{reader->manifest().meta}};
  for (bool is_done = false; !is_done;) {
    auto sending = from.transport.send_snapshot(reader, message, 1000);
    const auto sent = co_await std::move(sending);
    from.diary.note(sent ? "sent" : sent.error().message());
    auto requesting = from.transport.request(to.id.name(), "x", 3ms);
    const auto answer = co_await std::move(requesting);
    from.diary.note(answer ? "answered" : answer.error().message());
    is_done = sent.has_value();
  }
}

std::vector<std::string> run(std::uint64_t seed) {
  std::vector<std::string> lines;
  asio::io_context context;
  VirtualRuntime runtime(context, seed);
  LossyNetworkOptions options;
  options.max_delay = 5ms;
  options.lost_per_million = 100'000;
  options.doubled_per_million = 100'000;
  options.breaks_per_million = 50'000;
  options.order = LossyNetworkOptions::Order::free;
  LossyNetwork policy(runtime, options);
  MemoryNetwork network(runtime, policy);
  Participant a(lines, runtime, network, "a");
  Participant b(lines, runtime, network, "b");
  auto c = std::make_unique<Participant>(lines, runtime, network, "c");
  const std::vector<Member> members{{a.id, "a"}, {b.id, "b"}, {c->id, "c"}};
  for (Participant* member : {&a, &b, c.get()})
    asio::co_spawn(context, live(*member, runtime, members), asio::detached);
  runtime.advance_to(TimePoint() + 1ms);
  asio::co_spawn(context, transfer(a, b), asio::detached);
  // Long after its life is over.
  runtime.advance_to(TimePoint() + 400ms);
  c.reset();
  b.transport.send({b.id, NodeId("c"), Term(1), ReadQuery{1}});
  runtime.advance_to(TimePoint() + 100s);
  return lines;
}

TEST_CASE("the in-process network repeats a run from its seed") {
  const std::vector<std::string> first = run(1);
  CHECK(first == run(1));
  CHECK(first != run(2));
  const auto has = [&](const std::string& text) {
    return std::ranges::any_of(first, [&](const std::string& line) { return line.ends_with(text); });
  };
  CHECK(first.size() > 400);
  CHECK(has("a sent"));
  CHECK(has("b snapshot complete"));
  CHECK(has("b request from a"));
  CHECK(has("b lost c"));
}

}  // namespace
}  // namespace consensus_test
