// Examines the server of this configuration, if it runs: by asking it.
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "configuration/address.hpp"
#include "doctor/examination.hpp"
#include "http/leader_client.hpp"

namespace orchestrator::doctor {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using http::NodeAddress;

constexpr std::chrono::seconds patience{3};
constexpr double tolerable_seconds = 2;

// The server's answer, or why there is none.
http::LeaderAnswer ask(const NodeAddress& address, const std::string& target) {
  asio::io_context context;
  http::LeaderAnswer answer = http::NoAnswer{http::NoAnswer::Outcome::unknown, "no answer within 3 s"};
  http::LeaderClientOptions options;
  options.tls.verification = http::ServerVerification::skipped;  // nothing that is said to it is secret
  auto client = http::LeaderClient::make(context.get_executor(), std::move(options));
  if (!client) {
    return http::NoAnswer{http::NoAnswer::Outcome::not_done, client.error().message()};
  }
  http::Question question;
  question.target = target;
  question.effect = http::Effect::reads;
  asio::co_spawn(context, (*client)->ask(address, std::move(question)),
                 [&](const std::exception_ptr& thrown, http::LeaderAnswer given) {
                   if (!thrown) answer = std::move(given);
                 });
  context.run_for(patience);
  return answer;
}

NodeAddress own_address(const Configuration& configuration) {
  NodeAddress address;
  address.scheme = configuration.api_tls.use_ssl ? NodeAddress::Scheme::https : NodeAddress::Scheme::http;
  const auto listened = parse_listen_address(configuration.http.listen_address);
  const bool everywhere = !listened || listened->host.empty() || listened->host == "0.0.0.0" || listened->host == "::";
  address.host = everywhere ? "127.0.0.1" : listened->host;
  address.port = listened ? listened->port : std::uint16_t{3000};
  return address;
}

std::string text_of(const json::value& object, std::string_view key) {
  const auto* found = object.is_object() ? object.as_object().if_contains(key) : nullptr;
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

json::value parsed(const http::Response& response) {
  boost::system::error_code code;
  auto value = json::parse(response.body, code);
  return code ? json::value() : value;
}

// Seconds by which this clock is ahead of the one that dated the answer.
std::optional<double> clock_lead(const http::Response& response) {
  const auto date = response.headers.find("Date");
  std::tm parts{};
  if (!date || ::strptime(std::string(*date).c_str(), "%a, %d %b %Y %H:%M:%S", &parts) == nullptr) {
    return std::nullopt;
  }
  return std::difftime(std::time(nullptr), ::timegm(&parts));
}

void judge_version(const json::value& health, const std::string& version, Findings& findings) {
  const auto* details = health.is_object() ? health.as_object().if_contains("Details") : nullptr;
  const auto* node =
      details != nullptr && details->is_object() ? details->as_object().if_contains("ActiveNode") : nullptr;
  const auto running = node != nullptr ? text_of(*node, "AppVersion") : std::string();
  if (running == version) {
    findings.push_back({Grade::good, "version", "the server that runs is " + running + ", as this program is", ""});
  } else {
    findings.push_back({Grade::doubtful, "version",
                        fmt::format("the server that runs is {}, this program is {}", running, version),
                        "start the server anew when it suits, one node at a time"});
  }
}

void judge_clock(const std::string& leader_uri, Findings& findings) {
  const auto leader = http::parse_node_address(leader_uri);
  if (!leader) {
    return;
  }
  const auto answer = ask(*leader, "/api/lb-check");
  const auto* response = std::get_if<http::Response>(&answer);
  const auto lead = response != nullptr ? clock_lead(*response) : std::nullopt;
  if (!lead) {
    findings.push_back({Grade::doubtful, "clock", "cannot be compared with that of the leader at " + leader_uri, ""});
  } else if (std::abs(*lead) > tolerable_seconds) {
    findings.push_back({Grade::doubtful, "clock",
                        fmt::format("is {:+.0f} s off that of the leader at {}", *lead, leader_uri),
                        "let NTP set both; downtimes and certificates go by the clock"});
  } else {
    findings.push_back({Grade::good, "clock", "agrees with that of the leader at " + leader_uri, ""});
  }
}

}  // namespace

void examine_server(const Configuration& configuration, const std::string& version, Findings& findings) {
  const auto address = own_address(configuration);
  const auto base = configuration.http.url_prefix + "/api/";
  const auto answer = ask(address, base + "health");
  const auto* health = std::get_if<http::Response>(&answer);
  if (health == nullptr) {
    findings.push_back(
        {Grade::doubtful, "server",
         fmt::format("does not run at {}: {}", address.authority(), std::get<http::NoAnswer>(answer).cause),
         "start it: orchestrator http"});
    return;
  }
  if (health->status == 401) {
    findings.push_back({Grade::doubtful, "server", "runs, and lets only those with a password look at it", ""});
    return;
  }
  const auto body = parsed(*health);
  judge_version(body, version, findings);
  if (health->status == 200) {
    findings.push_back({Grade::good, "server", text_of(body, "Message"), ""});
  } else {
    findings.push_back({Grade::bad, "server", text_of(body, "Message"), "see its log"});
  }
  const auto asked = ask(address, base + "raft-status");
  const auto* status = std::get_if<http::Response>(&asked);
  const auto group = status != nullptr ? parsed(*status) : json::value();
  const auto leader = text_of(group, "Leader");
  if (leader.empty()) {
    findings.push_back({Grade::bad, "quorum", "no leader is known to this node",
                        "see that a majority of the nodes runs and that they reach each other"});
    return;
  }
  findings.push_back(
      {Grade::good, "quorum", fmt::format("{} leads; this node is {}", leader, text_of(group, "State")), ""});
  judge_clock(text_of(group, "LeaderURI"), findings);
}

Findings examine(const Configuration& configuration, const std::string& version) {
  Findings findings;
  examine_disks(configuration, findings);
  examine_certificates(configuration, std::chrono::system_clock::now(), findings);
  examine_peers(configuration, findings);
  examine_server(configuration, version, findings);
  return findings;
}

}  // namespace orchestrator::doctor
