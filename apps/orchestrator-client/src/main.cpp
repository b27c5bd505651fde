// The entry point of orchestrator-client: process arguments, environment and streams around run().
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <span>
#include <string>

#include "client/profile.hpp"
#include "client/run.hpp"

namespace {

using namespace orchestrator::client;

constexpr const char* default_profile = "/etc/profile.d/orchestrator-client.sh";
constexpr std::array variable_names{
    "ORCHESTRATOR_API",     "ORCHESTRATOR_INSTANCE",         "ORCHESTRATOR_AUTH_USER", "ORCHESTRATOR_AUTH_PASSWORD",
    "ORCHESTRATOR_CA_FILE", "ORCHESTRATOR_AUTH_USER_HEADER", "ORCHESTRATOR_TIMEOUT",   "ORCHESTRATOR_INSECURE"};

void complain(const std::string& message) {
  std::fprintf(stderr, "orchestrator-client[%ld]: %s\n", static_cast<long>(getpid()), message.c_str());
}

// The environment, completed by the settings file.
Variables read_variables() {
  Variables variables;
  for (const char* name : variable_names) {
    if (const char* value = std::getenv(name)) variables.emplace(name, value);
  }
  const char* chosen = std::getenv("ORCHESTRATOR_CLIENT_PROFILE");
  const std::string path = chosen != nullptr ? chosen : default_profile;
  std::ifstream file(path, std::ios::binary);
  if (!file) return variables;
  Profile profile = parse_profile(std::string(std::istreambuf_iterator<char>(file), {}));
  for (const auto& [name, place] : profile.not_taken) {
    if (!variables.contains(name)) complain(path + ", " + place + ": " + name + " needs a shell to be read; ignored");
  }
  variables.merge(profile.variables);  // keeps what is there
  return variables;
}

// Takes a secret out of the process list.
void overwrite(char* argument) {
  std::memset(argument, '\0', std::strlen(argument));
}

// False when the result could not be written completely, a full disk or a closed pipe.
bool print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return true;
  // Who closed the pipe has seen enough; a message would be noise.
  if (errno != EPIPE) complain(std::string("Cannot write the result: ") + std::strerror(errno));
  return false;
}

int report(const Failure& failure) {
  if (failure.speaker == Speaker::client) {
    complain(failure.message);
  } else if (!failure.message.empty()) {
    std::fprintf(stderr, "%s\n", failure.message.c_str());
  }
  print(failure.output);
  return EXIT_FAILURE;
}

}  // namespace

int main(int count, char* arguments[]) try {
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> words(arguments + (count > 0 ? 1 : 0), arguments + count);
  const auto options = parse_options(words, read_variables());
  if (!options) return report(options.error());
  for (const std::size_t secret : options->secret_arguments) overwrite(arguments[secret + 1]);
  const auto output = run(*options);
  if (!output) return report(output.error());
  return print(*output) ? EXIT_SUCCESS : EXIT_FAILURE;
} catch (const std::exception& problem) {
  complain(problem.what());
  return EXIT_FAILURE;
}
