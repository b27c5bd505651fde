// The requests of Consul's HTTP API that are used here, to one agent.
#include "consul/agent.hpp"

#include <algorithm>
#include <utility>

#include "http/tls.hpp"

namespace kvstore::consul {
namespace {

namespace http = boost::beast::http;
using boost::asio::awaitable;
using http_client::Response;

constexpr std::uint16_t default_port = 8500;
constexpr std::string_view token_header = "X-Consul-Token";
constexpr std::string_view index_header = "X-Consul-Index";

bool is_printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

// Takes the scheme off the address, if it has one.
Result<void> settle_scheme(ConsulOptions& options) {
  const std::size_t end = options.address.find("://");
  if (end == std::string::npos) return {};
  const std::string scheme = options.address.substr(0, end);
  if (scheme != "http" && scheme != "https") {
    return make_error(Errc::invalid_argument, "Consul address '" + options.address + "': the scheme is http or https");
  }
  options.scheme = scheme == "https" ? ConsulScheme::https : ConsulScheme::http;
  options.address.erase(0, end + 3);
  return {};
}

std::string without(std::string text, const std::string& secret) {
  if (secret.empty()) return text;
  for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos;) text.replace(at, secret.size(), "***");
  return text;
}

std::string make_name(const http_client::Address& address, const std::string& datacenter) {
  return "consul " + address.text() + (datacenter.empty() ? "" : " (" + datacenter + ")");
}

}  // namespace

Result<std::unique_ptr<Agent>> Agent::make(ConsulOptions options) {
  if (auto settled = settle_scheme(options); !settled) return settled.error();
  auto address = http_client::parse_address(options.address, default_port);
  if (!address) return make_error(Errc::invalid_argument, "Consul address: " + address.error().context);
  if (!is_printable_ascii(options.token)) {
    return make_error(Errc::invalid_argument, "the Consul token has a character that no token has");
  }
  if (!is_printable_ascii(options.datacenter)) {
    return make_error(Errc::invalid_argument, "the Consul datacenter has a character that no datacenter has");
  }
  http_client::ClientOptions client;
  client.max_idle_connections = options.max_idle_connections;
  client.max_calls = options.max_calls;
  client.connection.address = std::move(*address);
  client.connection.max_answer_bytes = options.max_answer_bytes;
  client.connection.verification = options.tls.verification;
  client.connection.server_name =
      options.tls.server_name.empty() ? client.connection.address.host : options.tls.server_name;
  if (options.scheme == ConsulScheme::https) {
    auto context = http_client::make_tls_context(options.tls);
    if (!context) return context.error();
    client.connection.tls = std::move(*context);
  }
  return std::unique_ptr<Agent>(new Agent(std::move(options), std::move(client)));
}

Agent::Agent(ConsulOptions options, http_client::ClientOptions client)
    : options_(std::move(options)),
      name_(make_name(client.connection.address, options_.datacenter)),
      client_(std::move(client)) {}

http_client::Request Agent::make_request(Call call) const {
  if (!options_.datacenter.empty()) call.query.emplace_back("dc", options_.datacenter);
  http_client::Request request(call.method, make_target(call.path, call.query), 11);
  request.set(http::field::user_agent, "orchestrator");
  if (!options_.token.empty()) request.set(token_header, options_.token);
  request.body() = std::move(call.body);
  return request;
}

awaitable<Result<Response>> Agent::ask(Call call, std::string_view what, Deadline deadline) {
  const Effect effect = call.effect;
  auto request = make_request(std::move(call));
  auto response = co_await client_.exchange(std::move(request), effect, deadline);
  if (!response) co_return with_name(response.error(), what);
  const unsigned status = response->result_int();
  const bool is_missing_key = status == 404 && response->find(index_header) != response->end();
  if (status == 200 || status == 409 || is_missing_key) co_return response;
  const std::string detail = "HTTP " + std::to_string(status) + " " + one_line(response->body());
  co_return error(errc_of_status(status, effect), what, detail);
}

Error Agent::error(Errc code, std::string_view what, std::string_view detail) const {
  std::string context = name_ + ": " + std::string(what);
  if (!detail.empty()) context += ": " + std::string(detail);
  return make_error(code, without(std::move(context), options_.token));
}

Error Agent::with_name(const Error& inner, std::string_view what) const {
  Error named = error(Errc::protocol_error, what, inner.context);
  named.code = inner.code;
  return named;
}

}  // namespace kvstore::consul
