// Writes JSON text as Go's encoding/json does, so that clients see the very bytes they are used to.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>

namespace orchestrator::api {

// Compact, in the order of the calls. In texts '<', '>', '&', U+2028 and U+2029 are escaped and bytes that are no UTF-8
// become \ufffd. The caller sees to it that the calls make a well-formed value.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);

  JsonWriter& text(std::string_view value);
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  template <std::integral Number>
  JsonWriter& number(Number value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return raw({digits, static_cast<std::size_t>(end - digits)});
  }
  // Precondition: finite.
  JsonWriter& number(double value);
  // A complete JSON value.
  JsonWriter& raw(std::string_view json);

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void separate();
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);

  std::string out_;
  bool needs_comma_ = false;
};

// A JSON text value, quoted and escaped.
[[nodiscard]] std::string json_text(std::string_view value);

}  // namespace orchestrator::api
