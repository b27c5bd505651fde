// Writes and reads proposals.
#include "state/proposal.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "state/bytes.hpp"
#include "state/layout.hpp"

namespace orchestrator::state {
namespace {

constexpr std::uint64_t form = 1;

struct Decoder {
  const LayoutText* layout;
  Result<Command> (*decode)(std::string_view fields, int version);
};

template <class... Commands>
std::vector<Decoder> decoders_of(std::type_identity<std::variant<Commands...>>) {
  return {Decoder{&layout_of<Commands>().text(), [](std::string_view fields, int version) -> Result<Command> {
                    auto command = decode_row<Commands>(fields, version);
                    if (!command) return command.error();
                    return Command(std::move(*command));
                  }}...};
}

const std::vector<Decoder>& decoders() {
  static const auto all = decoders_of(std::type_identity<Command>());
  return all;
}

const LayoutText& layout_of_command(const Command& command) {
  return *decoders()[command.index()].layout;
}

Error malformed(std::string_view what) {
  return make_error(Errc::invalid_argument, fmt::format("{}: malformed", what));
}

}  // namespace

Result<std::string> encode_commands(std::span<const Command> commands, int version) {
  std::string bytes;
  append_number(bytes, form);
  append_number(bytes, static_cast<std::uint64_t>(version));
  for (const auto& command : commands) {
    const auto& layout = layout_of_command(command);
    if (layout.since > version) {
      return make_error(Errc::group_too_old,
                        fmt::format("{} needs version {}, the group has {}", layout.name, layout.since, version));
    }
    append_number(bytes, layout.number);
    append_text(bytes, std::visit([version](const auto& one) { return encode_row(one, version); }, command));
  }
  return bytes;
}

Result<DecodedProposal> decode_commands(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.number() != form) return malformed("proposal");
  const auto version = reader.number();
  if (!reader.ok() || version < static_cast<std::uint64_t>(first_group_version) || version > 1'000'000) {
    return malformed("proposal");
  }
  DecodedProposal proposal;
  proposal.version = static_cast<int>(version);
  if (proposal.version > state_version) return proposal;
  while (reader.ok() && !reader.at_end()) {
    const auto number = reader.number();
    const auto fields = reader.text();
    if (!reader.ok()) break;
    const auto decoder = std::find_if(decoders().begin(), decoders().end(),
                                      [number](const Decoder& each) { return each.layout->number == number; });
    if (decoder == decoders().end() || decoder->layout->since > proposal.version) {
      return make_error(Errc::invalid_argument, fmt::format("command {}: not known in version {}", number, version));
    }
    if (fields.size() > longest_text) {
      return make_error(Errc::invalid_argument, fmt::format("{}: is longer than 4 MiB", decoder->layout->name));
    }
    auto command = decoder->decode(fields, proposal.version);
    if (!command) return command.error();
    proposal.commands.push_back(std::move(*command));
  }
  if (!reader.ok()) return malformed("proposal");
  return proposal;
}

std::string encode_answers(std::span<const Answer> answers) {
  std::string bytes;
  append_number(bytes, form);
  for (const auto& answer : answers) append_text(bytes, encode_row(answer, state_version));
  return bytes;
}

Result<std::vector<Answer>> decode_answers(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.number() != form) return malformed("answers");
  std::vector<Answer> answers;
  while (reader.ok() && !reader.at_end()) {
    const auto fields = reader.text();
    if (!reader.ok()) break;
    auto answer = decode_row<Answer>(fields, state_version);
    if (!answer) return answer.error();
    answers.push_back(std::move(*answer));
  }
  if (!reader.ok()) return malformed("answers");
  return answers;
}

std::string_view name_of(const Command& command) {
  return layout_of_command(command).name;
}

}  // namespace orchestrator::state
