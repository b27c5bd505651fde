// The bytes in which commands and their answers travel between nodes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "state/answer.hpp"
#include "state/command.hpp"
#include "state/error.hpp"

namespace orchestrator::state {

// Commands that are applied together, all of them or, if one is invalid, none.
//
// The form: the number of the form (1), the version of the state in which the commands are written, then each command
// as its number, the length of its fields, and its fields (state/layout.hpp). Numbers and lengths are LEB128.
//
// Older and newer programs agree on what bytes mean because they are read as a program of the named version reads
// them: what came later is not there. So a group proposes in its own version (State::version), which is raised by a
// command when all members have the newer program (decision 14).
[[nodiscard]] Result<std::string> encode_commands(std::span<const Command> commands, int version);

struct DecodedProposal {
  int version = 0;
  std::vector<Command> commands;  // none when the version is newer than this program's
};
// Errors: invalid_argument names the command and the field at fault.
[[nodiscard]] Result<DecodedProposal> decode_commands(std::string_view bytes);

// The number of the form (1), then each answer as the length of its fields, and its fields. Fields that are not known
// here are skipped.
[[nodiscard]] std::string encode_answers(std::span<const Answer> answers);
[[nodiscard]] Result<std::vector<Answer>> decode_answers(std::string_view bytes);

// "BeginDowntime"
[[nodiscard]] std::string_view name_of(const Command& command);

}  // namespace orchestrator::state
