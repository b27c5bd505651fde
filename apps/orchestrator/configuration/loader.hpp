// Loads and reloads the configuration from files and environment.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "configuration/configuration.hpp"
#include "configuration/diagnostic.hpp"

namespace orchestrator {

// The value of an environment variable, or nothing.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
[[nodiscard]] Environment process_environment();

enum class MissingFile {
  skip,
  refuse,
};

// Read in order, each on top of the former. When none exists the defaults are used.
struct ConfigurationFiles {
  std::vector<std::filesystem::path> paths;
  MissingFile missing = MissingFile::skip;
};

// /etc/orchestrator.conf.json, conf/orchestrator.conf.json, orchestrator.conf.json.
[[nodiscard]] ConfigurationFiles default_configuration_files();
// The file given with -config, which has to exist.
[[nodiscard]] ConfigurationFiles only_configuration_file(std::filesystem::path path);

// configuration is empty exactly when the diagnostics hold an error.
struct [[nodiscard]] LoadOutcome {
  std::optional<Configuration> configuration;
  Diagnostics diagnostics;
};

// Reads the files, the credentials files they name and the environment, then applies the rules. Blocks for the file
// system (for a pipe at most 5 s). Keeps nothing between calls.
LoadOutcome load_configuration(const ConfigurationFiles& files, const Environment& environment);

// Loads again, from the defaults and not on top of current: a key taken out of a file goes back to its default, so that
// a reload ends where a restart would. Keys that are read only at start keep their current value and are named in a
// warning. Changed keys are named, without values, in a remark. After an error the caller keeps what it has.
LoadOutcome reload_configuration(const Configuration& current, const ConfigurationFiles& files,
                                 const Environment& environment);

// All diagnostics as lines, and a last line that says whether the configuration can be used.
[[nodiscard]] std::string report_of(const LoadOutcome& outcome);

}  // namespace orchestrator
