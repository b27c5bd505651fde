// The table of configuration keys, which drives parsing, checks of types and ranges, defaults, dump and documentation.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "configuration/configuration.hpp"

namespace orchestrator {

struct Limits {
  std::int64_t min = 0;
  std::int64_t max = 0;
};

// How one member of Configuration is reached and what its JSON form is; made by field<> in field.hpp.
struct Field {
  std::string_view type;  // for people: "integer", "list of regular expressions"
  Limits limits;          // those of the type; a key narrows them
  bool secret = false;
  // Reads the value; returns "" or what is wrong: "expected …, got …". Leaves the member alone in that case.
  std::string (*assign)(Configuration&, const boost::json::value&, const Limits&) = nullptr;
  // Appends the value as JSON text, secrets redacted.
  void (*print)(const Configuration&, std::string& json) = nullptr;
  void (*copy)(Configuration& to, const Configuration& from) = nullptr;
  bool (*equal)(const Configuration&, const Configuration&) = nullptr;
};

enum class Reload {
  live,     // a reload changes it
  restart,  // read once, when the server starts
};

enum class Effect {
  honoured,
  none,     // accepted and without effect in this release
  refused,  // ignoring it would be dangerous: any value but the default is an error in this release
};

struct Key {
  constexpr Key(std::string_view key_name, const Field& key_field, std::string_view key_meaning)
      : name(key_name), field(key_field), meaning(key_meaning), limits(key_field.limits) {}

  std::string_view name;
  Field field;
  std::string_view meaning;
  Limits limits;
  Reload reload = Reload::live;
  Effect effect = Effect::honoured;
  std::string_view synonym_of = {};  // the name under which the same member is documented

  [[nodiscard]] constexpr Key restart() const {
    Key key = *this;
    key.reload = Reload::restart;
    return key;
  }
  [[nodiscard]] constexpr Key without_effect() const {
    Key key = *this;
    key.effect = Effect::none;
    return key;
  }
  [[nodiscard]] constexpr Key refused() const {
    Key key = *this;
    key.effect = Effect::refused;
    return key;
  }
  [[nodiscard]] constexpr Key range(std::int64_t min, std::int64_t max) const {
    Key key = *this;
    key.limits = {min, max};
    return key;
  }
  [[nodiscard]] constexpr Key same_as(std::string_view other) const {
    Key key = *this;
    key.synonym_of = other;
    return key;
  }
};

struct Section {
  std::string_view title;
  std::span<const Key> keys;
};

// The whole table, in the order of the reference page. Made once; the pointers into it stay valid.
[[nodiscard]] const std::vector<Section>& configuration_sections();

// The key of that name, letters of either case; nullptr when there is none.
[[nodiscard]] const Key* find_key(std::string_view name);

// Names that older versions knew: accepted and ignored.
[[nodiscard]] std::span<const std::string_view> deprecated_keys();
[[nodiscard]] bool is_deprecated_key(std::string_view name);

// The known name with the fewest edits from this one; "" when nothing is near.
[[nodiscard]] std::string_view nearest_key(std::string_view name);

// The parts of the table; configuration_sections() joins them.
namespace key_table {
std::vector<Section> service_sections();
std::vector<Section> security_sections();
std::vector<Section> topology_sections();
std::vector<Section> recovery_sections();
std::vector<Section> integration_sections();
}  // namespace key_table

}  // namespace orchestrator
