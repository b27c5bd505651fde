// Writes and reads stored observations by the list of their fields.
#include "server/stored_observation.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <limits>
#include <optional>
#include <utility>

#include "server/stored_fields.hpp"

namespace orchestrator {
namespace {

namespace json = boost::json;

template <class T>
concept Structure = requires(T& value) { stored::each_field(value, [](std::string_view, auto&) {}); };

template <class T>
concept Number = std::integral<T> && !std::same_as<T, bool>;

template <class Enum>
struct Range {
  Enum first;
  Enum last;
};
constexpr Range<topology::ThreadState> range_of(topology::ThreadState) noexcept {
  return {topology::ThreadState::none, topology::ThreadState::other};
}
constexpr Range<topology::PromotionRule> range_of(topology::PromotionRule) noexcept {
  return {topology::PromotionRule::must, topology::PromotionRule::must_not};
}
constexpr Range<topology::Flavour> range_of(topology::Flavour) noexcept {
  return {topology::Flavour::mysql, topology::Flavour::maxscale};
}
constexpr Range<topology::LogType> range_of(topology::LogType) noexcept {
  return {topology::LogType::binary, topology::LogType::relay};
}

// --- Writing ----------------------------------------------------------------------------------------------------

json::value written(const std::string& value) {
  return json::value(json::string_view(value.data(), value.size()));
}
json::value written(std::same_as<bool> auto value) {
  return value;
}
json::value written(Number auto value) {
  return value;
}
template <class Enum>
  requires std::is_enum_v<Enum>
json::value written(Enum value) {
  return static_cast<int>(value);
}
template <class Rep, class Period>
json::value written(std::chrono::duration<Rep, Period> value) {
  return value.count();
}
template <class T>
json::value written(const std::optional<T>& value);
template <class T>
json::value written(const std::vector<T>& values);

json::value written(const Structure auto& value) {
  json::object object;
  stored::each_field(value, [&object](std::string_view name, const auto& member) {
    object.emplace(json::string_view(name.data(), name.size()), written(member));
  });
  return object;
}

template <class T>
json::value written(const std::optional<T>& value) {
  return value ? written(*value) : json::value(nullptr);
}

template <class T>
json::value written(const std::vector<T>& values) {
  json::array list;
  for (const auto& value : values) {
    list.push_back(written(value));
  }
  return list;
}

// --- Reading ----------------------------------------------------------------------------------------------------

// Each read() is true when the value has the type and is in its range.
class Reader {
 public:
  bool read(const json::value& from, std::string& to) {
    const auto* text = from.if_string();
    if (text != nullptr) {
      to.assign(text->data(), text->size());
    }
    return text != nullptr;
  }

  bool read(const json::value& from, bool& to) {
    const auto* value = from.if_bool();
    to = value != nullptr && *value;
    return value != nullptr;
  }

  bool read(const json::value& from, Number auto& to) {
    using Target = std::remove_reference_t<decltype(to)>;
    if (!from.is_int64() && !from.is_uint64()) {
      return false;
    }
    boost::system::error_code out_of_range;
    to = from.to_number<Target>(out_of_range);
    return !out_of_range;
  }

  template <class Enum>
    requires std::is_enum_v<Enum>
  bool read(const json::value& from, Enum& to) {
    constexpr auto range = range_of(Enum{});
    int number = 0;
    if (!read(from, number) || number < static_cast<int>(range.first) || number > static_cast<int>(range.last)) {
      return false;
    }
    to = static_cast<Enum>(number);
    return true;
  }

  template <class Rep, class Period>
  bool read(const json::value& from, std::chrono::duration<Rep, Period>& to) {
    Rep count{};
    const bool good = read(from, count);
    to = std::chrono::duration<Rep, Period>(count);
    return good;
  }

  template <class T>
  bool read(const json::value& from, std::optional<T>& to) {
    to.reset();
    return from.is_null() || read(from, to.emplace());
  }

  template <class T>
  bool read(const json::value& from, std::vector<T>& to) {
    const auto* list = from.if_array();
    bool good = list != nullptr;
    to.clear();
    for (std::size_t i = 0; good && i < list->size(); ++i) {
      good = read((*list)[i], to.emplace_back());
    }
    return good;
  }

  bool read(const json::value& from, Structure auto& to) {
    const auto* object = from.if_object();
    bool good = object != nullptr;
    stored::each_field(to, [&](std::string_view name, auto& member) {
      const auto* found = good ? object->if_contains(json::string_view(name.data(), name.size())) : nullptr;
      if (found != nullptr && !read(*found, member)) {
        good = false;
        wrong_ = wrong_.empty() ? name : wrong_;
      }
    });
    return good;
  }

  // The innermost field that could not be read.
  [[nodiscard]] std::string_view wrong() const noexcept { return wrong_; }

 private:
  std::string_view wrong_;
};

}  // namespace

std::string to_stored(const topology::Observation& observation) {
  json::object record;
  if (observation.instance) {
    record["instance"] = written(*observation.instance);
  }
  record["warnings"] = written(observation.warnings);
  return json::serialize(record);
}

topology::Result<StoredObservation> from_stored(std::string_view text) {
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // servers' texts come in any character set
  boost::system::error_code code;
  const auto value = json::parse(json::string_view(text.data(), text.size()), code, {}, options);
  const auto* record = code ? nullptr : value.if_object();
  const auto* warnings = record == nullptr ? nullptr : record->if_contains("warnings");
  if (warnings == nullptr) {
    return topology::make_error(topology::Errc::parse_error, "it is not in the form of a stored observation");
  }
  Reader reader;
  StoredObservation observation;
  bool good = true;
  if (const auto* instance = record->if_contains("instance")) {
    auto measured = std::make_shared<topology::Instance>();
    good = reader.read(*instance, *measured);
    observation.instance = std::move(measured);
  }
  if (!good || !reader.read(*warnings, observation.warnings)) {
    return topology::make_error(topology::Errc::parse_error,
                                "the value of '" + std::string(reader.wrong()) + "' has the wrong type or range");
  }
  return observation;
}

}  // namespace orchestrator
