// Joins files, credentials, environment and rules into a configuration.
#include "configuration/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "configuration/credentials.hpp"
#include "configuration/key.hpp"
#include "configuration/parser.hpp"
#include "configuration/rules.hpp"
#include "configuration/text_file.hpp"

namespace orchestrator {
namespace {

constexpr std::size_t largest_credentials_file = 64 * 1024;

class Loader {
 public:
  Loader(const ConfigurationFiles& files, const Environment& environment) : files_(files), environment_(environment) {}

  LoadOutcome load() {
    for (const auto& path : files_.paths) read_file(path);
    auto& values = draft_.values;
    read_credentials("MySQLOrchestratorCredentialsConfigFile", values.backend.credentials_file, values.backend.user,
                     values.backend.password);
    read_credentials("MySQLTopologyCredentialsConfigFile", values.topology.credentials_file, values.topology.user,
                     values.topology.password);
    expand("MySQLOrchestratorPassword", values.backend.password);
    expand("MySQLTopologyPassword", values.topology.password);
    place_data_file();
    append(apply_rules(draft_));
    LoadOutcome outcome;
    if (!has_error(diagnostics_)) outcome.configuration = std::move(values);
    outcome.diagnostics = std::move(diagnostics_);
    return outcome;
  }

 private:
  void read_file(const std::filesystem::path& path) {
    const auto file = read_text_file(path, {.bytes = largest_configuration_file});
    if (file.status == ReadStatus::missing && files_.missing == MissingFile::skip) return;
    if (file.status != ReadStatus::ok) {
      diagnostics_.push_back({Severity::error, path.string(), {}, 0, 0, file.error});
      return;
    }
    auto parsed = parse_configuration(file.text, path.string(), std::move(draft_));
    draft_ = std::move(parsed.draft);
    append(std::move(parsed.diagnostics));
    if (file.world_readable) warn_of_readable_secrets(path.string());
  }

  void warn_of_readable_secrets(const std::string& file) {
    for (const Section& section : configuration_sections()) {
      for (const Key& key : section.keys) {
        const auto origin = draft_.origins.find(key.name);
        if (!key.field.secret || origin == draft_.origins.end() || origin->second.file != file) continue;
        std::string shown;
        key.field.print(draft_.values, shown);
        if (shown == "\"\"" || is_variable(key)) continue;
        diagnostics_.push_back({Severity::warning, file, std::string(key.name), origin->second.line, 0,
                                "is a secret in a file that everybody can read"});
      }
    }
  }

  [[nodiscard]] bool is_variable(const Key& key) const {
    if (key.name == "MySQLTopologyPassword") return variable_name(draft_.values.topology.password).has_value();
    if (key.name == "MySQLOrchestratorPassword") return variable_name(draft_.values.backend.password).has_value();
    return false;
  }

  void read_credentials(std::string_view key, const std::string& path, std::string& user, Secret& password) {
    if (path.empty()) return;
    const auto file = read_text_file(path, {.bytes = largest_credentials_file});
    if (file.status != ReadStatus::ok) return report(Severity::error, key, fmt::format("{}: {}", path, file.error));
    if (file.world_readable) report(Severity::warning, key, fmt::format("everybody can read {}", path));
    auto credentials = parse_credentials(file.text, path);
    if (credentials.user) user = std::move(*credentials.user);
    if (credentials.password) password = std::move(*credentials.password);
    append(std::move(credentials.diagnostics));
  }

  // The name between "${" and "}" when that is the whole text.
  static std::optional<std::string> variable_name(const Secret& secret) {
    const std::string_view text = secret.reveal();
    if (!text.starts_with("${") || !text.ends_with("}")) return std::nullopt;
    return std::string(text.substr(2, text.size() - 3));
  }

  void expand(std::string_view key, Secret& secret) {
    const auto name = variable_name(secret);
    if (!name) return;
    auto value = name->empty() ? std::nullopt : environment_(*name);
    if (!value) return report(Severity::error, key, fmt::format("the environment variable {} is not set", *name));
    if (value->empty()) report(Severity::warning, key, fmt::format("the environment variable {} is empty", *name));
    secret = Secret(std::move(*value));
  }

  // systemd tells a service where its StateDirectory= is; of several the first is taken.
  void place_data_file() {
    if (draft_.origins.contains("SQLite3DataFile")) return;
    const auto directories = environment_("STATE_DIRECTORY");
    if (!directories || directories->empty()) return;
    const std::filesystem::path directory = directories->substr(0, directories->find(':'));
    draft_.values.backend.sqlite_file = (directory / draft_.values.backend.sqlite_file).string();
  }

  void report(Severity severity, std::string_view key, std::string message) {
    Diagnostic diagnostic{severity, {}, std::string(key), 0, 0, std::move(message)};
    if (const auto origin = draft_.origins.find(key); origin != draft_.origins.end()) {
      diagnostic.file = origin->second.file;
      diagnostic.line = origin->second.line;
      diagnostic.column = origin->second.column;
    }
    diagnostics_.push_back(std::move(diagnostic));
  }

  void append(Diagnostics more) {
    diagnostics_.insert(diagnostics_.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }

  const ConfigurationFiles& files_;
  const Environment& environment_;
  Draft draft_;
  Diagnostics diagnostics_;
};

void add_name(std::string& list, std::string_view name) {
  if (!list.empty()) list += ", ";
  list += name;
}

}  // namespace

Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

ConfigurationFiles default_configuration_files() {
  return {{"/etc/orchestrator.conf.json", "conf/orchestrator.conf.json", "orchestrator.conf.json"}, MissingFile::skip};
}

ConfigurationFiles only_configuration_file(std::filesystem::path path) {
  return {{std::move(path)}, MissingFile::refuse};
}

LoadOutcome load_configuration(const ConfigurationFiles& files, const Environment& environment) {
  return Loader(files, environment).load();
}

LoadOutcome reload_configuration(const Configuration& current, const ConfigurationFiles& files,
                                 const Environment& environment) {
  auto outcome = load_configuration(files, environment);
  if (!outcome.configuration) return outcome;
  std::string changed;
  std::string waiting;
  for (const Section& section : configuration_sections()) {
    for (const Key& key : section.keys) {
      if (!key.synonym_of.empty() || key.field.equal(current, *outcome.configuration)) continue;
      if (key.reload == Reload::live) {
        add_name(changed, key.name);
      } else {
        add_name(waiting, key.name);
        key.field.copy(*outcome.configuration, current);
      }
    }
  }
  if (!waiting.empty()) {
    outcome.diagnostics.push_back({Severity::warning, {}, {}, 0, 0, "changed, but read only at start: " + waiting});
  }
  outcome.diagnostics.push_back(
      {Severity::info, {}, {}, 0, 0, changed.empty() ? "nothing has changed" : "changed: " + changed});
  return outcome;
}

std::string report_of(const LoadOutcome& outcome) {
  const auto errors = std::count_if(outcome.diagnostics.begin(), outcome.diagnostics.end(),
                                    [](const Diagnostic& d) { return d.severity == Severity::error; });
  return to_lines(outcome.diagnostics) +
         (errors == 0 ? std::string("the configuration can be used\n")
                      : fmt::format("the configuration cannot be used: {} error{}\n", errors, errors == 1 ? "" : "s"));
}

}  // namespace orchestrator
