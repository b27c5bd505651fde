// Reads and prints each type of configuration value; the messages name what was expected and what came.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cctype>

#include "configuration/field.hpp"

namespace orchestrator {
namespace {

namespace json = boost::json;

std::string shortened(std::string_view text) {
  constexpr std::size_t longest = 60;
  if (text.size() <= longest) return std::string(text);
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string quoted(std::string_view text) {
  return json::serialize(json::string(shortened(text)));
}

// What the value is, without its content: for secrets and for values too big to show.
std::string_view kind_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "a boolean";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return "a number";
    case json::kind::string:
      return "a string";
    case json::kind::array:
      return "a list";
    case json::kind::object:
      return "an object";
  }
  return "";
}

std::string describe(const json::value& value) {
  if (value.is_string()) return "the string " + quoted(value.get_string());
  if (value.is_number()) return "the number " + json::serialize(value);
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  return std::string(kind_of(value));
}

std::string mismatch(std::string_view expected, const json::value& value) {
  return fmt::format("expected {}, got {}", expected, describe(value));
}

std::string read_integer(const json::value& value, const Limits& limits, std::int64_t& target) {
  const std::int64_t* number = value.if_int64();
  if (number == nullptr || *number < limits.min || *number > limits.max) {
    return mismatch(fmt::format("an integer from {} to {}", limits.min, limits.max), value);
  }
  target = *number;
  return {};
}

template <class T>
std::string read_narrow(const json::value& value, const Limits& limits, T& target) {
  std::int64_t number = 0;
  auto problem = read_integer(value, limits, number);
  if (problem.empty()) target = static_cast<T>(number);
  return problem;
}

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

// A value of an enumeration and one text it may be written as; the first text of a value is the one printed.
template <class E>
struct Spelling {
  E value;
  std::string_view text;
};

constexpr std::array authentication_methods = {
    Spelling{AuthenticationMethod::none, ""},       Spelling{AuthenticationMethod::basic, "basic"},
    Spelling{AuthenticationMethod::multi, "multi"}, Spelling{AuthenticationMethod::proxy, "proxy"},
    Spelling{AuthenticationMethod::token, "token"}, Spelling{AuthenticationMethod::oauth, "oauth"},
};
constexpr std::array backend_kinds = {Spelling{BackendKind::sqlite, "sqlite"}, Spelling{BackendKind::sqlite, "sqlite3"},
                                      Spelling{BackendKind::sqlite, ""}, Spelling{BackendKind::mysql, "mysql"}};
constexpr std::array consul_schemes = {Spelling{ConsulScheme::http, "http"}, Spelling{ConsulScheme::https, "https"}};
constexpr std::array consul_providers = {Spelling{ConsulProvider::consul, "consul"},
                                         Spelling{ConsulProvider::consul, ""},
                                         Spelling{ConsulProvider::consul_txn, "consul-txn"}};
constexpr std::array resolve_methods = {
    Spelling{HostnameResolveMethod::none, "none"}, Spelling{HostnameResolveMethod::system, "default"},
    Spelling{HostnameResolveMethod::system, ""}, Spelling{HostnameResolveMethod::cname, "cname"},
    Spelling{HostnameResolveMethod::ip, "ip"}};
constexpr std::array mysql_resolve_methods = {Spelling{MySqlHostnameResolveMethod::none, "none"},
                                              Spelling{MySqlHostnameResolveMethod::none, ""},
                                              Spelling{MySqlHostnameResolveMethod::hostname, "@@hostname"},
                                              Spelling{MySqlHostnameResolveMethod::hostname, "hostname"},
                                              Spelling{MySqlHostnameResolveMethod::hostname, "default"},
                                              Spelling{MySqlHostnameResolveMethod::report_host, "@@report_host"},
                                              Spelling{MySqlHostnameResolveMethod::report_host, "report_host"}};

template <class E, std::size_t N>
std::string read_spelling(const std::array<Spelling<E>, N>& spellings, const json::value& value, E& target) {
  if (value.is_string()) {
    for (const auto& spelling : spellings) {
      if (!equal_without_case(spelling.text, std::string_view(value.get_string()))) continue;
      target = spelling.value;
      return {};
    }
  }
  return mismatch(Codec<E>::type, value);
}

template <class E, std::size_t N>
void print_spelling(const std::array<Spelling<E>, N>& spellings, E value, std::string& out) {
  const auto found = std::find_if(spellings.begin(), spellings.end(), [&](const auto& s) { return s.value == value; });
  out += json::serialize(json::string(found->text));
}

std::string read_pattern(const json::value& value, Pattern& target) {
  if (!value.is_string()) return mismatch("a regular expression as a string", value);
  const std::string_view text = value.get_string();
  if (text.empty()) return "an empty regular expression would match everything";
  auto compiled = Pattern::compile(text);
  if (!compiled.pattern) return fmt::format("{} is not a regular expression: {}", quoted(text), compiled.error);
  target = std::move(*compiled.pattern);
  return {};
}

template <class T, class Read>
std::string read_list(const json::value& value, std::string_view expected, std::vector<T>& target, Read read) {
  const json::array* list = value.if_array();
  if (list == nullptr) return mismatch(expected, value);
  std::vector<T> elements(list->size());
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto problem = read((*list)[i], elements[i]);
    if (!problem.empty()) return fmt::format("element {}: {}", i + 1, problem);
  }
  target = std::move(elements);
  return {};
}

template <class T, class Print>
void print_list(const std::vector<T>& values, std::string& out, Print print) {
  out += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i != 0) out += ", ";
    print(values[i]);
  }
  out += ']';
}

}  // namespace

