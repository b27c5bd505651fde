// What a column or a field can hold, and how C++ types become that.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "state/records.hpp"

namespace orchestrator::state {

// Bounds that every backend can keep, in bytes.
inline constexpr std::size_t longest_key_text = 255;
inline constexpr std::size_t longest_text = 4U << 20U;

// What some backend could not keep in a key, or would take for another text; "" if nothing.
[[nodiscard]] std::string_view problem_of_key_text(std::string_view text);

// A number or a text (UTF-8; for a nested record its encoding). There is no NULL: what is not set is zero or empty.
using Value = std::variant<std::int64_t, std::string>;

enum class ValueType {
  number,
  text,
  record,  // the encoding of another layout; not for columns
};

[[nodiscard]] inline bool is_default(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? text->empty() : std::get<std::int64_t>(value) == 0;
}

// How a C++ type is kept: its type, to(), and from(), which gives nothing for a value that the type cannot have.
template <class T>
struct Storage;

template <>
struct Storage<std::string> {
  static constexpr ValueType type = ValueType::text;
  static Value to(const std::string& value) { return value; }
  static std::optional<std::string> from(const Value& value) { return std::get<std::string>(value); }
};

template <class T>
  requires std::is_integral_v<T>
struct Storage<T> {
  static constexpr ValueType type = ValueType::number;
  static Value to(T value) { return static_cast<std::int64_t>(value); }
  static std::optional<T> from(const Value& value) {
    const auto number = std::get<std::int64_t>(value);
    // 64-bit numbers are never above what an int64 can hold.
    if constexpr (std::is_same_v<T, bool>) {
      if (number != 0 && number != 1) return std::nullopt;
    } else if constexpr (std::is_unsigned_v<T>) {
      if (number < 0) return std::nullopt;
    }
    if constexpr (sizeof(T) < sizeof(std::int64_t)) {
      if (number < std::numeric_limits<T>::min() || number > std::numeric_limits<T>::max()) return std::nullopt;
    }
    return static_cast<T>(number);
  }
};

template <>
struct Storage<Time> {
  static constexpr ValueType type = ValueType::number;  // microseconds since 1970
  static Value to(Time value) { return std::int64_t{value.time_since_epoch().count()}; }
  static std::optional<Time> from(const Value& value) {
    return Time{std::chrono::microseconds{std::get<std::int64_t>(value)}};
  }
};

template <>
struct Storage<PromotionRule> {
  static constexpr ValueType type = ValueType::text;
  static Value to(PromotionRule value) { return std::string(topology::to_string(value)); }
  static std::optional<PromotionRule> from(const Value& value) {
    return topology::parse_promotion_rule(std::get<std::string>(value));
  }
};

// Enumerations are kept as their numbers, from 0 to the last one.
template <class T>
inline constexpr std::optional<T> last_of = std::nullopt;

template <class T>
  requires std::is_enum_v<T> && (last_of<T>.has_value())
struct Storage<T> {
  static constexpr ValueType type = ValueType::number;
  static Value to(T value) { return static_cast<std::int64_t>(value); }
  static std::optional<T> from(const Value& value) {
    const auto number = std::get<std::int64_t>(value);
    if (number < 0 || number > static_cast<std::int64_t>(*last_of<T>)) return std::nullopt;
    return static_cast<T>(number);
  }
};

// Lists are one text: their elements in lines, in which a backslash and a line end are written \\ and \n.
[[nodiscard]] std::string to_lines(const std::vector<std::string>& elements);
[[nodiscard]] std::optional<std::vector<std::string>> from_lines(std::string_view lines);

template <>
struct Storage<std::vector<std::string>> {
  static constexpr ValueType type = ValueType::text;
  static Value to(const std::vector<std::string>& value) { return to_lines(value); }
  static std::optional<std::vector<std::string>> from(const Value& value) {
    return from_lines(std::get<std::string>(value));
  }
};

template <>
struct Storage<std::vector<InstanceKey>> {
  static constexpr ValueType type = ValueType::text;
  static Value to(const std::vector<InstanceKey>& value);
  static std::optional<std::vector<InstanceKey>> from(const Value& value);
};

}  // namespace orchestrator::state
