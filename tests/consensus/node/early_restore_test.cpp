// A restore that begins before the snapshot has arrived.
#include "node/early_restore.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>

#include "catch.hpp"
#include "list_machine.hpp"
#include "node/remembered_keys.hpp"

namespace consensus {
namespace {

using consensus_test::ListMachine;
using Texts = std::vector<std::string>;

// What a test says has arrived.
struct Arrivals {
  std::deque<std::string> pieces;
  bool all = false;
  bool broken = false;
};

class FakeFollower final : public SnapshotFollower {
 public:
  explicit FakeFollower(Arrivals& arrivals) : arrivals_(arrivals) {}
  Result<std::string> read() override {
    if (arrivals_.broken) return make_error(Errc::corrupt, "broken");
    if (arrivals_.pieces.empty()) return std::string();
    std::string piece = std::move(arrivals_.pieces.front());
    arrivals_.pieces.pop_front();
    return piece;
  }
  bool has_read_all() const noexcept override { return arrivals_.all && arrivals_.pieces.empty(); }

 private:
  Arrivals& arrivals_;
};

struct Fixture {
  SnapshotMeta meta{.position = {Index(9), Term(2), 77}, .configuration = {}, .configuration_index = Index(1)};
  boost::asio::io_context context;
  Arrivals arrivals;
  ListMachine machine;
  Applier applier{machine};
  EarlyRestore early{context.get_executor(), meta, std::make_unique<FakeFollower>(arrivals)};

  Fixture() {
    const std::string command = "before";
    REQUIRE(machine.apply(std::vector{Command{Index(1), command}}, Index(1)));
    arrivals.pieces = {make_snapshot_header(RememberedKeys().to_bytes()), "3\none", "3\nt"};
  }
};

TEST_CASE("the state stays as it was until the rest has come and the restore is finished") {
  Fixture f;
  CHECK(*f.early.take_some(f.machine));
  CHECK_FALSE(*f.early.take_some(f.machine));
  CHECK(f.machine.items() == Texts{"before"});
  f.arrivals.pieces.emplace_back("wo");
  f.arrivals.all = true;
  REQUIRE(f.early.finish(f.machine, f.applier));
  CHECK(f.machine.items() == Texts{"one", "two"});
  CHECK(*f.machine.applied() == Index(9));
  CHECK(f.applier.meta().position == f.meta.position);
}

TEST_CASE("a restore with missing pieces is not finished") {
  Fixture f;
  CHECK_FALSE(f.early.finish(f.machine, f.applier));
  CHECK(f.machine.items() == Texts{"before"});
}

TEST_CASE("a restore that is dropped, or whose snapshot breaks, leaves the state as it was") {
  Fixture f;
  CHECK(*f.early.take_some(f.machine));
  f.arrivals.broken = true;
  CHECK_FALSE(f.early.take_some(f.machine));
  f.early.drop();
  CHECK(f.machine.items() == Texts{"before"});
  CHECK(*f.machine.applied() == Index(1));
}

TEST_CASE("whoever waits for more goes on at an arrival, and at the end") {
  Fixture f;
  int woken = 0;
  auto waiting = [&]() -> boost::asio::awaitable<void> {
    while (!f.early.has_ended()) {
      co_await f.early.wait_for_more();
      ++woken;
    }
  };
  boost::asio::co_spawn(f.context, waiting(), boost::asio::detached);
  f.context.poll();
  CHECK(woken == 0);
  f.early.tell_arrival();
  f.early.tell_arrival();
  f.context.poll();
  CHECK(woken == 1);
  f.early.end();
  f.context.poll();
  CHECK(woken == 2);
}

TEST_CASE("a watched receiver tells of chunks that were taken, and of its end without publication") {
  struct Receiver final : SnapshotReceiver {
    std::uint32_t next_chunk() const noexcept override { return 0; }
    Result<void> put_chunk(std::uint32_t number, std::string_view) override {
      if (number > 0) return make_error(Errc::corrupt, "");
      return {};
    }
    Result<void> publish() override { return {}; }
  };
  int arrived = 0;
  int broken = 0;
  {
    WatchedReceiver one(std::make_unique<Receiver>(), [&] { ++arrived; }, [&] { ++broken; });
    CHECK(one.put_chunk(0, "a"));
    CHECK_FALSE(one.put_chunk(1, "b"));
    CHECK(arrived == 1);
    CHECK(one.publish());
  }
  CHECK(broken == 0);
  {
    const WatchedReceiver other(std::make_unique<Receiver>(), [&] { ++arrived; }, [&] { ++broken; });
  }
  CHECK(broken == 1);
}

}  // namespace
}  // namespace consensus
