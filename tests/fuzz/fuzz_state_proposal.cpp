// Decoding of proposals: what is taken for commands is written in the same way again, and applied without harm.
#include "fuzz.hpp"
#include "state/proposal.hpp"
#include "state/sqlite_database.hpp"
#include "state/state.hpp"

int fuzz_state_proposal(const std::uint8_t* data, std::size_t size) {
  using namespace orchestrator::state;
  static State state(open_sqlite({.file = ":memory:"}).value());
  const auto decoded = decode_commands(fuzz::as_text(data, size));
  if (!decoded || decoded->commands.empty()) return 0;
  const auto bytes = encode_commands(decoded->commands, decoded->version);
  FUZZ_CHECK(bytes.has_value());
  const auto again = decode_commands(*bytes);
  FUZZ_CHECK(again.has_value());
  FUZZ_CHECK(encode_commands(again->commands, again->version).value() == *bytes);
  const Proposal proposal{state.applied().value() + 1, *bytes};
  const auto answers = state.apply(std::span(&proposal, 1), proposal.index);
  if (!answers) {
    // A group that goes on without this program.
    FUZZ_CHECK(answers.error().code == Errc::program_too_old);
    return 0;
  }
  FUZZ_CHECK(answers->front().size() == decoded->commands.size());
  FUZZ_CHECK(decode_answers(encode_answers(answers->front())).value() == answers->front());
  return 0;
}
