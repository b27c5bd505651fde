// What Consul's HTTP API sends and receives, as values; no I/O.
#include "consul/wire.hpp"

#include <boost/json.hpp>
#include <cstdint>

#include "consul/base64.hpp"

namespace kvstore::consul {
namespace {

namespace json = boost::json;

bool is_unreserved(char c) {  // RFC 3986, section 2.3
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

void append_encoded(std::string& target, std::string_view text, std::string_view kept) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c) || kept.find(c) != std::string_view::npos) {
      target += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    target += {'%', hex[byte >> 4], hex[byte & 15]};
  }
}

json::object encode(const Put& write) {
  json::object kv{{"Verb", write.expected ? "cas" : "set"}, {"Key", write.key}, {"Value", base64_encode(write.value)}};
  if (write.expected) kv["Index"] = static_cast<std::uint64_t>(*write.expected);
  return kv;
}

json::object encode(const Delete& removal) {
  json::object kv{{"Verb", removal.expected ? "delete-cas" : "delete"}, {"Key", removal.key}};
  if (removal.expected) kv["Index"] = static_cast<std::uint64_t>(*removal.expected);
  return kv;
}

json::object encode(const Check& check) {
  if (check.expected == Version::absent) return {{"Verb", "check-not-exists"}, {"Key", check.key}};
  return {{"Verb", "check-index"}, {"Key", check.key}, {"Index", static_cast<std::uint64_t>(check.expected)}};
}

Error unexpected(const char* what) {
  return make_error(Errc::protocol_error, std::string("the answer is not Consul's: ") + what);
}

Result<json::array> parse_array(const std::string& body) {
  boost::system::error_code error;
  json::value document = json::parse(body, error);
  if (error) return unexpected("it is not JSON");
  if (!document.is_array()) return unexpected("it is not a list");
  return std::move(document.get_array());
}

std::optional<Version> version_in(const json::object& item) {
  const json::value* index = item.if_contains("ModifyIndex");
  if (index == nullptr) return std::nullopt;
  boost::system::error_code error;
  const auto number = index->to_number<std::uint64_t>(error);
  if (error || number == 0) return std::nullopt;
  return Version{number};
}

// An empty value comes as null.
std::optional<std::string> value_in(const json::object& item) {
  const json::value* value = item.if_contains("Value");
  if (value == nullptr || value->is_null()) return std::string();
  if (!value->is_string()) return std::nullopt;
  return base64_decode(value->get_string());
}

Result<Entry> decode_entry(const json::value& value) {
  const json::object* item = value.if_object();
  if (item == nullptr) return unexpected("an entry is not an object");
  const json::value* key = item->if_contains("Key");
  if (key == nullptr || !key->is_string()) return unexpected("an entry has no key");
  const auto version = version_in(*item);
  if (!version) return unexpected("an entry has no ModifyIndex");
  auto text = value_in(*item);
  if (!text) return unexpected("a value is not base64");
  return Entry{std::string(key->get_string()), std::move(*text), *version};
}

// The "What" of one refused operation; empty if it has none.
std::string refusal_text(const json::value& item) {
  const json::object* object = item.if_object();
  const json::value* what = object != nullptr ? object->if_contains("What") : nullptr;
  return what != nullptr && what->is_string() ? std::string(what->get_string()) : std::string();
}

}  // namespace

std::string make_target(std::string_view path, const Query& query) {
  std::string target;
  append_encoded(target, path, "/");
  char separator = '?';
  for (const auto& [name, value] : query) {
    target += separator;
    target += name;
    separator = '&';
    if (!value) continue;
    target += '=';
    append_encoded(target, *value, "");
  }
  return target;
}

std::string encode_transaction(const Transaction& transaction) {
  json::array operations;
  for (const Operation& operation : transaction) {
    json::object kv = std::visit([](const auto& one) { return encode(one); }, operation);
    operations.emplace_back(json::object{{"KV", std::move(kv)}});
  }
  return json::serialize(operations);
}

Result<std::vector<Entry>> decode_entries(const std::string& body) {
  auto items = parse_array(body);
  if (!items) return items.error();
  std::vector<Entry> entries;
  entries.reserve(items->size());
  for (const json::value& item : *items) {
    auto entry = decode_entry(item);
    if (!entry) return entry.error();
    entries.push_back(std::move(*entry));
  }
  return entries;
}

Result<std::vector<std::string>> decode_datacenters(const std::string& body) {
  auto items = parse_array(body);
  if (!items) return items.error();
  std::vector<std::string> names;
  for (const json::value& item : *items) {
    if (!item.is_string()) return unexpected("a datacenter is not a name");
    names.emplace_back(item.get_string());
  }
  return names;
}

bool is_committed(const std::string& body) {
  boost::system::error_code error;
  const json::value document = json::parse(body, error);
  const json::object* object = error ? nullptr : document.if_object();
  if (object == nullptr || !object->contains("Results")) return false;
  const json::value* errors = object->if_contains("Errors");
  return errors == nullptr || errors->is_null();
}

Refusal decode_refusal(const std::string& body) {
  boost::system::error_code error;
  const json::value document = json::parse(body, error);
  const json::object* object = error ? nullptr : document.if_object();
  const json::value* errors = object != nullptr ? object->if_contains("Errors") : nullptr;
  if (errors == nullptr || !errors->is_array() || errors->get_array().empty()) return {Errc::conflict, one_line(body)};
  Refusal refusal;
  for (const json::value& item : errors->get_array()) {
    const std::string text = refusal_text(item);
    if (refusal.text.empty()) refusal.text = one_line(text);
    // Consul answers 409 to a stale index and to a missing permission alike; only the text tells them apart.
    if (text.find("Permission denied") != std::string::npos) refusal = {Errc::access_denied, one_line(text)};
  }
  return refusal;
}

Errc errc_of_status(unsigned status, Effect effect) {
  const bool is_write = effect == Effect::write;
  if (status >= 500) return is_write ? Errc::outcome_unknown : Errc::store_failed;
  if (status < 300) return is_write ? Errc::outcome_unknown : Errc::protocol_error;
  switch (status) {
    case 400:
      return Errc::invalid_argument;
    case 401:
    case 403:
      return Errc::access_denied;
    case 409:
      return Errc::conflict;
    case 413:
      return Errc::too_large;
    case 429:
      return Errc::busy;
    default:
      return Errc::protocol_error;
  }
}

std::string one_line(std::string_view body) {
  constexpr std::size_t max_bytes = 200;
  std::string line;
  for (const char c : body.substr(0, max_bytes)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_blank = byte <= 0x20 || byte >= 0x7F;
    if (!is_blank) line += c;
    if (is_blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace kvstore::consul
