// Reading of version texts, and which version can do what.
#include "topology/server_version.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace topology {
namespace {

char to_lower(char letter) noexcept {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool contains_word(std::string_view text, std::string_view lower_case_word) noexcept {
  const auto found = std::search(text.begin(), text.end(), lower_case_word.begin(), lower_case_word.end(),
                                 [](char letter, char wanted) { return to_lower(letter) == wanted; });
  return found != text.end();
}

bool is_digit(char letter) noexcept {
  return letter >= '0' && letter <= '9';
}

// Takes a number from the front; a number too large for the field counts as the largest.
std::uint16_t take_number(std::string_view& text) noexcept {
  std::uint16_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return code == std::errc::result_out_of_range ? std::numeric_limits<std::uint16_t>::max() : value;
}

VersionNumber parse_number(std::string_view text) noexcept {
  constexpr std::string_view replication_prefix = "5.5.5-";
  if (text.starts_with(replication_prefix) && text.size() > replication_prefix.size() &&
      is_digit(text[replication_prefix.size()])) {
    text.remove_prefix(replication_prefix.size());
  }
  VersionNumber number;
  for (auto* part : {&number.major, &number.minor, &number.patch}) {
    if (text.empty() || !is_digit(text.front())) {
      break;
    }
    *part = take_number(text);
    if (!text.starts_with('.')) {
      break;
    }
    text.remove_prefix(1);
  }
  return number;
}

Flavour decide_flavour(std::string_view version, std::string_view comment) noexcept {
  if (contains_word(version, "maxscale")) {
    return Flavour::maxscale;
  }
  if (contains_word(version, "mariadb") || contains_word(comment, "mariadb")) {
    return Flavour::mariadb;
  }
  if (contains_word(version, "percona") || contains_word(comment, "percona")) {
    return Flavour::percona;
  }
  return Flavour::mysql;
}

// MySQL or Percona, whose numbers mean the same.
bool is_mysql_at_least(const ServerVersion& version, VersionNumber number) noexcept {
  switch (version.flavour) {
    case Flavour::mysql:
    case Flavour::percona:
      return version.number >= number;
    case Flavour::mariadb:
    case Flavour::maxscale:
      return false;
  }
  return false;
}

}  // namespace

std::string_view to_string(Flavour flavour) noexcept {
  switch (flavour) {
    case Flavour::mysql:
      return "MySQL";
    case Flavour::percona:
      return "Percona";
    case Flavour::mariadb:
      return "MariaDB";
    case Flavour::maxscale:
      return "MaxScale";
  }
  return "";
}

std::string ServerVersion::major_version() const {
  return std::to_string(number.major) + "." + std::to_string(number.minor);
}

bool ServerVersion::is_ndb_cluster() const noexcept {
  return contains_word(text, "-ndb-") || contains_word(text, "-cluster") || contains_word(comment, "mysql cluster");
}

bool ServerVersion::has_replica_words() const noexcept {
  return is_mysql_at_least(*this, {8, 0, 26});
}

bool ServerVersion::has_binary_log_status() const noexcept {
  return is_mysql_at_least(*this, {8, 4, 0});
}

bool ServerVersion::has_performance_schema_processlist() const noexcept {
  return is_mysql_at_least(*this, {8, 0, 22});
}

bool ServerVersion::has_mysql_gtid() const noexcept {
  return is_mysql_at_least(*this, {5, 6, 0});
}

bool ServerVersion::has_tagged_gtid() const noexcept {
  return is_mysql_at_least(*this, {8, 3, 0});
}

bool ServerVersion::has_group_replication() const noexcept {
  return is_mysql_at_least(*this, {8, 0, 0});
}

ServerVersion parse_server_version(std::string_view version, std::string_view version_comment) {
  return {.flavour = decide_flavour(version, version_comment),
          .number = parse_number(version),
          .text = std::string(version),
          .comment = std::string(version_comment)};
}

}  // namespace topology
