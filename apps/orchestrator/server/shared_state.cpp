// Encodes commands for the group and decodes its answers.
#include "server/shared_state.hpp"

#include <utility>

#include "state/proposal.hpp"

namespace orchestrator {

namespace asio = boost::asio;

asio::awaitable<state::Result<state::Answers>> SharedState::apply(std::vector<state::Command> commands,
                                                                  group::Repetition repetition) {
  const auto asked_version = [](state::State& state) { return state.version(); };
  const auto version = co_await copy_.ask(asked_version);
  if (!version) {
    co_return version.error();
  }
  auto bytes = state::encode_commands(commands, *version);
  if (!bytes) {
    co_return bytes.error();
  }
  auto proposed = co_await group_.propose(std::move(*bytes), repetition, patience);
  if (!proposed) {
    co_return state::Error{proposed.error().code, proposed.error().context};
  }
  auto answers = state::decode_answers(*proposed);
  if (!answers) {
    co_return answers.error();
  }
  for (const auto& answer : *answers) {
    if (answer.outcome == state::Outcome::invalid) {
      co_return state::make_error(state::Errc::invalid_argument, answer.problem);
    }
  }
  co_return std::move(*answers);
}

}  // namespace orchestrator
