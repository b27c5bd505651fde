// Starts and talks to a real server.
#include "running_server.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "sandbox/accounts.hpp"
#include "wait_until.hpp"

namespace e2e {

using namespace std::chrono_literals;

namespace {

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

}  // namespace

RunningServer::RunningServer(const Settings& settings) {
  settings_ = {
      {"ListenAddress", quoted("127.0.0.1:" + std::to_string(port_.port()))},
      // The machine's own name may lead to the sandbox; tests want the addresses.
      {"MySQLHostnameResolveMethod", quoted("none")},
      {"BackendDB", quoted("sqlite")},
      {"SQLite3DataFile", quoted(state_file().string())},
      {"MySQLTopologyUser", quoted(sandbox::topology_account().name)},
      {"MySQLTopologyPassword", quoted(sandbox::topology_account().password)},
  };
  configure(settings);
}

void RunningServer::configure(const Settings& settings) {
  for (const auto& [key, value] : settings) {
    settings_[key] = value;
  }
  write();
}

void RunningServer::write() const {
  std::string text = "{";
  for (const auto& [key, value] : settings_) {
    text += (text.size() > 1 ? ",\n " : "\n ") + quoted(key) + ": " + value;
  }
  write_configuration(text + "\n}\n");
}

void RunningServer::write_configuration(const std::string& text) const {
  std::ofstream(configuration_file()) << text;
}

void RunningServer::start(const std::vector<std::string>& launcher) {
  sandbox::ProcessOptions options;
  options.command = launcher;
  for (const auto& word :
       {program("orchestrator"), std::string("-config"), configuration_file().string(), std::string("http")}) {
    options.command.push_back(word);
  }
  options.log = directory_.path() / "log";
  options.working_directory = directory_.path();
  process_.emplace(options);
  const auto serves = [&] { return process_->ended() || get("lb-check").status == 200; };
  if (!support::wait_until(serves, 20s, 5ms) || process_->ended()) {
    throw std::runtime_error("the server does not serve:\n" + log());
  }
}

int RunningServer::stop() {
  const int status = process_->stop(10s);
  process_.reset();
  return status;
}

void RunningServer::kill() {
  process_->kill();
  process_.reset();
}

void RunningServer::signal(int number) {
  process_->signal(number);
}

bool RunningServer::running() {
  return process_ && !process_->ended();
}

std::string RunningServer::url() const {
  return "http://127.0.0.1:" + std::to_string(port_.port());
}

std::string RunningServer::log() const {
  std::ifstream stream(directory_.path() / "log");
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

sandbox::HttpReply RunningServer::get(const std::string& path) const {
  return sandbox::http_request({.port = port_.port(), .target = "/api/" + path, .timeout = 15s});
}

std::string RunningServer::instance(const sandbox::Server& of) const {
  return get("instance/" + of.host() + "/" + std::to_string(of.port())).body;
}

ProgramRun RunningServer::client(const std::vector<std::string>& arguments) const {
  ProgramCall call;
  call.command = {program("orchestrator-client")};
  call.command.insert(call.command.end(), arguments.begin(), arguments.end());
  call.environment["ORCHESTRATOR_API"] = url();
  return run(call);
}

std::string RunningServer::answer(const std::vector<std::string>& arguments) const {
  const auto result = client(arguments);
  if (result.exit_status != 0) {
    throw std::runtime_error("the client failed:\n" + result.output + result.errors);
  }
  return result.output;
}

bool RunningServer::discover(const sandbox::Server& seed, std::size_t instances) {
  static_cast<void>(answer({"-c", "discover", "-i", seed.endpoint()}));
  return support::wait_until(
      [&] { return count_of(get("all-instances").body, R"("IsLastCheckValid":true)") == instances; }, 20s);
}

}  // namespace e2e
