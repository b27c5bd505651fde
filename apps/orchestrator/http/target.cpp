// Reads the target of a request line.
#include "http/target.hpp"

#include <algorithm>
#include <utility>

namespace orchestrator::http {
namespace {

int hexadecimal(char letter) noexcept {
  if (letter >= '0' && letter <= '9') {
    return letter - '0';
  }
  if (letter >= 'a' && letter <= 'f') {
    return letter - 'a' + 10;
  }
  return letter >= 'A' && letter <= 'F' ? letter - 'A' + 10 : -1;
}

std::optional<std::string> form_decoded(std::string_view text) {
  std::string blanks(text);
  std::replace(blanks.begin(), blanks.end(), '+', ' ');
  return percent_decoded(blanks);
}

Query parse_query(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const auto equals = pair.find('=');
    auto name = form_decoded(pair.substr(0, equals));
    auto value = form_decoded(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
    if (!pair.empty() && name && value) {
      query.emplace(std::move(*name), std::move(*value));
    }
  }
  return query;
}

// The part of an absolute form that begins with the path.
std::string_view without_authority(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.size() > scheme.size() && equal_without_case(text.substr(0, scheme.size()), scheme)) {
      const auto path = text.find_first_of("/?", scheme.size());
      return path == std::string_view::npos ? std::string_view("/") : text.substr(path);
    }
  }
  return text;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at];
      continue;
    }
    if (at + 2 >= text.size()) {
      return std::nullopt;
    }
    const int high = hexadecimal(text[at + 1]);
    const int low = hexadecimal(text[at + 2]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    decoded += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return decoded;
}

std::optional<Target> parse_target(std::string_view text) {
  text = without_authority(text);
  text = text.substr(0, text.find('#'));
  const auto question = text.find('?');
  auto path = percent_decoded(text.substr(0, question));
  if (!path || !path->starts_with('/')) {
    return std::nullopt;
  }
  Target target;
  target.text = text;
  target.path = std::move(*path);
  if (question != std::string_view::npos) {
    target.query = parse_query(text.substr(question + 1));
  }
  return target;
}

}  // namespace orchestrator::http
