// Writes help, reference page and completion from the tables.
#include "client/help.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "client/commands.hpp"
#include "client/options.hpp"

namespace orchestrator::client {
namespace {

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  result.resize(std::max(width, result.size()), ' ');
  return result;
}

// "-i, --instance HOST[:PORT]"
std::string option_names(const OptionDescription& option) {
  std::string text = option.letter == '\0' ? std::string("    ") : std::string{'-', option.letter} + ", ";
  text += "--" + std::string(option.name);
  if (!option.value.empty()) text += " " + std::string(option.value);
  return text;
}

// A table cell: '|' would end it.
std::string cell(std::string_view text) {
  std::string result;
  for (const char character : text) {
    if (character == '|') result += '\\';
    result += character;
  }
  return result;
}

std::string_view output_text(Output output) {
  switch (output) {
    case Output::help:
      return "options and commands";
    case Output::api_url:
      return "the API's URL, without a password";
    case Output::raw_json:
      return "the answer's JSON, also when it is an error (exit 1)";
    case Output::nothing:
      return "nothing";
    case Output::details_key:
    case Output::key:
      return "`host:port`";
    case Output::asked_key:
      return "`host:port` as asked";
    case Output::details_text:
      return "the tree";
    case Output::details_line:
    case Output::text:
    case Output::leader:
    case Output::leader_hostname:
      return "one line";
    case Output::details_line_if_any:
      return "`host:port` if so, else nothing (exit 0)";
    case Output::texts:
      return "one line each";
    case Output::rules:
      return "`host:port rule` lines";
    case Output::details_pairs:
      return "`key:value` lines";
    case Output::keys:
    case Output::details_keys:
    case Output::keys_matching:
    case Output::keys_broken:
      return "`host:port` lines";
    case Output::key_if_replicating:
    case Output::key_if_stopped:
      return "`host:port` if so, else nothing (exit 0)";
    case Output::master_key:
      return "`host:port` of the master, `:0` when there is none";
    case Output::field:
      return "one line";
    case Output::field_of_each:
      return "one line each";
    case Output::names_and_aliases:
      return "`name,alias` lines";
    case Output::most_frequent_field:
      return "one line, or nothing when there are no masters";
  }
  return {};
}

// What the user has to give, from the placeholders of the endpoint.
std::string argument_text(const Command& command) {
  using Argument = std::pair<std::string_view, std::string_view>;
  static constexpr std::array arguments{Argument{"{instance}", "-i"},
                                        Argument{"{instances}", "-i"},
                                        Argument{"{cluster}", "-alias or -i"},
                                        Argument{"{/cluster}", "[-alias or -i]"},
                                        Argument{"{/alias}", "[-alias]"},
                                        Argument{"{search}", "-i or -pattern"},
                                        Argument{"{path}", "-P"},
                                        Argument{"{owner}", "[-o]"},
                                        Argument{"{reason}", "-r"},
                                        Argument{"{duration}", "[-u]"},
                                        Argument{"{rule}", "-R"},
                                        Argument{"{tag}", "-t"},
                                        Argument{"{pool}", "-l"},
                                        Argument{"{/pool}", "[-l]"},
                                        Argument{"{hostname}", "-H"}};
  if (command.output == Output::keys_matching) return "-pattern or -i";
  std::string text;
  for (const auto& [placeholder, words] : arguments) {
    if (command.endpoint.find(placeholder) == std::string_view::npos) continue;
    text += (text.empty() ? "" : " ") + std::string(words);
  }
  return text;
}

// The options that scripts may go on giving.
std::string accepted_options() {
  std::string text = "Accepted for scripts, used by no command of this release:";
  std::string_view separator = " ";
  for (const OptionDescription& option : describe_options()) {
    if (option.standing != Standing::accepted) continue;
    text += std::string(separator) + "-" + option.letter + "/--" + std::string(option.name);
    separator = ", ";
  }
  return text + ".";
}

constexpr std::string_view usage =
    "Usage: orchestrator-client -c COMMAND [-i HOST[:PORT]] [-alias ALIAS] [options]\n"
    "Example: ORCHESTRATOR_API=http://localhost:3000 orchestrator-client -c topology -i db1:3306\n";

constexpr std::string_view page_head =
    "# orchestrator-client\n\n"
    "<!-- Written by tests/client/reference_page_test.cpp from the tables of options and commands; do not edit. -->\n\n"
    "Asks one orchestrator server, or the leader of several, and prints the answer as text for people and scripts.\n\n"
    "```\n"
    "export ORCHESTRATOR_API=\"http://localhost:3000\"\n"
    "orchestrator-client -c discover -i db1:3306\n"
    "orchestrator-client -c topology -alias mycluster\n"
    "```\n\n"
    "## Rules\n\n"
    "- Exit status 0: the command was carried out; a question answered with \"no\" is that too. 1: anything else.\n"
    "- Results are on standard output, one a line, in the server's order. An error of the server is its message on\n"
    "  standard error, and its details, if any, as JSON on standard output. The client's own errors are\n"
    "  `orchestrator-client[<process id>]: <text>` on standard error.\n"
    "- A long option takes one dash or two, its value after a blank or `=`, and may be shortened while it is\n"
    "  unambiguous. `slave` in a command's name means `replica`.\n"
    "- An instance is `host`, `host:port`, an IPv6 address, or `[IPv6 address]:port`.\n"
    "- With several URLs in `ORCHESTRATOR_API`, all are asked at once for `leader-check` (1 second); the first to "
    "answer\n"
    "  200 is used. When none does, `routed-leader-check` is asked for in the same way. One URL is used unasked.\n"
    "- Connecting is tried again for up to 5 seconds when it is refused. A request that may have reached the server "
    "is\n"
    "  never sent twice. The whole command ends within `--timeout`.\n"
    "- Redirects are errors, and `http_proxy` and the like are not used.\n"
    "- A password on the command line is overwritten as soon as it is read. The variables are the better place.\n\n"
    "## Settings file\n\n"
    "`/etc/profile.d/orchestrator-client.sh`, or the file that `ORCHESTRATOR_CLIENT_PROFILE` names, gives the "
    "variables\n"
    "below when the environment does not have them. It is read without a shell: `NAME=value` and `export NAME=value`\n"
    "lines count, quoted or not; a value that needs a shell (`$`, a backquote) is ignored with a warning, and all "
    "other\n"
    "lines are passed over.\n\n"
    "## Differences from the script of the Go release\n\n"
    "Output and exit status are the same, except: `which-cluster-master` prints the master's `host:port` rather than "
    "the\n"
    "cluster's name (the two differ only after a failover); `async-discover` prints the instance rather than `:null`;\n"
    "`-h` works; every part of a path is percent-encoded; IPv6 addresses work; a stray argument, an unknown option and "
    "a\n"
    "value that cannot be right are refused; `-c api` exits 1 for any HTTP error status; nothing is sent twice; curl "
    "and\n"
    "jq are not needed.\n";

}  // namespace

