// The state under Raft: simulated groups whose members crash, are cut off, and are provisioned by snapshots.
#include "state/replicated_state.hpp"

#include <consensus/simulator/simulation.hpp>

#include "catch.hpp"
#include "sample_commands.hpp"
#include "sqlite_fixture.hpp"

namespace orchestrator::state {
namespace {

// A member's state machine with its backend.
struct Member final : consensus::StateMachine {
  std::unique_ptr<State> state = open_state(":memory:");
  ReplicatedState machine{*state};

  consensus::Result<consensus::Index> applied() override { return machine.applied(); }
  consensus::Result<std::vector<std::string>> apply(std::span<const consensus::Command> commands,
                                                    consensus::Index through) override {
    return machine.apply(commands, through);
  }
  consensus::Result<std::unique_ptr<consensus::SnapshotSource>> take_snapshot() override {
    return machine.take_snapshot();
  }
  consensus::Result<std::unique_ptr<consensus::SnapshotSink>> restore_snapshot(consensus::Index index) override {
    return machine.restore_snapshot(index);
  }
};

std::string bytes_of(const std::vector<Command>& commands) {
  return encode_commands(commands, state_version).value();
}

// Clients that write audit entries and read how many there are. Ids are given one after the other, so a lost, doubled
// or reordered entry shows.
class AuditSubject final : public consensus::simulator::Subject {
 public:
  std::unique_ptr<consensus::StateMachine> make_state_machine() override { return std::make_unique<Member>(); }

  consensus::simulator::Request make_request(std::uint64_t number, consensus::simulator::Random& random) override {
    using consensus::simulator::RequestKind;
    if (random.chance(200)) return {RequestKind::quorum_read, "count"};
    std::mt19937_64 other(number);
    std::vector<Command> commands;
    commands.emplace_back(RecordAudit{{.at = at(1), .type = "request", .message = std::to_string(number)}});
    auto extra = random_command(other);
    if (!std::holds_alternative<RaiseVersion>(extra)) commands.push_back(std::move(extra));
    return {RequestKind::command, bytes_of(commands)};
  }

  std::string read(consensus::StateMachine& machine, std::string_view) override {
    return std::to_string(static_cast<Member&>(machine).state->audit({}).value().size());
  }

  std::optional<std::string> check(consensus::StateMachine& machine) override {
    const auto latest = static_cast<Member&>(machine).state->audit({.page = {.size = 2}});
    if (!latest) return latest.error().message();
    if (latest->size() == 2 && (*latest)[0].id <= (*latest)[1].id) return "ids are not given in order";
    return std::nullopt;
  }
};

}  // namespace

TEST_CASE("Members that crash, are cut off and are provisioned anew come to the same state") {
  consensus::simulator::Statistics sum;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const auto plan = consensus::simulator::make_plan("chaos", seed);
    const auto report = consensus::simulator::simulate(*plan, [] { return std::make_unique<AuditSubject>(); });
    if (report.failure) FAIL("seed " << seed << ": " << report.failure->text);
    sum += report.statistics;
  }
  CHECK(sum.answered > 100);
  CHECK(sum.crashes > 0);
  CHECK(sum.snapshots_installed > 0);
}

TEST_CASE("Answers reach the proposer, each proposal's its own") {
  Member member;
  const auto good = bytes_of({RecordAudit{{.type = "t"}}, PutKeyValue{{"k", "v"}}});
  const std::vector<consensus::Command> commands{{consensus::Index(4), good}, {consensus::Index(6), "garbage"}};
  const auto answers = member.apply(commands, consensus::Index(9));
  REQUIRE(answers.value().size() == 2);
  const auto first = decode_answers(answers.value()[0]).value();
  REQUIRE(first.size() == 2);
  CHECK(first[0].id == 1);
  CHECK(decode_answers(answers.value()[1]).value().front().outcome == Outcome::invalid);
  CHECK(member.applied().value() == consensus::Index(9));
}

TEST_CASE("A group that goes on without this program stops the node, and nothing is applied") {
  Member member;
  const auto raise = bytes_of({RaiseVersion{99}});
  const std::vector<consensus::Command> commands{{consensus::Index(1), raise}};
  const auto answers = member.apply(commands, consensus::Index(1));
  REQUIRE_FALSE(answers.has_value());
  CHECK(answers.error().code == consensus::Errc::state_machine_failed);
  CHECK(answers.error().context ==
        "the group goes to version 99, this program knows up to 2: this program is older than its group");
  CHECK(member.applied().value() == consensus::Index(0));
}

}  // namespace orchestrator::state
