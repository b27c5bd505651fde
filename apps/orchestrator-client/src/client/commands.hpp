// The commands of the client, as data.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "client/failure.hpp"
#include "client/options.hpp"

namespace orchestrator::client {

// What a command prints on standard output, made of the server's answer.
enum class Output {
  help,                 // the options and the commands; asks no server
  api_url,              // the API in use; asks no server beyond the leader search
  raw_json,             // the answer as it came
  nothing,              // no output
  details_key,          // host:port of the answer's Details
  asked_key,            // host:port of -i, once the server has accepted it
  details_keys,         // host:port of each key in the answer's Details
  details_text,         // the answer's Details, a text
  details_line,         // the same of one line
  details_line_if_any,  // the same, or no output when it is empty
  details_pairs,        // key:value of each pair in the answer's Details
  key,                  // host:port of the instance
  keys,                 // host:port of each instance, one a line
  keys_matching,        // the same, of the instances whose host:port matches the regular expression
  keys_broken,          // the same, of the instances that have a stopped replication thread and an error
  key_if_replicating,   // host:port when both replication threads run, else no output
  key_if_stopped,       // host:port when both replication threads are stopped, else no output
  master_key,           // host:port of the instance's master; `:0` when it has none
  field,                // one field of the answer
  field_of_each,        // that field of each element, one a line
  names_and_aliases,    // name,alias of each cluster, one a line
  most_frequent_field,  // the most frequent value of that field
  text,                 // the answer, a text
  texts,                // the answer's texts, one a line
  rules,                // host:port and promotion rule of each candidate, one a line
  leader,               // the answer, a text; when it is empty there is no leader, which is a failure
  leader_hostname,      // the Hostname of the answer's Details, if the server that answered leads
};

enum class Effect {
  reads,
  changes,  // makes the server do something: a lost answer leaves it unknown whether it was done
};

struct Command {
  std::string_view name;
  std::string_view section;
  Effect effect;
  // The request's path below /api; empty when there is none. Placeholders: {instance} = host/port of -i; {cluster} =
  // -a, else -i as it is written; {/alias} = /alias when -a is given; {/cluster} = /cluster when either is; {search} =
  // -pattern, else -i; {path} = -P; {instances} = all instances of -i; {owner}, {reason}, {duration}, {rule}, {tag},
  // {pool}, {/pool} and {hostname} are the options of that name.
  std::string_view endpoint;
  Output output;
  std::string_view field;  // for the outputs that name a field
  std::string_view summary;
};

std::span<const Command> commands();

// Commands of earlier releases that the server cannot carry out yet.
std::span<const std::string_view> unavailable_commands();

// Finds a command by name; `slave` in a name means `replica`. The failure of an unknown one names the nearest.
Result<Command> find_command(std::string_view name);

// The path that the command requests with these options, encoded. Fails when a needed option is missing or malformed,
// so that nothing is sent.
Result<std::string> request_path(const Command& command, const Options& options);

// The text that selects: -pattern, else -i.
std::string_view search_text(const Options& options);

}  // namespace orchestrator::client