std::string Codec<bool>::read(const json::value& value, const Limits&, bool& target) {
  if (!value.is_bool()) return mismatch("true or false", value);
  target = value.get_bool();
  return {};
}
void Codec<bool>::print(const bool& value, std::string& out) {
  out += value ? "true" : "false";
}

std::string Codec<int>::read(const json::value& value, const Limits& allowed, int& target) {
  return read_narrow(value, allowed, target);
}
void Codec<int>::print(const int& value, std::string& out) {
  out += std::to_string(value);
}

std::string Codec<std::uint16_t>::read(const json::value& value, const Limits& allowed, std::uint16_t& target) {
  return read_narrow(value, allowed, target);
}
void Codec<std::uint16_t>::print(const std::uint16_t& value, std::string& out) {
  out += std::to_string(value);
}

std::string Codec<std::int64_t>::read(const json::value& value, const Limits& allowed, std::int64_t& target) {
  return read_integer(value, allowed, target);
}
void Codec<std::int64_t>::print(const std::int64_t& value, std::string& out) {
  out += std::to_string(value);
}

std::string Codec<double>::read(const json::value& value, const Limits& allowed, double& target) {
  const double number = value.is_number() ? value.to_number<double>() : -1;
  if (number < static_cast<double>(allowed.min) || number > static_cast<double>(allowed.max)) {
    return mismatch(fmt::format("a number from {} to {}", allowed.min, allowed.max), value);
  }
  target = number;
  return {};
}
void Codec<double>::print(const double& value, std::string& out) {
  out += fmt::format("{}", value);
}

std::string Codec<std::string>::read(const json::value& value, const Limits&, std::string& target) {
  if (!value.is_string()) return mismatch("a string", value);
  const std::string_view text = value.get_string();
  if (text.find('\0') != std::string_view::npos) return "the string holds a NUL character";
  target = text;
  return {};
}
void Codec<std::string>::print(const std::string& value, std::string& out) {
  out += json::serialize(json::string(value));
}

std::string Codec<Secret>::read(const json::value& value, const Limits&, Secret& target) {
  if (!value.is_string()) return fmt::format("expected a string, got {}", kind_of(value));
  const std::string_view text = value.get_string();
  if (text == Secret::redacted) return "the text stands for a secret in a dump and cannot be read back";
  if (text.find('\0') != std::string_view::npos) return "the string holds a NUL character";
  target = Secret(std::string(text));
  return {};
}
void Codec<Secret>::print(const Secret& value, std::string& out) {
  Codec<std::string>::print(value.empty() ? "" : Secret::redacted, out);
}

std::string Codec<Strings>::read(const json::value& value, const Limits& allowed, Strings& target) {
  return read_list(value, "a list of strings", target,
                   [&](const json::value& v, std::string& s) { return Codec<std::string>::read(v, allowed, s); });
}
void Codec<Strings>::print(const Strings& values, std::string& out) {
  print_list(values, out, [&](const std::string& s) { Codec<std::string>::print(s, out); });
}

std::string Codec<std::optional<Pattern>>::read(const json::value& value, const Limits&,
                                                std::optional<Pattern>& target) {
  if (value.is_string() && value.get_string().empty()) {
    target.reset();
    return {};
  }
  Pattern pattern;
  auto problem = read_pattern(value, pattern);
  if (problem.empty()) target = std::move(pattern);
  return problem;
}
void Codec<std::optional<Pattern>>::print(const std::optional<Pattern>& value, std::string& out) {
  Codec<std::string>::print(value ? value->text() : "", out);
}

std::string Codec<Patterns>::read(const json::value& value, const Limits&, Patterns& target) {
  return read_list(value, "a list of regular expressions", target, read_pattern);
}
void Codec<Patterns>::print(const Patterns& values, std::string& out) {
  print_list(values, out, [&](const Pattern& pattern) { Codec<std::string>::print(pattern.text(), out); });
}

std::string Codec<ClusterAliases>::read(const json::value& value, const Limits& allowed, ClusterAliases& target) {
  const json::object* object = value.if_object();
  if (object == nullptr) return mismatch("an object of regular expression and alias", value);
  ClusterAliases aliases;
  for (const auto& [key, alias] : *object) {
    auto& [pattern, text] = aliases.emplace_back();
    auto problem = read_pattern(json::value(key), pattern);
    if (problem.empty()) problem = Codec<std::string>::read(alias, allowed, text);
    if (!problem.empty()) return fmt::format("{}: {}", quoted(key), problem);
  }
  target = std::move(aliases);
  return {};
}
void Codec<ClusterAliases>::print(const ClusterAliases& values, std::string& out) {
  json::object object;
  for (const auto& [pattern, alias] : values) object[pattern.text()] = alias;
  out += json::serialize(object);
}

#define ORCHESTRATOR_SPELLED(E, SPELLINGS)                                         \
  std::string Codec<E>::read(const json::value& value, const Limits&, E& target) { \
    return read_spelling(SPELLINGS, value, target);                                \
  }                                                                                \
  void Codec<E>::print(const E& value, std::string& out) {                         \
    print_spelling(SPELLINGS, value, out);                                         \
  }

ORCHESTRATOR_SPELLED(AuthenticationMethod, authentication_methods)
ORCHESTRATOR_SPELLED(BackendKind, backend_kinds)
ORCHESTRATOR_SPELLED(ConsulScheme, consul_schemes)
ORCHESTRATOR_SPELLED(ConsulProvider, consul_providers)
ORCHESTRATOR_SPELLED(HostnameResolveMethod, resolve_methods)
ORCHESTRATOR_SPELLED(MySqlHostnameResolveMethod, mysql_resolve_methods)
#undef ORCHESTRATOR_SPELLED

}  // namespace orchestrator
