// Parses JSON and hands each member to the key that the table knows for it.
#include "configuration/parser.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <optional>

#include "configuration/json_places.hpp"
#include "configuration/key.hpp"
#include "configuration/utf8.hpp"

namespace orchestrator {
namespace {

namespace json = boost::json;

std::string explain(const json::error_code& error, std::string_view text, std::size_t offset) {
  if (error == json::error::incomplete) return "the file ends in the middle of the JSON text";
  if (error == json::error::extra_data) return "there is more text after the end of the JSON object";
  if (error == json::error::too_deep) return "lists and objects are nested too deeply";
  // The character itself is named only where it cannot be part of a secret.
  constexpr std::string_view punctuation = "{}[],:'/#\"";
  if (offset < text.size() && punctuation.find(text[offset]) != std::string_view::npos) {
    const bool comment = text[offset] == '/' || text[offset] == '#';
    return fmt::format("this is not valid JSON: unexpected {}{}", text[offset],
                       comment ? " (comments are not possible)" : "");
  }
  return "this is not valid JSON: " + error.message();
}

// More than these in one file are counted, not listed: it is hardly a configuration file.
constexpr std::size_t most_unknown_names = 50;

class FileReader {
 public:
  FileReader(std::string_view text, std::string_view file, Draft base) : text_(text), file_(file) {
    outcome_.draft = std::move(base);
  }

  ParseOutcome read() {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
    if (const auto object = parse()) {
      places_ = find_members(text_);
      report_duplicates();
      for (const auto& member : places_.top) read_member(*object, member);
      if (unknown_ > most_unknown_names) {
        report(Severity::warning, {}, 0, fmt::format("{} more unknown names", unknown_ - most_unknown_names));
      }
    }
    return std::move(outcome_);
  }

 private:
  std::optional<json::object> parse() {
    if (text_.size() > largest_configuration_file) {
      report(Severity::error, {}, 0, fmt::format("the file is larger than {} bytes", largest_configuration_file));
      return std::nullopt;
    }
    if (text_.find_first_not_of(" \t\r\n") == std::string_view::npos) {
      report(Severity::error, {}, 0, "the file is empty; it has to hold a JSON object, {} at least");
      return std::nullopt;
    }
    if (const auto bad = find_invalid_utf8(text_)) {
      report(Severity::error, {}, *bad, "the file is not UTF-8");
      return std::nullopt;
    }
    json::parser parser;
    json::error_code error;
    const auto offset = parser.write(text_.data(), text_.size(), error);
    if (error) {
      report(Severity::error, {}, offset, explain(error, text_, offset));
      return std::nullopt;
    }
    auto value = parser.release();
    if (!value.is_object()) {
      report(Severity::error, {}, text_.find_first_not_of(" \t\r\n"), "the file has to hold one JSON object");
      return std::nullopt;
    }
    return std::move(value.get_object());
  }

  void report_duplicates() {
    for (const auto& member : places_.duplicates) {
      report(Severity::error, member.name, member.offset, "the name appears twice in one object");
    }
  }

  void read_member(const json::object& object, const MemberPlace& member) {
    const Key* key = find_key(member.name);
    if (key == nullptr) return report_unknown(member);
    const auto& value = object.at(member.name);
    const auto previous = given_here_.find(key->name);
    if (previous != given_here_.end() && previous->second != member.name) {
      return report(Severity::error, std::string(key->name), member.offset,
                    fmt::format("given twice, as {} and as {}", previous->second, member.name));
    }
    given_here_.emplace(key->name, member.name);
    assign(*key, value, member.offset);
  }

  void assign(const Key& key, const json::value& value, std::size_t offset) {
    static const Configuration defaults;
    Configuration& values = outcome_.draft.values;
    if (value.is_null()) {
      key.field.copy(values, defaults);
      outcome_.draft.origins.erase(std::string(key.name));
      return;
    }
    const std::string_view setting = key.synonym_of.empty() ? key.name : key.synonym_of;
    const auto [other, first] = settings_here_.emplace(setting, key.name);
    std::optional<Configuration> before;
    if (!first) before = values;
    if (auto problem = key.field.assign(values, value, key.limits); !problem.empty()) {
      return report(Severity::error, std::string(key.name), offset, std::move(problem));
    }
    const auto place = place_of(text_, offset);
    outcome_.draft.origins.insert_or_assign(std::string(key.name), Origin{file_, place.line, place.column});
    // Two names of one setting in one file have to agree; in two files the later one counts.
    if (before && other->second != key.name && !key.field.equal(*before, values)) {
      report(Severity::error, std::string(key.name), offset,
             fmt::format("is another name of {}, and the two have different values", other->second));
    }
  }

  void report_unknown(const MemberPlace& member) {
    if (++unknown_ > most_unknown_names) return;
    if (is_deprecated_key(member.name)) {
      return report(Severity::warning, member.name, member.offset, "no longer exists and is ignored");
    }
    const auto nearest = nearest_key(member.name);
    report(Severity::warning, member.name, member.offset,
           nearest.empty() ? std::string("unknown and ignored")
                           : fmt::format("unknown and ignored; did you mean {}?", nearest));
  }

  void report(Severity severity, std::string key, std::size_t offset, std::string message) {
    const auto place = place_of(text_, offset);
    constexpr std::size_t longest_name = 100;
    if (key.size() > longest_name) key = key.substr(0, longest_name) + "…";
    outcome_.diagnostics.push_back({severity, file_, std::move(key), place.line, place.column, std::move(message)});
  }

  std::string_view text_;
  std::string file_;
  ParseOutcome outcome_;
  MemberPlaces places_;
  std::size_t unknown_ = 0;
  std::map<std::string_view, std::string> given_here_;          // table name → name as written
  std::map<std::string_view, std::string_view> settings_here_;  // documented name → first name used for it
};

}  // namespace

ParseOutcome parse_configuration(std::string_view text, std::string_view file_name, Draft base) {
  return FileReader(text, file_name, std::move(base)).read();
}

}  // namespace orchestrator
