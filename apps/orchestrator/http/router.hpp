// The one table of routes: which handler answers which path, and who may ask.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "http/message.hpp"

namespace orchestrator::http {

// Values of a path's variable segments. Few, so looked up by walking.
class PathParameters {
 public:
  void add(std::string name, std::string value) { values_.emplace_back(std::move(name), std::move(value)); }
  // Empty when the route has no such variable.
  [[nodiscard]] const std::string& operator[](std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

struct RequestContext {
  Request request;
  PathParameters parameters;
  std::string user;  // empty when the authentication method knows no users
};

using AsyncHandler = std::function<boost::asio::awaitable<Response>(RequestContext)>;
using SyncHandler = std::function<Response(const RequestContext&)>;
using Handler = std::variant<SyncHandler, AsyncHandler>;

enum class Access { anyone, authorized };
// What a route does to the world; POST is taken only by routes that write.
enum class Effect { reads, writes };
// Which node of a group answers: the one that was asked, or the leader, whichever was asked.
enum class Answers { leader, here };

struct Route {
  std::string pattern;  // "/api/discover/:host/:port"
  Access access = Access::anyone;
  Effect effect = Effect::reads;
  Handler handler;
  Answers answers = Answers::leader;
};

// ":name" stands for one segment of one or more characters other than '/', '#' and '?'. A slash at the end of a path is
// ignored. Of several fitting routes the one added first wins. Finding one costs the length of the path.
class Router {
 public:
  struct Match {
    const Route* route = nullptr;
    PathParameters parameters;
  };

  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // Precondition: the pattern begins with '/'.
  void add(Route route);
  // Matches point into the router and stay valid until the next add().
  [[nodiscard]] std::optional<Match> find(std::string_view path) const;
  [[nodiscard]] std::span<const Route> routes() const noexcept { return routes_; }

 private:
  struct Branch;
  std::vector<Route> routes_;
  std::unique_ptr<Branch> root_;
};

}  // namespace orchestrator::http
