// The binary form of rows.
#include "state/layout.hpp"

#include <fmt/format.h>

#include "configuration/utf8.hpp"
#include "state/bytes.hpp"

namespace orchestrator::state {
namespace {

std::string_view problem_of_text(const FieldText& field, std::string_view text) {
  if (find_invalid_utf8(text)) return "is not UTF-8";
  if (text.size() > longest_text) return "is longer than 4 MiB";
  return field.is_required() || field.in_key() ? problem_of_key_text(text) : "";
}

Result<Value> decode_value(const LayoutText& layout, const FieldText& field, std::string_view bytes) {
  switch (field.type) {
    case ValueType::number: {
      ByteReader reader(bytes);
      const auto number = unzigzag(reader.number());
      if (!reader.ok() || !reader.at_end()) return field_error(layout, field, "is not a number");
      return Value(number);
    }
    case ValueType::text: {
      const auto problem = problem_of_text(field, bytes);
      if (!problem.empty()) return field_error(layout, field, problem);
      return Value(std::string(bytes));
    }
    case ValueType::record:
      return Value(std::string(bytes));
  }
  return Value(std::int64_t{0});
}

Error malformed(const LayoutText& layout) {
  return make_error(Errc::invalid_argument, fmt::format("{}: malformed", layout.name));
}

Value default_of(ValueType type) {
  return type == ValueType::number ? Value(std::int64_t{0}) : Value(std::string());
}

}  // namespace

Error field_error(const LayoutText& layout, const FieldText& field, std::string_view problem) {
  if (field.type == ValueType::record)
    return make_error(Errc::invalid_argument, fmt::format("{}: {}", layout.name, problem));
  return make_error(Errc::invalid_argument, fmt::format("{}: {} {}", layout.name, field.name, problem));
}

std::string encode_values(const LayoutText& layout, std::span<const Value> values, int version) {
  std::string bytes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (is_default(values[i]) || layout.fields[i].since > version) continue;
    append_number(bytes, layout.fields[i].id);
    if (const auto* text = std::get_if<std::string>(&values[i])) {
      append_text(bytes, *text);
    } else {
      std::string number;
      append_number(number, zigzag(std::get<std::int64_t>(values[i])));
      append_text(bytes, number);
    }
  }
  return bytes;
}

Result<std::vector<Value>> decode_values(const LayoutText& layout, std::string_view bytes, int version) {
  std::vector<Value> values;
  values.reserve(layout.fields.size());
  for (const auto& field : layout.fields) values.push_back(default_of(field.type));
  ByteReader reader(bytes);
  std::uint64_t before = 0;
  while (reader.ok() && !reader.at_end()) {
    const auto id = reader.number();
    const auto content = reader.text();
    if (!reader.ok() || id <= before) return malformed(layout);
    before = id;
    const auto field =
        std::find_if(layout.fields.begin(), layout.fields.end(), [id](const FieldText& each) { return each.id == id; });
    if (field == layout.fields.end() || field->since > version) continue;
    auto value = decode_value(layout, *field, content);
    if (!value) return value.error();
    values[static_cast<std::size_t>(field - layout.fields.begin())] = std::move(*value);
  }
  if (!reader.ok()) return malformed(layout);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& field = layout.fields[i];
    if (field.is_required() && field.since <= version && is_default(values[i])) {
      return make_error(Errc::invalid_argument, fmt::format("{}: {} is missing", layout.name, field.name));
    }
  }
  return values;
}

}  // namespace orchestrator::state
