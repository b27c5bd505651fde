// Requests and responses as plain values.
#include "http/message.hpp"

#include <algorithm>
#include <boost/throw_exception.hpp>
#include <utility>

#include "http/error.hpp"

namespace orchestrator::http {
namespace {

char lower(char letter) noexcept {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

void replace_controls(std::string& text) {
  const auto is_control = [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; };
  std::replace_if(text.begin(), text.end(), is_control, ' ');
}

}  // namespace

bool equal_without_case(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

void Headers::add(std::string name, std::string value) {
  replace_controls(name);
  replace_controls(value);
  fields_.push_back({std::move(name), std::move(value)});
}

std::optional<std::string_view> Headers::find(std::string_view name) const noexcept {
  for (const auto& field : fields_) {
    if (equal_without_case(field.name, name)) {
      return field.value;
    }
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::find_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& field : fields_) {
    if (equal_without_case(field.name, name)) {
      values.push_back(field.value);
    }
  }
  return values;
}

Response text_response(unsigned status, std::string_view text) {
  Response response;
  response.status = status;
  response.body = text;
  response.body += '\n';
  response.headers.add("X-Content-Type-Options", "nosniff");
  return response;
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  boost::throw_exception(std::system_error(error.code, error.context), where);
}

}  // namespace orchestrator::http
