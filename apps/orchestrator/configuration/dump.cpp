// Prints a configuration as JSON.
#include "configuration/configuration.hpp"
#include "configuration/key.hpp"

namespace orchestrator {

std::string dump_configuration(const Configuration& configuration) {
  std::string json = "{";
  const char* separator = "\n";
  for (const Section& section : configuration_sections()) {
    for (const Key& key : section.keys) {
      json += separator;
      json += "  \"" + std::string(key.name) + "\": ";
      key.field.print(configuration, json);
      separator = ",\n";
    }
  }
  return json + "\n}\n";
}

}  // namespace orchestrator
