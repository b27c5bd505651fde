// Parses option files line by line.
#include "configuration/credentials.hpp"

#include <algorithm>

namespace orchestrator {
namespace {

constexpr std::string_view blanks = " \t\r\f\v";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

std::optional<char> escaped(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 's':
      return ' ';
    case '\\':
    case '"':
    case '\'':
      return c;
    default:
      return std::nullopt;
  }
}

// The value with quotes, escapes and comment taken away; nothing when a quote does not end or text follows it.
std::optional<std::string> read_value(std::string_view text) {
  const char quote = text.starts_with('"') || text.starts_with('\'') ? text.front() : '\0';
  std::string value;
  std::size_t i = quote != '\0' ? 1 : 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0' && c == quote) {
      const auto rest = trim(text.substr(i + 1));
      if (!rest.empty() && !rest.starts_with('#') && !rest.starts_with(';')) return std::nullopt;
      return value;
    }
    if (quote == '\0' && c == '#') break;
    const auto special = c == '\\' && i + 1 < text.size() ? escaped(text[i + 1]) : std::nullopt;
    value += special.value_or(c);
    if (special) ++i;
  }
  if (quote != '\0') return std::nullopt;
  if (i < text.size()) value = std::string(trim(value));  // blanks before a comment
  return value;
}

class OptionFile {
 public:
  OptionFile(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  Credentials read() {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
    while (!text_.empty()) {
      ++line_;
      const auto end = text_.find('\n');
      read_line(trim(text_.substr(0, end)));
      text_ = end == std::string_view::npos ? std::string_view{} : text_.substr(end + 1);
    }
    if (!result_.user && !result_.password) {
      line_ = 0;
      report(Severity::warning, {}, "has neither user nor password in a [client] section");
    }
    return std::move(result_);
  }

 private:
  void read_line(std::string_view line) {
    if (line.empty() || line.starts_with('#') || line.starts_with(';')) return;
    if (line.starts_with('!')) return report(Severity::warning, {}, "includes are not followed");
    if (line.starts_with('[')) {
      const auto close = line.find(']');
      if (close == std::string_view::npos) return report(Severity::error, {}, "expected [SECTION]");
      in_client_ = lower(trim(line.substr(1, close - 1))) == "client";
      return;
    }
    if (in_client_) read_option(line);
  }

  void read_option(std::string_view line) {
    const auto equals = line.find('=');
    const auto name = lower(trim(line.substr(0, equals)));
    if (name != "user" && name != "password") return;
    if (equals == std::string_view::npos) return report(Severity::error, name, "has no value");
    auto value = read_value(trim(line.substr(equals + 1)));
    if (!value) return report(Severity::error, name, "the quotes around the value are not right");
    if (value->find('\0') != std::string::npos) return report(Severity::error, name, "holds a NUL character");
    if (name == "user") {
      result_.user = std::move(*value);
    } else {
      result_.password = Secret(std::move(*value));
    }
  }

  void report(Severity severity, std::string key, std::string message) {
    result_.diagnostics.push_back({severity, file_, std::move(key), line_, 0, std::move(message)});
  }

  std::string_view text_;
  std::string file_;
  Credentials result_;
  std::size_t line_ = 0;
  bool in_client_ = false;
};

}  // namespace

Credentials parse_credentials(std::string_view text, std::string_view file_name) {
  return OptionFile(text, file_name).read();
}

}  // namespace orchestrator
