// Describes a record or a command once; tables, statements and the binary form are generated from that.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "state/error.hpp"
#include "state/value.hpp"

namespace orchestrator::state {

// The version of everything that nodes and files share: tables, columns, commands, fields. Raised by one whenever
// something is added; what a released version has never changes. Version 1 was never replicated.
inline constexpr int state_version = 2;
// What a group starts with.
inline constexpr int first_group_version = 2;

// Keys name a row; a required field must be set in a command (a key is, unless it is given by the state).
enum class Role : std::uint8_t { plain, key, assigned_key, required };

struct LayoutText;

struct FieldText {
  std::uint32_t id = 0;  // in the binary form; never used again for something else
  std::string_view name;
  ValueType type = ValueType::text;
  int since = 1;
  Role role = Role::plain;
  const LayoutText& (*nested)() = nullptr;  // of a record

  [[nodiscard]] bool in_key() const { return role == Role::key || role == Role::assigned_key; }
  [[nodiscard]] bool is_required() const { return role == Role::key || role == Role::required; }
};

// Fields in the order of their ids. The number tells tables, and commands, apart.
struct LayoutText {
  std::uint32_t number = 0;
  std::string_view name;
  int since = 1;
  std::vector<FieldText> fields;
};

template <class Row>
struct Field {
  FieldText text;
  // The version is that in which a nested record is encoded.
  Value (*get)(const Row&, int version);
  // Says what is wrong with a value that the member cannot have.
  std::string (*set)(Row&, const Value&, int version);

  [[nodiscard]] constexpr Field as(Role role) const {
    Field field = *this;
    field.text.role = role;
    return field;
  }
  [[nodiscard]] constexpr Field key() const { return as(Role::key); }
  [[nodiscard]] constexpr Field since(int version) const {
    Field field = *this;
    field.text.since = version;
    return field;
  }
};

template <class T>
constexpr T& follow(T& value) {
  return value;
}
template <auto Member, auto... Rest, class T>
constexpr auto& follow(T& value) {
  return follow<Rest...>(value.*Member);
}

template <class Row>
class Layout;
// Of every record, command and answer; defined where they are described (records_layout.cpp, commands_layout.cpp).
template <class Row>
[[nodiscard]] const Layout<Row>& layout_of();

template <class Row>
[[nodiscard]] std::string encode_row(const Row& row, int version);
template <class Row>
[[nodiscard]] Result<Row> decode_row(std::string_view bytes, int version);

// The field for the member that is reached by following the member pointers from a Row. A member that has no storage of
// its own is a record, nested in its binary form.
template <class Row, auto... Path>
constexpr Field<Row> field(std::uint32_t id, std::string_view name) {
  using Member = std::remove_cvref_t<decltype(follow<Path...>(std::declval<Row&>()))>;
  if constexpr (requires { Storage<Member>::type; }) {
    return {{id, name, Storage<Member>::type, 1, Role::plain, nullptr},
            [](const Row& row, int) { return Storage<Member>::to(follow<Path...>(row)); },
            [](Row& row, const Value& value, int) -> std::string {
              auto member = Storage<Member>::from(value);
              if (!member) return "has a value that it cannot have";
              follow<Path...>(row) = std::move(*member);
              return {};
            }};
  } else {
    return {{id, name, ValueType::record, 1, Role::required,
             []() -> const LayoutText& { return layout_of<Member>().text(); }},
            [](const Row& row, int version) { return Value(encode_row(follow<Path...>(row), version)); },
            [](Row& row, const Value& value, int version) -> std::string {
              auto member = decode_row<Member>(std::get<std::string>(value), version);
              if (!member) return member.error().context;
              follow<Path...>(row) = std::move(*member);
              return {};
            }};
  }
}

[[nodiscard]] Error field_error(const LayoutText& layout, const FieldText& field, std::string_view problem);

template <class Row>
class Layout {
 public:
  Layout(std::uint32_t number, std::string_view name, int since, std::vector<Field<Row>> fields)
      : text_{number, name, since, {}}, fields_(std::move(fields)) {
    for (auto& field : fields_) {
      field.text.since = std::max(field.text.since, since);
      text_.fields.push_back(field.text);
    }
  }

  [[nodiscard]] const LayoutText& text() const { return text_; }
  [[nodiscard]] const std::vector<Field<Row>>& fields() const { return fields_; }

  // One value for each field.
  [[nodiscard]] std::vector<Value> values_of(const Row& row, int version = state_version) const {
    std::vector<Value> values;
    values.reserve(fields_.size());
    for (const auto& field : fields_) values.push_back(field.get(row, version));
    return values;
  }
  // The row with these values. A zero or empty one leaves the member as a new row has it.
  // Errors: invalid_argument names the field.
  [[nodiscard]] Result<Row> row_of(std::span<const Value> values, int version = state_version) const {
    Row row{};
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (is_default(values[i])) continue;
      const auto problem = fields_[i].set(row, values[i], version);
      if (!problem.empty()) return field_error(text_, fields_[i].text, problem);
    }
    return row;
  }

 private:
  LayoutText text_;
  std::vector<Field<Row>> fields_;
};

// --- The binary form --------------------------------------------------------------------------------------------
// Of each field that is not zero or empty, in ascending order of the ids: its id, the length of its bytes, and the
// bytes. Ids and lengths are LEB128 numbers; the bytes of a number are its zigzag LEB128, those of a text its UTF-8,
// those of a record again this form.

// Leaves out the fields that the version does not have.
[[nodiscard]] std::string encode_values(const LayoutText& layout, std::span<const Value> values, int version);
// Skips them, as a program of that version does. Errors: invalid_argument says what
// is malformed, missing, too long or not UTF-8.
[[nodiscard]] Result<std::vector<Value>> decode_values(const LayoutText& layout, std::string_view bytes, int version);

template <class Row>
std::string encode_row(const Row& row, int version) {
  const auto& layout = layout_of<Row>();
  return encode_values(layout.text(), layout.values_of(row, version), version);
}

template <class Row>
Result<Row> decode_row(std::string_view bytes, int version) {
  const auto& layout = layout_of<Row>();
  auto values = decode_values(layout.text(), bytes, version);
  if (!values) return values.error();
  return layout.row_of(*values, version);
}

}  // namespace orchestrator::state
