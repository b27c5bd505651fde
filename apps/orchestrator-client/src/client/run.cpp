// The way of one command: options, leader, request, answer.
#include "client/run.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "client/answer.hpp"
#include "client/commands.hpp"
#include "client/endpoint.hpp"
#include "client/help.hpp"
#include "client/http.hpp"
#include "client/leader.hpp"

namespace orchestrator::client {
namespace {

constexpr std::chrono::seconds connect_limit{5};

Failure cannot_access(const Endpoint& endpoint, const std::string& reason) {
  return Failure{"Cannot access orchestrator at " + display(endpoint) + ": " + reason};
}

Failure explain(const Command& command, const Endpoint& endpoint, const HttpFailure& failure) {
  const bool unknown = command.effect == Effect::changes && failure.delivery == Delivery::maybe_sent;
  return cannot_access(endpoint, failure.reason + (unknown ? "; whether the server did it is unknown" : ""));
}

// The server changed nothing, because its group has no leader at the moment.
bool says_ask_again(const HttpOutcome& outcome) {
  const auto* answer = std::get_if<HttpAnswer>(&outcome);
  return answer != nullptr && answer->status == 503;
}

// Of who runs the client; empty when the system does not know.
std::string user_name() {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> space(16384);
  getpwuid_r(geteuid(), &entry, space.data(), space.size(), &found);
  return found == nullptr ? std::string() : std::string(found->pw_name);
}

}  // namespace

Result<std::string> run(const Options& options) {
  if (!options.completion.empty()) return completion_script(options.completion);
  if (options.version) return std::string(ORCHESTRATOR_VERSION) + "\n";
  if (options.help) return help_text();
  const auto command = find_command(options.command);
  if (!command) return command.error();
  if (command->output == Output::help) return help_text();
  Options complete = options;
  if (complete.owner.empty()) complete.owner = user_name();
  const auto path = request_path(*command, complete);
  if (!path) return path.error();
  const auto endpoints = parse_endpoints(options.api);
  if (!endpoints) return endpoints.error();

  const auto start = HttpClient::Clock::now();
  const auto deadline = start + options.timeout;
  auto http =
      HttpClient::create({options.user, options.password, options.header}, options.certificate_check, options.ca_file);
  if (!http) return http.error();
  const auto give_up = std::min(deadline, start + election_limit);
  for (;;) {
    const auto leader = find_leader(*http, *endpoints, deadline);
    if (!leader) return leader.error();
    if (command->output == Output::api_url) return display(*leader) + "\n";

    const HttpOutcome outcome =
        http->get(HttpRequest{*leader, *path}, HttpClient::Clock::now() + connect_limit, deadline);
    const auto next = HttpClient::Clock::now() + election_pause;
    if (says_ask_again(outcome) && next < give_up) {
      std::this_thread::sleep_until(next);
      continue;
    }
    if (const auto* failure = std::get_if<HttpFailure>(&outcome)) return explain(*command, *leader, *failure);
    auto result = render(*command, options, std::get<HttpAnswer>(outcome));
    if (!result && result.error().speaker == Speaker::client) return cannot_access(*leader, result.error().message);
    return result;
  }
}

}  // namespace orchestrator::client
