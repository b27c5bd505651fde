// Writes the table of keys as Markdown.
#include "configuration/reference.hpp"

#include <fmt/format.h>

#include "configuration/key.hpp"

namespace orchestrator {
namespace {

constexpr std::string_view introduction = R"(# Configuration

<!-- Made from the table of keys in apps/orchestrator/configuration; a test tells how to make it again. -->

The server reads one JSON object from the file given with `-config FILE`, which has to exist. Without `-config` it
reads `/etc/orchestrator.conf.json`, `conf/orchestrator.conf.json` and `orchestrator.conf.json`, each on top of the
former, and skips those that do not exist; with none of them it runs on the defaults.

- Names match without case. An unknown name is a warning that says which known one is nearest; a name twice, a wrong
  type or a value out of range is an error with file, line and column, and all errors are shown at once. `null` is the
  default. A file has at most 1 MiB of UTF-8.
- The values `${NAME}` of `MySQLTopologyPassword` and `MySQLOrchestratorPassword` are taken from the environment, when
  that is the whole value; a variable that is not set is an error.
- A credentials file has the form of a MySQL option file: `user` and `password` in a `[client]` section. What it has
  replaces the keys of the configuration file; what it lacks leaves them alone.
- Regular expressions have the RE2 syntax, that of the Go program, and match anywhere in the text unless anchored.
- SIGHUP and `/api/reload-configuration` read the same files again, from the defaults and not on top of the running
  values: a key taken out of a file goes back to its default, as after a restart. Keys marked *restart* keep their
  value until then, with a warning. After an error everything stays as it was.
- A reload also reads again what the keys name: credentials files, and the TLS files (certificates, keys, authorities)
  of connections to the topology's servers and to Consul, also where the key itself is marked *restart*. Connections to
  the servers are made anew at once; what Consul's agent is asked goes over a new connection. A Consul TLS file that
  cannot be used is named in the log, and the one read before stays in use.
- *Effect* tells what this release does with a key: *none* means that it is accepted, listed at start, and changes
  nothing; *refused* means that any value but the default is an error, since ignoring it would be unsafe.

Where this differs from the Go program: a file that sets only `RecoveryPeriodBlockMinutes` is honoured; of two names of
one setting, either one counts, and two different values for them in one file are an error; the default state database
is SQLite.
)";

std::string escape_cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

std::string_view name_of(Effect effect) {
  switch (effect) {
    case Effect::honoured:
      return "yes";
    case Effect::none:
      return "none";
    case Effect::refused:
      return "refused";
  }
  return "";
}

std::string type_of(const Key& key) {
  const bool number = key.field.type == "integer" || key.field.type == "number" || key.field.type == "port";
  const bool bounded = number && key.limits.max < key.field.limits.max;
  if (bounded) return fmt::format("{} {}…{}", key.field.type, key.limits.min, key.limits.max);
  if (number && key.limits.min != 0 && key.field.type != "port")
    return fmt::format("{} ≥ {}", key.field.type, key.limits.min);
  return std::string(key.field.type);
}

std::string row_of(const Key& key) {
  static const Configuration defaults;
  std::string value;
  key.field.print(defaults, value);
  return fmt::format("| {} | {} | `{}` | {} | {} | {} |\n", key.name, escape_cell(type_of(key)), escape_cell(value),
                     key.reload == Reload::live ? "reload" : "restart", name_of(key.effect), escape_cell(key.meaning));
}

}  // namespace

std::string configuration_reference() {
  std::string page(introduction);
  for (const Section& section : configuration_sections()) {
    page += fmt::format("\n## {}\n\n| Key | Type | Default | Changed by | Effect | Meaning |\n", section.title);
    page += "|---|---|---|---|---|---|\n";
    for (const Key& key : section.keys) page += row_of(key);
  }
  page += "\n## Names that no longer exist\n\nAccepted with a warning, and ignored:";
  const char* separator = " ";
  for (const auto name : deprecated_keys()) {
    page += fmt::format("{}`{}`", separator, name);
    separator = ", ";
  }
  return page + ".\n";
}

}  // namespace orchestrator
