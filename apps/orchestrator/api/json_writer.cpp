// Writes JSON text as Go's encoding/json does.
#include "api/json_writer.hpp"

#include <cmath>
#include <cstddef>

namespace orchestrator::api {
namespace {

bool is_continuation(unsigned char byte) {
  return (byte & 0xc0U) == 0x80U;
}

// Length of the UTF-8 character that the text begins with; 0 when there is none (RFC 3629).
std::size_t character_length(std::string_view text) {
  const auto at = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = at(0);
  const std::size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length == 0 || first > 0xf4 || text.size() < length) {
    return 0;
  }
  for (std::size_t index = 1; index < length; ++index) {
    if (!is_continuation(at(index))) {
      return 0;
    }
  }
  const bool too_long = (first == 0xe0 && at(1) < 0xa0) || (first == 0xf0 && at(1) < 0x90);
  const bool no_character = (first == 0xed && at(1) > 0x9f) || (first == 0xf4 && at(1) > 0x8f);
  return too_long || no_character ? 0 : length;
}

void append_unicode_escape(std::string& out, unsigned value) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) {
    out += digits[(value >> static_cast<unsigned>(shift)) & 0xfU];
  }
}

void append_ascii(std::string& out, char letter) {
  switch (letter) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(letter) < 0x20 || letter == '<' || letter == '>' || letter == '&') {
    append_unicode_escape(out, static_cast<unsigned char>(letter));
  } else {
    out += letter;
  }
}

bool is_plain(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte >= 0x20 && byte < 0x80 && letter != '"' && letter != '\\' && letter != '<' && letter != '>' &&
         letter != '&';
}

// Letters that need no escape come in runs, which are copied as a whole.
std::size_t plain_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_plain(text[length])) {
    ++length;
  }
  return length;
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view line_separator = "\xe2\x80\xa8";
  constexpr std::string_view paragraph_separator = "\xe2\x80\xa9";
  while (!text.empty()) {
    const auto plain = plain_length(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) {
      return;
    }
    const auto length = character_length(text);
    const auto character = text.substr(0, length);
    if (length == 0) {
      append_unicode_escape(out, 0xfffd);
    } else if (length == 1) {
      append_ascii(out, character.front());
    } else if (character == line_separator) {
      append_unicode_escape(out, 0x2028);
    } else if (character == paragraph_separator) {
      append_unicode_escape(out, 0x2029);
    } else {
      out += character;
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

}  // namespace

void JsonWriter::separate() {
  if (needs_comma_) {
    out_ += ',';
  }
  needs_comma_ = true;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  text(name);
  out_ += ':';
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  out_ += '"';
  append_escaped(out_, value);
  out_ += '"';
  return *this;
}

// Go writes plain decimals from 1e-6 up to 1e21 and the shortest exponent outside.
JsonWriter& JsonWriter::number(double value) {
  const double size = std::fabs(value);
  const bool plain = size == 0 || (size >= 1e-6 && size < 1e21);
  char digits[64];
  const auto form = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto end = std::to_chars(digits, digits + sizeof digits, value, form).ptr;
  std::string text(digits, end);
  if (const auto zero = text.find("e-0"); zero != std::string::npos) {
    text.erase(zero + 2, 1);
  }
  return raw(text);
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

std::string json_text(std::string_view value) {
  return JsonWriter().text(value).take();
}

}  // namespace orchestrator::api
