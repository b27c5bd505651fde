// Commands and answers as bytes: the same in every version, and no others.
#include "state/proposal.hpp"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "catch.hpp"
#include "sample_commands.hpp"
#include "state/bytes.hpp"
#include "state/layout.hpp"

namespace orchestrator::state {
namespace {

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[static_cast<unsigned char>(byte) >> 4U];
    text += digits[static_cast<unsigned char>(byte) & 0xfU];
  }
  return text;
}

std::string encode(const std::vector<Command>& commands) {
  return encode_commands(commands, state_version).value();
}

// A proposal with one command, given by its number and its fields.
std::string proposal(std::uint64_t version, std::uint64_t number, std::string_view fields) {
  std::string bytes;
  append_number(bytes, 1);
  append_number(bytes, version);
  append_number(bytes, number);
  append_text(bytes, fields);
  return bytes;
}

std::string field_bytes(std::uint64_t id, std::string_view content) {
  std::string bytes;
  append_number(bytes, id);
  append_text(bytes, content);
  return bytes;
}

std::string problem_of(std::string_view bytes) {
  const auto decoded = decode_commands(bytes);
  return decoded ? "" : decoded.error().context;
}

}  // namespace

// What a version once wrote must be read for ever. After adding a command, run with ORCHESTRATOR_REWRITE_GOLDEN=1 and
// see that lines were only added.
TEST_CASE("Every command of version 2 has the bytes that it had when it was released") {
  std::ostringstream now;
  for (const auto& command : one_of_each_command()) {
    const auto bytes = encode_commands(std::span(&command, 1), 2);
    if (bytes) now << name_of(command) << " " << hexadecimal(*bytes) << "\n";
  }
  const std::string file = GOLDEN_COMMANDS;
  if (std::getenv("ORCHESTRATOR_REWRITE_GOLDEN") != nullptr) std::ofstream(file) << now.str();
  std::ostringstream kept;
  kept << std::ifstream(file).rdbuf();
  CHECK(now.str() == kept.str());
}

TEST_CASE("Every member of every command goes there and back") {
  for (const auto& command : one_of_each_command()) {
    CAPTURE(name_of(command));
    const auto bytes = encode({command});
    const auto decoded = decode_commands(bytes);
    REQUIRE(decoded.has_value());
    CHECK(decoded->version == state_version);
    REQUIRE(decoded->commands.size() == 1);
    CHECK(decoded->commands[0].index() == command.index());
    CHECK(encode(decoded->commands) == bytes);
  }
}

TEST_CASE("Random commands go there and back, and cut anywhere they are malformed") {
  std::mt19937_64 random(20261124);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Command> commands;
    for (auto left = 1 + random() % 3; left > 0; --left) commands.push_back(random_command(random));
    const auto bytes = encode(commands);
    const auto decoded = decode_commands(bytes);
    if (!decoded) FAIL(decoded.error().message());
    REQUIRE(encode(decoded->commands) == bytes);
    if (commands.size() > 1 || round > 300) continue;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto cut = decode_commands(std::string_view(bytes).substr(0, size));
      REQUIRE((!cut || cut->commands.empty()));
    }
  }
}

TEST_CASE("Commands and their fields have numbers and names of their own") {
  std::set<std::uint32_t> numbers;
  std::set<std::string_view> names;
  for (const auto* layout : command_layouts()) {
    CAPTURE(layout->name);
    CHECK(numbers.insert(layout->number).second);
    CHECK(names.insert(layout->name).second);
    CHECK(layout->since <= state_version);
    std::uint32_t before = 0;
    for (const auto& field : layout->fields) {
      CHECK(field.id > before);
      before = field.id;
    }
  }
}

TEST_CASE("A field that the version does not have is skipped, one that is malformed or misplaced is an error") {
  const auto known = field_bytes(1, "host") + field_bytes(2, std::string("\xd4\x33", 2));  // port 3306
  CHECK(problem_of(proposal(2, 2, known)).empty());
  CHECK(problem_of(proposal(2, 2, known + field_bytes(99, "of the future"))).empty());
  CHECK(problem_of(proposal(2, 2, field_bytes(99, "x") + known)) == "ForgetInstance: malformed");
  CHECK(problem_of(proposal(2, 2, field_bytes(1, "a") + known)) == "ForgetInstance: malformed");
  CHECK(problem_of(proposal(2, 2, known + "\x63\x7f")) == "ForgetInstance: malformed");
  CHECK(problem_of(proposal(2, 2, field_bytes(1, "host"))) == "ForgetInstance: port is missing");
  CHECK(problem_of(proposal(2, 2, field_bytes(1, "host") + field_bytes(2, ""))) ==
        "ForgetInstance: port is not a number");
  CHECK(problem_of(proposal(2, 2, field_bytes(1, "host") + field_bytes(2, "\x80\x80\x80\x01"))) ==
        "ForgetInstance: port has a value that it cannot have");
}

TEST_CASE("What is no proposal, or of no known command, is an error; a newer version is not looked into") {
  CHECK(problem_of("") == "proposal: malformed");
  CHECK(problem_of("\x02\x02") == "proposal: malformed");
  CHECK(problem_of(std::string("\x01\x00", 2)) == "proposal: malformed");
  CHECK(problem_of(proposal(2, 999, "")) == "command 999: not known in version 2");
  const auto newer = decode_commands(proposal(state_version + 1, 999, "anything"));
  CHECK(newer->version == state_version + 1);
  CHECK(newer->commands.empty());
}

TEST_CASE("A command that the group's version does not have is not encoded") {
  const std::vector<Command> commands{PutKeyValue{{"k", "v"}}};
  const auto bytes = encode_commands(commands, 1);
  REQUIRE_FALSE(bytes.has_value());
  CHECK(bytes.error().code == Errc::group_too_old);
  CHECK(bytes.error().context == "PutKeyValue needs version 2, the group has 1");
}

TEST_CASE("Answers go there and back, and what a newer program adds to them is skipped") {
  const std::vector<Answer> answers{
      {}, {Outcome::refused, 7, 3, true, {{"h", 1}, {"::1", 3306}}, "a problem\n"}, {.outcome = Outcome::too_new}};
  const auto bytes = encode_answers(answers);
  CHECK(hexadecimal(bytes) ==
        "01002701010402010e030106040102050d683a310a3a3a313a333330360a060a612070726f626c656d0a03010108");
  CHECK(decode_answers(bytes).value() == answers);
  std::string extended = "\x01";
  append_text(extended, encode_row(answers[1], state_version) + field_bytes(77, "new"));
  CHECK(decode_answers(extended).value() == std::vector{answers[1]});
  CHECK_FALSE(decode_answers("").has_value());
  CHECK_FALSE(decode_answers("\x01\x05").has_value());
}

TEST_CASE("Lists are lines") {
  const std::vector<std::string> odd{"", "a\nb", "\\n", "\\", "\n"};
  CHECK(from_lines(to_lines(odd)) == odd);
  CHECK(to_lines({}) == "");
  CHECK(from_lines("")->empty());
  CHECK_FALSE(from_lines("a").has_value());
  CHECK_FALSE(from_lines("\\x\n").has_value());
  CHECK_FALSE(from_lines("a\\").has_value());
  for (const std::string bad : {"host\n", ":1\n", "h:\n", "h:0\n", "h:1x\n", "h :1\n"}) {
    CHECK_FALSE(Storage<std::vector<InstanceKey>>::from(Value(bad)).has_value());
  }
}

}  // namespace orchestrator::state
