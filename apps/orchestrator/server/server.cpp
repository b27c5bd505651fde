// Puts the parts together, starts and stops them.
#include "server/server.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <memory>
#include <optional>
#include <random>
#include <utility>

#include "api/api.hpp"
#include "http/application.hpp"
#include "http/server.hpp"
#include "server/api_ports.hpp"
#include "server/api_settings.hpp"
#include "server/fleet_settings.hpp"
#include "server/logging.hpp"
#include "server/observation_log.hpp"
#include "server/publishing.hpp"
#include "server/recorder.hpp"
#include "state/sqlite_database.hpp"
#include "state/state_service.hpp"
#include "topology/discovery.hpp"

namespace orchestrator {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds grace_for_requests{2};

std::string machine_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

std::string new_token() {
  std::random_device device;
  std::string token;
  for (int word = 0; word < 8; ++word) {
    token += fmt::format("{:08x}", device());
  }
  return token;
}

}  // namespace

// Everything lives on one event loop, except what blocks: the state's database has a thread of its own.
class Server {
 public:
  Server(const ServeCommand& command, Configuration configuration, ConfigurationFiles files)
      : command_(command),
        configuration_(std::move(configuration)),
        files_(std::move(files)),
        hostname_(machine_name()),
        settings_(api_settings(configuration_, hostname_)),
        signals_(context_, SIGINT, SIGTERM, SIGHUP),
        tick_(context_) {}

  int run();

 private:
  bool make_parts();
  bool listen();
  topology::DiscoveryPolicy policy() const;
  std::shared_ptr<const api::ApiServices> make_services();
  asio::awaitable<void> live();
  asio::awaitable<bool> start();
  asio::awaitable<void> stop();
  asio::awaitable<void> count_queue();
  void reload();
  void fail(const std::string& reason);

  ServeCommand command_;
  Configuration configuration_;
  ConfigurationFiles files_;
  std::string hostname_;
  std::shared_ptr<const api::ApiSettings> settings_;
  int exit_status_ = 0;

  asio::io_context context_{1};
  asio::signal_set signals_;
  asio::steady_timer tick_;
  std::unique_ptr<state::StateService> state_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<topology::Discovery> discovery_;
  std::unique_ptr<Publishing> publishing_;
  std::optional<DiscoveredFleet> fleet_;
  std::optional<StoreSubmission> submission_;
  api::QueueHistory queue_{static_cast<std::size_t>(configuration_.discovery.queue_max_statistics_size)};
  std::shared_ptr<const api::ApiServices> services_;
  std::optional<http::Application> application_;
  std::unique_ptr<http::Server> http_;
};

void Server::fail(const std::string& reason) {
  spdlog::error("orchestrator cannot start: {}", reason);
  exit_status_ = 1;
}

topology::DiscoveryPolicy Server::policy() const {
  auto policy = discovery_policy(configuration_);
  policy.probing = command_.discovery ? topology::Probing::continuous : topology::Probing::on_request;
  return policy;
}

bool Server::make_parts() {
  auto database = state::open_sqlite({.file = configuration_.backend.sqlite_file});
  if (!database) {
    fail(database.error().message());
    return false;
  }
  state_ = std::make_unique<state::StateService>(std::make_unique<state::State>(std::move(*database)));
  const auto picture = [this] { return discovery_->topology(); };
  recorder_ = std::make_unique<Recorder>(context_.get_executor(), *state_, picture);
  topology::DiscoveryEvents events;
  events.on_observed = [this](const topology::Observation& now, const topology::Observation* before) {
    for (const auto& line : lines_about(now, before)) {
      spdlog::log(line.level == LogLine::Level::info ? spdlog::level::info : spdlog::level::warn, "{}", line.text);
    }
    recorder_->observed(now);
  };
  events.on_forgotten = [this](const topology::InstanceKey& key) {
    spdlog::info("{} is forgotten", key.to_string());
    recorder_->forgotten(key);
  };
  discovery_ = std::make_unique<topology::Discovery>(context_.get_executor(), policy(), probe_settings(configuration_),
                                                     std::move(events));
  auto publishing =
      Publishing::make(context_.get_executor(), {configuration_.kv, configuration_.hostnames.resolve_expiry}, picture);
  if (!publishing) {
    fail(publishing.error().message());
    return false;
  }
  publishing_ = std::move(*publishing);
  return true;
}

std::shared_ptr<const api::ApiServices> Server::make_services() {
  fleet_.emplace(*discovery_, *recorder_);
  submission_.emplace(*publishing_);
  api::ApiServices services{.fleet = *fleet_, .masters = *submission_, .queue = queue_, .node = {}};
  services.node = {.hostname = hostname_,
                   .token = new_token(),
                   .app_version = ORCHESTRATOR_VERSION,
                   .command = "http",
                   .db_backend = configuration_.backend.sqlite_file,
                   .started_at = std::chrono::system_clock::now()};
  services.settings = [this] { return settings_; };
  services.group = [status = group_status(configuration_, hostname_)] { return status; };
  services.trouble = [this] { return recorder_->trouble(); };
  return std::make_shared<const api::ApiServices>(std::move(services));
}