std::string help_text() {
  constexpr std::size_t option_width = 30;
  constexpr std::size_t command_width = 40;
  constexpr std::size_t argument_width = 16;
  std::string text(usage);
  text += "\nOptions (long names with one dash or two):\n";
  for (const OptionDescription& option : describe_options()) {
    if (option.standing == Standing::accepted) continue;
    text += "  " + padded(option_names(option), option_width) + " " + std::string(option.summary);
    if (!option.variable.empty()) text += " [" + std::string(option.variable) + "]";
    text += "\n";
  }
  text += accepted_options() + "\n";
  std::string_view section;
  for (const Command& command : commands()) {
    if (command.section != section) text += "\n" + std::string(command.section) + ":\n";
    section = command.section;
    text += "  " + padded(command.name, command_width) + padded(argument_text(command), argument_width) +
            std::string(command.summary) + "\n";
  }
  return text;
}

std::string reference_page() {
  std::string page(page_head);
  page += "\n## Options\n\n| option | variable | meaning |\n|---|---|---|\n";
  for (const OptionDescription& option : describe_options()) {
    if (option.standing == Standing::accepted) continue;
    std::string names = option_names(option);
    names.erase(0, names.find_first_not_of(' '));
    page += "| `" + names + "` | " + std::string(option.variable) + " | " + cell(option.summary) + " |\n";
  }
  page += "\n" + accepted_options() + "\n\n## Commands\n";
  std::string_view section;
  for (const Command& command : commands()) {
    if (command.section != section) {
      page += "\n### " + std::string(command.section) +
              "\n\n| command | needs | meaning | prints | API path |\n|---|---|---|---|---|\n";
    }
    section = command.section;
    page += "| `" + std::string(command.name) + "` | " + argument_text(command) + " | " + cell(command.summary) +
            " | " + std::string(output_text(command.output)) + " | " +
            (command.endpoint.empty() ? std::string() : "`" + std::string(command.endpoint) + "`") + " |\n";
  }
  page += "\n### Not available in this release\n\nThese commands of earlier releases end with a message and exit 1: ";
  std::string_view separator;
  for (const std::string_view name : unavailable_commands()) {
    page += std::string(separator) + std::string(name);
    separator = ", ";
  }
  return page + ".\n";
}

Result<std::string> completion_script(std::string_view shell) {
  if (shell != "bash") return Failure{"No completion for '" + std::string(shell) + "'; there is one for bash"};
  std::string command_words;
  for (const Command& command : commands()) command_words += " " + std::string(command.name);
  std::string option_words;
  for (const OptionDescription& option : describe_options()) option_words += " --" + std::string(option.name);
  return "_orchestrator_client() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
         "  case $previous in\n"
         "    -c|-command|--command) COMPREPLY=($(compgen -W '" +
         command_words.substr(1) +
         "' -- \"$word\")) ;;\n"
         "    *) COMPREPLY=($(compgen -W '-c -i -alias" +
         option_words +
         "' -- \"$word\")) ;;\n"
         "  esac\n"
         "}\n"
         "complete -F _orchestrator_client orchestrator-client\n";
}

}  // namespace orchestrator::client
