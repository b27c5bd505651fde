// Renders the answers of the API as lines.
#include "client/answer.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "client/instance_argument.hpp"
#include "client/pattern.hpp"

namespace orchestrator::client {
namespace {

namespace json = boost::json;

constexpr std::size_t deepest_json = 64;

// Ends rendering. Caught in render(); never leaves this file.
struct Stop {
  Failure failure;
};

[[noreturn]] void stop_at_shape(const std::string& what) {
  throw Stop{Failure{"unexpected answer: " + what}};
}

template <class T>
T expected(Result<T> result) {
  if (!result) throw Stop{result.error()};
  return *std::move(result);
}

const json::array& list_of(const json::value& value) {
  static const json::array empty;
  if (value.is_null()) return empty;
  if (const json::array* list = value.if_array()) return *list;
  stop_at_shape("a list was expected");
}

const json::value& member(const json::value& value, std::string_view name) {
  const json::object* object = value.if_object();
  const json::value* found = object == nullptr ? nullptr : object->if_contains(name);
  if (found == nullptr) stop_at_shape("no '" + std::string(name) + "' in it");
  return *found;
}

// A text as it is, anything else as JSON.
std::string text_of(const json::value& value) {
  if (const json::string* text = value.if_string()) return std::string(*text);
  return json::serialize(value);
}

std::string text_member(const json::value& value, std::string_view name) {
  return text_of(member(value, name));
}

// An InstanceKey.
std::string key_text(const json::value& key) {
  return display_key(text_member(key, "Hostname"), text_member(key, "Port"));
}

// Of an instance, or of a key by itself.
std::string key_of(const json::value& instance) {
  const json::object* object = instance.if_object();
  const bool is_key = object != nullptr && object->contains("Hostname") && !object->contains("Key");
  return key_text(is_key ? instance : member(instance, "Key"));
}

// That of the server that answered, if it leads.
std::string leader_hostname(const json::value& health) {
  const json::value& details = member(health, "Details");
  if (member(details, "IsRaftLeader") != true) throw Stop{Failure{"Cannot determine raft state: it does not lead"}};
  return text_member(details, "Hostname") + "\n";
}

std::string leader(const json::value& value) {
  const std::string text = text_of(value);
  if (text.empty()) throw Stop{Failure{"Cannot determine raft state: it knows of no leader"}};
  return text + "\n";
}

std::string line_if_any(const std::string& text) {
  return text.empty() ? std::string() : text + "\n";
}

constexpr int thread_stopped = 0;
constexpr int thread_running = 1;

bool both_threads_are(const json::value& instance, int state) {
  return member(instance, "ReplicationSQLThreadState") == state &&
         member(instance, "ReplicationIOThreadState") == state;
}

bool is_broken(const json::value& replica) {
  const bool stopped = member(replica, "Slave_SQL_Running") == false || member(replica, "Slave_IO_Running") == false;
  const bool failed = !text_member(replica, "LastSQLError").empty() || !text_member(replica, "LastIOError").empty();
  return stopped && failed;
}

// Of equally frequent values the greatest, so that the result does not depend on the order of the list.
std::string most_frequent(const json::array& list, std::string_view field) {
  std::map<std::string, std::size_t> counts;
  for (const json::value& element : list) ++counts[text_member(element, field)];
  const auto fewer = [](const auto& left, const auto& right) { return left.second <= right.second; };
  const auto most = std::max_element(counts.begin(), counts.end(), fewer);
  return most == counts.end() ? std::string() : most->first + "\n";
}

template <class Line>
std::string line_each(const json::array& list, Line line) {
  std::string lines;
  for (const json::value& element : list) lines += line(element) + "\n";
  return lines;
}

template <class Condition>
std::string keys_where(const json::array& list, Condition condition) {
  std::string lines;
  for (const json::value& instance : list) {
    if (condition(instance)) lines += key_of(instance) + "\n";
  }
  return lines;
}

std::string lines_of(const Command& command, const Options& options, const json::value& value) {
  switch (command.output) {
    case Output::help:
    case Output::api_url:
    case Output::raw_json:
    case Output::nothing:
      return {};
    case Output::details_key:
      return key_of(member(value, "Details")) + "\n";
    case Output::asked_key: {
      const auto asked = parse_instance(options.instance, options.default_port);
      return asked ? display_key(asked->host, std::to_string(asked->port)) + "\n" : std::string();
    }
    case Output::details_keys:
      return line_each(list_of(member(value, "Details")), key_of);
    case Output::details_line_if_any:
      return line_if_any(text_member(value, "Details"));
    case Output::details_text:
    case Output::details_line:
      return text_member(value, "Details") + "\n";
    case Output::details_pairs:
      return line_each(list_of(member(value, "Details")),
                       [](const auto& pair) { return text_member(pair, "Key") + ":" + text_member(pair, "Value"); });
    case Output::key:
      return key_of(value) + "\n";
    case Output::keys:
      return line_each(list_of(value), key_of);
    case Output::keys_matching: {
      const Pattern pattern = expected(Pattern::compile(search_text(options)));
      return keys_where(list_of(value), [&](const auto& instance) { return pattern.is_in(key_of(instance)); });
    }
    case Output::keys_broken:
      return keys_where(list_of(value), is_broken);
    case Output::key_if_replicating:
      return both_threads_are(value, thread_running) ? key_of(value) + "\n" : std::string();
    case Output::key_if_stopped:
      return both_threads_are(value, thread_stopped) ? key_of(value) + "\n" : std::string();
    case Output::master_key:
      return key_text(member(value, "MasterKey")) + "\n";
    case Output::field:
      return text_member(value, command.field) + "\n";
    case Output::field_of_each:
      return line_each(list_of(value), [&](const auto& element) { return text_member(element, command.field); });
    case Output::names_and_aliases:
      return line_each(list_of(value), [](const auto& cluster) {
        return text_member(cluster, "ClusterName") + "," + text_member(cluster, "ClusterAlias");
      });
    case Output::most_frequent_field:
      return most_frequent(list_of(value), command.field);
    case Output::text:
      return text_of(value) + "\n";
    case Output::texts:
      return line_each(list_of(value), text_of);
    case Output::rules:
      return line_each(list_of(value),
                       [](const auto& rule) { return key_text(rule) + " " + text_member(rule, "PromotionRule"); });
    case Output::leader:
      return leader(value);
    case Output::leader_hostname:
      return leader_hostname(value);
  }
  return {};
}

// The message as shells have always seen it: no single quotes, blanks and line ends squeezed.
std::string one_line(std::string_view message) {
  std::string line;
  bool pending_blank = false;
  for (const char character : message) {
    if (character == '\'') continue;
    if (character == ' ' || (character >= '\t' && character <= '\r')) {
      pending_blank = !line.empty();
      continue;
    }
    if (pending_blank) line += ' ';
    pending_blank = false;
    line += character;
  }
  return line;
}

bool is_error_envelope(const json::value& value) {
  const json::object* object = value.if_object();
  const json::value* code = object == nullptr ? nullptr : object->if_contains("Code");
  return code != nullptr && code->is_string() && code->get_string() == "ERROR";
}

Failure server_failure(const json::value& envelope) {
  const json::object& object = envelope.get_object();
  const json::value* message = object.if_contains("Message");
  const json::value* details = object.if_contains("Details");
  Failure failure{.message = message == nullptr ? std::string("error without a message") : one_line(text_of(*message)),
                  .speaker = Speaker::server};
  if (details != nullptr && !details->is_null()) failure.output = json::serialize(*details) + "\n";
  return failure;
}

std::string status_text(const HttpAnswer& answer) {
  std::string text = std::to_string(answer.status);
  if (!answer.reason.empty()) text += " " + answer.reason;
  if (answer.status == 401) text += " (set ORCHESTRATOR_AUTH_USER and ORCHESTRATOR_AUTH_PASSWORD, or -b user:password)";
  if (answer.status >= 300 && answer.status < 400) text += " (redirects are not followed; give the API's own URL)";
  return text;
}

// The body as it came, on its own line.
std::string with_newline(std::string body) {
  while (!body.empty() && (body.back() == '\n' || body.back() == '\r')) body.pop_back();
  return body + "\n";
}

Result<std::string> raw(const HttpAnswer& answer, const json::value& value) {
  std::string body = with_newline(answer.body);
  if (answer.status >= 200 && answer.status < 300 && !is_error_envelope(value)) return body;
  return Failure{.message = {}, .output = std::move(body), .speaker = Speaker::server};
}

}  // namespace

Result<std::string> render(const Command& command, const Options& options, const HttpAnswer& answer) {
  const bool is_success = answer.status >= 200 && answer.status < 300;
  json::parse_options parsing;
  parsing.max_depth = deepest_json;
  parsing.allow_invalid_utf8 = true;  // messages of database servers may hold any byte
  boost::system::error_code error;
  json::monotonic_resource memory;
  const json::value value = json::parse(answer.body, error, &memory, parsing);
  if (error || answer.status == 401 || (answer.status >= 300 && answer.status < 400)) {
    if (!is_success) return Failure{status_text(answer)};
    return Failure{"the answer is not JSON"};
  }
  if (command.output == Output::raw_json) return raw(answer, value);
  if (is_error_envelope(value)) return server_failure(value);
  if (!is_success) return Failure{status_text(answer)};
  try {
    return lines_of(command, options, value);
  } catch (const Stop& stop) {
    return stop.failure;
  }
}

}  // namespace orchestrator::client