bool Server::listen() {
  services_ = make_services();
  auto hooks = api::make_hooks(services_);
  hooks.log_failure = [](const std::string& line) { spdlog::error("{}", line); };
  application_.emplace(api::make_router(services_, api_paths(configuration_)), authentication_policy(configuration_),
                       std::move(hooks));
  auto options = http_options(configuration_);
  options.log = [](const std::string& line) { spdlog::warn("{}", line); };
  auto server = http::Server::start(context_.get_executor(), std::move(options),
                                    [this](http::Request request) { return application_->handle(std::move(request)); });
  if (!server) {
    fail(server.error().message());
    return false;
  }
  http_ = std::move(*server);
  return true;
}

asio::awaitable<bool> Server::start() {
  const bool made = make_parts();
  if (!made) {
    co_return false;
  }
  auto memory = co_await recorder_->load();
  if (!memory) {
    fail(memory.error().message());
    co_return false;
  }
  const auto known = memory->observations.size();
  discovery_->restore(std::move(*memory));
  const bool listening = listen();
  if (!listening) {
    co_return false;
  }
  for (const auto& seed : configuration_.discovery.seeds) {
    const auto key = topology::parse_instance_key(seed, configuration_.topology.default_instance_port);
    if (key) {
      discovery_->add_seed(*key);
    }
  }
  recorder_->start();
  publishing_->start();
  spdlog::info("orchestrator {} serves on {}; {} instances known from {}", ORCHESTRATOR_VERSION, http_->description(),
               known, configuration_.backend.sqlite_file);
  co_return true;
}

void Server::reload() {
  const auto outcome = reload_configuration(configuration_, files_, process_environment());
  for (const auto& diagnostic : outcome.diagnostics) {
    const auto level = diagnostic.severity == Severity::info ? spdlog::level::info : spdlog::level::warn;
    spdlog::log(level, "{}", diagnostic.to_string());
  }
  if (!outcome.configuration) {
    spdlog::error("the configuration cannot be used; orchestrator keeps its configuration");
    return;
  }
  configuration_ = *outcome.configuration;
  settings_ = api_settings(configuration_, hostname_);
  discovery_->reconfigure(policy(), probe_settings(configuration_));
  publishing_->renew();
  spdlog::info("the configuration was read again");
}

// One sample a second, for the legacy queue metrics.
asio::awaitable<void> Server::count_queue() {
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  for (;;) {
    tick_.expires_after(std::chrono::seconds(1));
    const auto [code] = co_await tick_.async_wait(token);
    if (code) {
      co_return;
    }
    queue_.record({discovery_->active_probes(), discovery_->waiting_probes()});
  }
}

asio::awaitable<void> Server::stop() {
  tick_.cancel();
  if (http_) {
    co_await http_->stop(grace_for_requests);
  }
  if (publishing_) {
    publishing_->stop();
  }
  if (recorder_ && discovery_) {
    recorder_->stop();
    const auto recorded = co_await recorder_->flush();
    if (!recorded) {
      spdlog::error("the latest changes could not be recorded: {}", recorded.error().message());
    }
    discovery_->stop();
  }
}

asio::awaitable<void> Server::live() {
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  const bool started = co_await start();
  if (started) {
    asio::co_spawn(context_, count_queue(), asio::detached);
  }
  bool ended = !started;
  while (!ended) {
    const auto [code, number] = co_await signals_.async_wait(token);
    if (!code && number == SIGHUP) {
      reload();
    } else {
      spdlog::info("orchestrator stops");
      ended = true;
    }
  }
  co_await stop();
  context_.stop();
}

int Server::run() {
  asio::co_spawn(context_, live(), [this](const std::exception_ptr& failure) {
    if (failure) {
      context_.stop();
      std::rethrow_exception(failure);
    }
  });
  context_.run();
  return exit_status_;
}

int serve(const ServeCommand& command, Configuration configuration, const ConfigurationFiles& files) {
  // A client that goes away in the middle of an answer must not end the server.
  std::signal(SIGPIPE, SIG_IGN);
  const auto& general = configuration.general;
  start_logging(general.debug ? Verbosity::debug : command.verbosity, general.enable_syslog ? Syslog::on : Syslog::off);
  int status = 1;
  {
    Server server(command, std::move(configuration), files);
    status = server.run();
  }
  finish_logging();
  return status;
}

}  // namespace orchestrator
