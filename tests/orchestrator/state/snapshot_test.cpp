// The state as a stream, out of one database and into another.
#include "state/snapshot.hpp"

#include <random>

#include "catch.hpp"
#include "sample_commands.hpp"
#include "state_fixture.hpp"

namespace orchestrator::state {
namespace {

// In pieces of a size.
Result<void> put_aside(State& state, std::string_view bytes, std::size_t size) {
  SnapshotParser parser;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
    const auto rows = parser.take(bytes.substr(0, size));
    if (!rows) return rows.error();
    auto put = state.put_aside(*rows);
    if (!put) return put;
  }
  if (!parser.complete()) return make_error(Errc::corrupt, "no end");
  return {};
}

void restore(State& state, std::string_view bytes, std::uint64_t index, std::size_t size = 100'000) {
  REQUIRE(state.begin_restore().has_value());
  const auto put = put_aside(state, bytes, size);
  if (!put) FAIL(put.error().message());
  const auto finished = state.finish_restore(index);
  if (!finished) FAIL(finished.error().message());
}

// Rows in all tables.
void fill(State& state, unsigned seed, int count) {
  std::mt19937_64 random(seed);
  for (const auto& command : one_of_each_command()) {
    // Not what deletes, and not what would leave this program behind.
    if (std::holds_alternative<Expire>(command) || std::holds_alternative<RaiseVersion>(command)) continue;
    must_apply(state, command);
  }
  std::vector<Command> commands;
  for (int i = 0; i < count; ++i) {
    auto command = random_command(random);
    if (!std::holds_alternative<RaiseVersion>(command)) commands.push_back(std::move(command));
  }
  must_apply(state, commands);
}

std::size_t rows_in(std::string_view bytes) {
  SnapshotParser parser;
  return parser.take(bytes).value().size();
}

}  // namespace

TEST_CASE("A snapshot goes into an empty or a filled state, and gives the same bytes again") {
  const auto source = empty_state();
  fill(*source, 1, 300);
  const auto bytes = snapshot_of(*source);
  CHECK(rows_in(bytes) > 40);
  const auto backend = make_backend();
  auto state = must_open(backend->open());
  restore(*state, bytes, 1000);
  CHECK(state->applied().value() == 1000);
  CHECK((snapshot_of(*state) == bytes));
  fill(*state, 2, 100);
  CHECK((snapshot_of(*state) != bytes));
  restore(*state, bytes, 7, 13);
  CHECK(state->applied().value() == 7);
  CHECK((snapshot_of(*state) == bytes));
  // It goes on from there as any other.
  must_apply(*state, PutKeyValue{{"k", "v"}});
  CHECK(state->applied().value() == 8);
}

TEST_CASE("The snapshot of an empty state is a few bytes, and makes a state empty") {
  const auto empty = empty_state();
  const auto bytes = snapshot_of(*empty);
  CHECK(bytes == std::string("\x01\x02\x00", 3));
  const auto state = empty_state();
  fill(*state, 1, 0);
  restore(*state, bytes, 5);
  CHECK(snapshot_of(*state) == bytes);
}

TEST_CASE("A snapshot is the state as it was, whatever is applied while it is read") {
  const auto state = empty_state();
  for (int i = 0; i < 40; ++i) {
    must_apply(*state, PutKeyValue{{"k" + std::to_string(i), std::string(50'000, 'x')}});
  }
  const auto before = snapshot_of(*state);
  const auto reader = state->snapshot();
  std::string bytes = reader.value()->read().value();
  CHECK(bytes.size() < before.size());
  must_apply(*state, {DeleteKeyValue{"k39"}, PutKeyValue{{"k38", "changed"}}, PutKeyValue{{"new", ""}}});
  for (auto piece = reader.value()->read(); !piece.value().empty(); piece = reader.value()->read()) bytes += *piece;
  CHECK((bytes == before));
  CHECK((snapshot_of(*state) != before));
}

TEST_CASE("A snapshot has all rows of long tables, in the order of their keys") {
  const auto state = empty_state();
  std::vector<Command> commands;
  for (int i = 0; i < 1700; ++i) {
    const InstanceKey key{"host" + std::to_string(i / 30), static_cast<std::uint16_t>(3306 + i % 10)};
    commands.emplace_back(PutTag{{key, "tag" + std::to_string(i % 30 / 10), "value"}});
  }
  must_apply(*state, commands);
  CHECK(all<Tag>(*state).size() == 1700);
  const auto bytes = snapshot_of(*state);
  CHECK(rows_in(bytes) == 1700);
  const auto other = empty_state();
  restore(*other, bytes, 1);
  CHECK((all<Tag>(*other) == all<Tag>(*state)));
}

TEST_CASE("A snapshot that does not come to its end leaves the state as it was") {
  const auto source = empty_state();
  fill(*source, 1, 50);
  const auto bytes = snapshot_of(*source);
  const auto state = empty_state();
  fill(*state, 2, 50);
  const auto before = snapshot_of(*state);
  REQUIRE(state->begin_restore().has_value());
  CHECK_FALSE(put_aside(*state, std::string_view(bytes).substr(0, bytes.size() / 2), 1000).has_value());
  CHECK(snapshot_of(*state) == before);
  must_apply(*state, PutKeyValue{{"k", "v"}});
  restore(*state, bytes, 3);
  CHECK(snapshot_of(*state) == bytes);
}

TEST_CASE("What is no snapshot is an error") {
  const auto problem_of = [](std::string_view bytes) {
    SnapshotParser parser;
    const auto rows = parser.take(bytes);
    return rows ? (parser.complete() ? "complete" : "incomplete") : rows.error().context;
  };
  CHECK(problem_of("") == "incomplete");
  CHECK(problem_of(std::string("\x01\x02\x00", 3)) == "complete");
  CHECK(problem_of(std::string("\x01\x02\x00\x00", 4)) == "snapshot: goes on after its end");
  CHECK(problem_of("\x09") == "snapshot: form 9");
  CHECK(problem_of("\x01\x63") == "the group has version 99, this program knows up to 2");
  CHECK(problem_of("\x01\x02\x63") == "snapshot: no table 99 in version 2");
  CHECK(problem_of("\x01\x02\x14") == "snapshot: no table 20 in version 2");  // how far a backend is stays there
  CHECK(problem_of("\x01\x02\x04\x03zzz") == "snapshot: key_value: malformed");
  CHECK(problem_of("\x01\x02\x04\xff\xff\xff\xff\x0f") == "snapshot: a row is too long");
  CHECK(problem_of("\x01\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f") == "snapshot: not a number");
}

}  // namespace orchestrator::state
