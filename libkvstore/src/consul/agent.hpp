// The requests of Consul's HTTP API that are used here, to one agent.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/verb.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "consul/wire.hpp"
#include "http/client.hpp"
#include "kvstore/consul.hpp"

namespace kvstore::consul {

struct Call {
  boost::beast::http::verb method = boost::beast::http::verb::get;
  std::string_view path{};  // before the parameters, not encoded
  Query query{};
  std::string body{};
  Effect effect = Effect::read;
};

// Adds token and datacenter to each request and puts the agent's address into each error. Thread-safe.
class Agent {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Agent>> make(ConsulOptions options);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  // The answer if its status is 200, 404 of a key (not of an unknown path) or 409; an error otherwise. `what` names the
  // call in errors.
  [[nodiscard]] boost::asio::awaitable<Result<http_client::Response>> ask(Call call, std::string_view what,
                                                                          Deadline deadline);

  // An error about an answer of the agent, with its name and the call in front and without the token.
  [[nodiscard]] Error error(Errc code, std::string_view what, std::string_view detail) const;
  [[nodiscard]] Error with_name(const Error& error, std::string_view what) const;

 private:
  Agent(ConsulOptions options, http_client::ClientOptions client);
  [[nodiscard]] http_client::Request make_request(Call call) const;

  const ConsulOptions options_;
  const std::string name_;
  http_client::Client client_;
};

}  // namespace kvstore::consul
