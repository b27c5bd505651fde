// Finds routes in a tree of path segments.
#include "http/router.hpp"

#include <limits>

namespace orchestrator::http {
namespace {

constexpr std::size_t no_route = std::numeric_limits<std::size_t>::max();

// Segments of a path; empty ones stay, except the one after a slash at the end.
std::vector<std::string_view> segments(std::string_view path) {
  path.remove_prefix(1);
  if (path.ends_with('/')) {
    path.remove_suffix(1);
  }
  std::vector<std::string_view> parts;
  while (true) {
    const auto slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) {
      return parts;
    }
    path.remove_prefix(slash + 1);
  }
}

bool fits_variable(std::string_view segment) {
  return !segment.empty() && segment.find_first_of("#?") == std::string_view::npos;
}

}  // namespace

struct Router::Branch {
  std::map<std::string, std::unique_ptr<Branch>, std::less<>> literals;
  std::unique_ptr<Branch> variable;
  std::size_t route = no_route;  // the first route that ends here

  // The first added route that fits the rest of the path. Variables branch at most once per segment and patterns are a
  // handful of segments deep, so this stays small.
  [[nodiscard]] std::size_t find(std::span<const std::string_view> rest) const {
    if (rest.empty()) {
      return route;
    }
    auto best = no_route;
    if (const auto literal = literals.find(rest.front()); literal != literals.end()) {
      best = literal->second->find(rest.subspan(1));
    }
    if (variable && fits_variable(rest.front())) {
      best = std::min(best, variable->find(rest.subspan(1)));
    }
    return best;
  }
};

const std::string& PathParameters::operator[](std::string_view name) const noexcept {
  static const std::string none;
  for (const auto& [key, value] : values_) {
    if (key == name) {
      return value;
    }
  }
  return none;
}

bool PathParameters::has(std::string_view name) const noexcept {
  for (const auto& [key, value] : values_) {
    if (key == name) {
      return true;
    }
  }
  return false;
}

Router::Router() : root_(std::make_unique<Branch>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Route route) {
  auto* branch = root_.get();
  for (const auto segment : segments(route.pattern)) {
    auto& next = segment.starts_with(':') ? branch->variable : branch->literals[std::string(segment)];
    if (!next) {
      next = std::make_unique<Branch>();
    }
    branch = next.get();
  }
  if (branch->route == no_route) {
    branch->route = routes_.size();
  }
  routes_.push_back(std::move(route));
}

std::optional<Router::Match> Router::find(std::string_view path) const {
  if (!path.starts_with('/')) {
    return std::nullopt;
  }
  const auto parts = segments(path);
  const auto found = root_->find(parts);
  if (found == no_route) {
    return std::nullopt;
  }
  Match match{&routes_[found], {}};
  const auto names = segments(match.route->pattern);
  for (std::size_t at = 0; at < names.size(); ++at) {
    if (names[at].starts_with(':')) {
      match.parameters.add(std::string(names[at].substr(1)), std::string(parts[at]));
    }
  }
  return match;
}

}  // namespace orchestrator::http
