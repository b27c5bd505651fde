// The applier: commands in order, each idempotency key once, the snapshot's meta.
#include "node/applier.hpp"

#include "catch.hpp"
#include "node/envelope.hpp"

namespace consensus {
namespace {

// Keeps what it was given.
class Recorder final : public StateMachine {
 public:
  Result<Index> applied() override { return through; }
  Result<std::vector<std::string>> apply(std::span<const Command> commands, Index upto) override {
    if (refuse) return make_error(Errc::state_machine_failed, "refused");
    std::vector<std::string> answers;
    for (const Command& command : commands) {
      seen.emplace_back(command.bytes);
      answers.push_back("did " + std::string(command.bytes));
    }
    through = upto;
    return answers;
  }
  Result<std::unique_ptr<SnapshotSource>> take_snapshot() override { return make_error(Errc::stopped, ""); }
  Result<std::unique_ptr<SnapshotSink>> restore_snapshot(Index) override { return make_error(Errc::stopped, ""); }

  std::vector<std::string> seen;
  Index through;
  bool refuse = false;
};

// A log that grows by commands with keys.
class Log {
 public:
  Entry command(std::string_view key, std::string_view bytes) { return next(EntryKind::command, seal(key, bytes)); }
  Entry barrier() { return next(EntryKind::barrier, Payload()); }
  Entry configuration(const Configuration& configuration) {
    return next(EntryKind::configuration, encode(configuration));
  }

 private:
  Entry next(EntryKind kind, Payload payload) {
    Entry entry = make_entry(last_, Term(1), kind, std::move(payload));
    last_ = entry.position();
    return entry;
  }
  LogPosition last_;
};

std::vector<std::string> texts(const Result<std::vector<Applier::Answer>>& answers) {
  std::vector<std::string> result;
  for (const Applier::Answer& answer : answers.value()) result.push_back(answer.text);
  return result;
}

using Texts = std::vector<std::string>;

TEST_CASE("commands reach the state machine in order, other entries only move the index") {
  Recorder machine;
  Applier applier(machine);
  Log log;
  const std::vector<Entry> entries{log.barrier(), log.command("", "a"), log.barrier(), log.command("", "b"),
                                   log.barrier()};
  const auto answers = applier.apply(entries);
  CHECK(texts(answers) == Texts{"did a", "did b"});
  CHECK(answers->front().index == Index(2));
  CHECK(machine.through == Index(5));
  CHECK(applier.meta().position.index == Index(5));
}

TEST_CASE("a key is applied once, within a batch and later, and answered alike") {
  Recorder machine;
  Applier applier(machine);
  Log log;
  CHECK(texts(applier.apply(std::vector{log.command("k", "a"), log.command("k", "a")})) == Texts{"did a", "did a"});
  CHECK(texts(applier.apply(std::vector{log.command("k", "a"), log.command("l", "b")})) == Texts{"did a", "did b"});
  CHECK(machine.seen == Texts{"a", "b"});
}

TEST_CASE("keys of entries that had been applied before the start are known") {
  Recorder machine;
  Applier applier(machine);
  Log log;
  const std::vector<Entry> before{log.command("k", "a")};
  REQUIRE(applier.remember(before));
  applier.start_at(before.back().position(), {}, RememberedKeys(applier.keys()));
  REQUIRE(applier.apply(std::vector{log.command("k", "a")}));
  CHECK(machine.seen.empty());
}

TEST_CASE("a gap and a refusing state machine are errors that leave the position where it was") {
  Recorder machine;
  Applier applier(machine);
  Log log;
  const Entry first = log.command("", "a");
  const Entry second = log.command("", "b");
  CHECK(applier.apply(std::vector{second}).error().code == Errc::corrupt);
  machine.refuse = true;
  CHECK(applier.apply(std::vector{first}).error().code == Errc::state_machine_failed);
  CHECK(applier.meta().position.index == Index(0));
}

TEST_CASE("a snapshot stands for what is applied and the configuration in force there") {
  Recorder machine;
  Applier applier(machine);
  Log log;
  Configuration group;
  group.voters.push_back({NodeId("a/1"), "host:1"});
  const std::vector<Entry> entries{log.configuration(group), log.command("", "x")};
  REQUIRE(applier.apply(entries));
  CHECK(applier.meta().position == entries.back().position());
  CHECK(applier.meta().configuration == group);
  CHECK(applier.meta().configuration_index == Index(1));
}

TEST_CASE("of too many keys the oldest are forgotten") {
  RememberedKeys keys;
  for (std::size_t i = 0; i <= RememberedKeys::max_keys; ++i) keys.remember(std::to_string(i), Index(i + 1), "");
  CHECK_FALSE(keys.find("0"));
  CHECK(keys.find("1"));
  const Result<RememberedKeys> copy = RememberedKeys::from_bytes(keys.to_bytes());
  REQUIRE(copy);
  CHECK(copy->find("1")->index == Index(2));
  CHECK_FALSE(copy->find("0"));
  CHECK(RememberedKeys::from_bytes("\x02\x01").error().code == Errc::malformed);
}

TEST_CASE("a snapshot's header comes off whatever the pieces") {
  const std::string whole = make_snapshot_header("keys") + "state";
  for (std::size_t size = 1; size <= whole.size(); ++size) {
    SnapshotHeaderReader header;
    std::string rest;
    for (std::size_t at = 0; at < whole.size(); at += size) {
      const std::string piece = whole.substr(at, size);
      rest += header.take(piece).value();
    }
    CHECK(header.complete());
    CHECK(header.keys() == "keys");
    CHECK(rest == "state");
  }
  CHECK(SnapshotHeaderReader().take("something else").error().code == Errc::malformed);
}

TEST_CASE("an envelope gives back key and command, and refuses what is none") {
  const Payload sealed = seal("key", "command");
  const Result<Envelope> opened = open_envelope(sealed.view());
  REQUIRE(opened);
  CHECK(opened->key == "key");
  CHECK(opened->command == "command");
  CHECK(open_envelope("").error().code == Errc::malformed);
  CHECK(open_envelope("\x02").error().code == Errc::malformed);
}

}  // namespace
}  // namespace consensus
