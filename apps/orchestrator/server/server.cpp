// Puts the parts together, starts and stops them.
#include "server/server.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <utility>

#include "api/api.hpp"
#include "group/group.hpp"
#include "group/node_name.hpp"
#include "http/application.hpp"
#include "http/leader_client.hpp"
#include "http/server.hpp"
#include "server/api_ports.hpp"
#include "server/api_settings.hpp"
#include "server/backend.hpp"
#include "server/duties.hpp"
#include "server/group_memory.hpp"
#include "server/group_settings.hpp"
#include "server/housekeeping.hpp"
#include "server/logging.hpp"
#include "state/replicated_state.hpp"
#include "state/state_service.hpp"

namespace orchestrator {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds grace_for_requests{2};
// How often a node looks up what the others have said of themselves, and how often it tries to tell its own.
constexpr std::chrono::seconds node_poll{1};
constexpr std::chrono::milliseconds node_retry{100};

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

// Everything lives on one event loop, except what blocks: the state's database and the group's log have threads of
// their own.
class Server {
 public:
  Server(const ServeCommand& command, Configuration configuration, ConfigurationFiles files)
      : command_(command),
        configuration_(std::move(configuration)),
        files_(std::move(files)),
        hostname_(machine_name()),
        settings_(api_settings(configuration_, hostname_)),
        signals_(context_, SIGINT, SIGTERM, SIGHUP),
        tick_(context_),
        changed_(context_, asio::steady_timer::time_point::max()),
        introduction_(context_) {}

  int run();

 private:
  void serve_state();
  bool make_group();
  http::Leadership leadership() const;
  http::Result<std::optional<http::Forwarding>> make_forwarding();
  bool listen();
  std::shared_ptr<const api::ApiServices> make_services();
  std::string leader_uri(const group::GroupStatus& status) const;
  api::GroupStatus group_status() const;
  std::string trouble() const;
  void tell_backend_trouble(const std::string& trouble);
  kvstore::Result<std::shared_ptr<Duties>> make_duties(topology::Probing probing);
  asio::awaitable<void> live();
  asio::awaitable<bool> start();
  asio::awaitable<void> stop();
  asio::awaitable<void> govern();
  asio::awaitable<void> take_up_duties();
  asio::awaitable<void> look_at_state();
  asio::awaitable<void> introduce_itself();
  asio::awaitable<void> learn_nodes();
  asio::awaitable<void> count_queue();
  void reload();
  void fail(const std::string& reason);
  // Wakes govern() and whoever waits for what it does.
  void notice() { changed_.cancel(); }
  asio::awaitable<void> wait_for_change();

  ServeCommand command_;
  Configuration configuration_;
  ConfigurationFiles files_;
  std::string hostname_;
  std::shared_ptr<const api::ApiSettings> settings_;
  int exit_status_ = 0;
  bool stopping_ = false;

  asio::io_context context_{1};
  asio::signal_set signals_;
  asio::steady_timer tick_;
  asio::steady_timer changed_;
  asio::steady_timer introduction_;
  std::unique_ptr<state::State> state_;
  std::unique_ptr<state::ReplicatedState> state_machine_;
  std::unique_ptr<state::StateService> queries_;
  std::unique_ptr<group::Group> group_;
  std::optional<SharedState> shared_;
  std::optional<GroupMemory> memory_;
  std::optional<Housekeeping> housekeeping_;
  std::shared_ptr<Duties> duties_;                      // while this node leads
  std::shared_ptr<const topology::Topology> standby_ =  // what the state showed when it was last looked at
      std::make_shared<const topology::Topology>();
  std::map<std::string, state::GroupNode> nodes_;  // what the nodes of the group have said of themselves, by name
  std::string backend_trouble_;                    // why the state waits for its database; "" when it does not
  std::string failure_;                            // why the group cannot go on here
  std::optional<DiscoveredFleet> fleet_;
  std::optional<StoreSubmission> submission_;
  std::optional<ServerGroup> control_;
  api::QueueHistory queue_{static_cast<std::size_t>(configuration_.discovery.queue_max_statistics_size)};
  std::shared_ptr<const api::ApiServices> services_;
  std::optional<http::Application> application_;
  std::unique_ptr<http::Server> http_;
};

void Server::fail(const std::string& reason) {
  spdlog::error("orchestrator cannot start: {}", reason);
  exit_status_ = 1;
}

// ---- making the parts ----------------------------------------------------------------------------------------------

void Server::serve_state() {
  const auto on_trouble = [this](const std::string& trouble) {
    asio::post(context_, [this, trouble] { tell_backend_trouble(trouble); });
  };
  state_machine_ = std::make_unique<state::ReplicatedState>(*state_, on_trouble);
  queries_ = std::make_unique<state::StateService>(*state_);
}

bool Server::make_group() {
  auto options = group_options(configuration_);
  options.name = configuration_.raft.node_id;
  if (options.name.empty()) {
    options.name = configuration_.raft.enabled ? options.address : hostname_;
  }
  if (!options.folder.empty()) {
    auto name = group::kept_node_name(options.folder, options.name);
    if (!name) {
      fail(name.error().message());
      return false;
    }
    options.name = std::move(*name);
  }
  group::GroupEvents events;
  events.on_leading = [this](bool) { notice(); };
  events.on_news = [](const std::string& line) { spdlog::info("group: {}", line); };
  events.on_failed = [this](const group::Error& error) {
    failure_ = error.message();
    spdlog::critical("this node can take no further part in its group, and ends so as to be started anew: {}",
                     failure_);
    exit_status_ = 1;
    signals_.cancel();
    notice();
  };
  group_ =
      std::make_unique<group::Group>(context_.get_executor(), std::move(options), *state_machine_, std::move(events));
  shared_.emplace(*group_, *queries_);
  memory_.emplace(*shared_, configuration_.general);
  memory_->on_look = [this](const api::Annotations& annotations) {
    if (duties_) {
      duties_->discovery().set_alias_overrides(annotations.cluster_aliases);
    }
  };
  const auto leads = [this] { return duties_ != nullptr; };
  housekeeping_.emplace(context_.get_executor(), *memory_, leads, configuration_);
  return true;
}

kvstore::Result<std::shared_ptr<Duties>> Server::make_duties(topology::Probing probing) {
  return Duties::make(context_.get_executor(), configuration_, *shared_, probing);
}

// As the leader's node has said it in the state; "" until then.
std::string Server::leader_uri(const group::GroupStatus& status) const {
  const auto said = nodes_.find(status.leader_name);
  return said == nodes_.end() ? std::string() : said->second.uri;
}

api::GroupStatus Server::group_status() const {
  const auto status = group_->status();
  const auto own = own_uri(configuration_, hostname_, http_ ? http_->port() : std::uint16_t{0});
  const bool leads = duties_ != nullptr;
  auto known = to_api(status, configuration_, leads ? own : leader_uri(status));
  if (leads) {
    known.role = api::GroupRole::leader;
  } else if (known.role == api::GroupRole::leader) {
    known.role = api::GroupRole::candidate;  // it has not taken up its duties yet
  }
  if (!failure_.empty()) {
    known.role = api::GroupRole::shutdown;
  }
  return known;
}

std::string Server::trouble() const {
  if (!failure_.empty()) {
    return failure_;
  }
  if (!backend_trouble_.empty()) {
    return backend_trouble_;
  }
  const auto status = group_->status();
  if (!status.is_part_of_quorum) {
    return "not part of a quorum: " + status.trouble;
  }
  return duties_ ? duties_->recorder().trouble() : std::string();
}

void Server::tell_backend_trouble(const std::string& trouble) {
  if (trouble.empty()) {
    spdlog::info("the state's database can be written again");
  } else {
    spdlog::error("the state's database cannot be written; what is committed waits for it: {}", trouble);
  }
  backend_trouble_ = trouble;
}

std::shared_ptr<const api::ApiServices> Server::make_services() {
  const auto duties = [this] { return duties_; };
  fleet_.emplace(duties, [this] { return standby_; });
  submission_.emplace(duties);
  control_.emplace(*group_, configuration_.raft.default_port);
  api::ApiServices services{
      .fleet = *fleet_, .masters = *submission_, .control = *control_, .memory = *memory_, .queue = queue_, .node = {}};
  services.node = {.hostname = hostname_,
                   .token = new_token(),
                   .app_version = ORCHESTRATOR_VERSION,
                   .command = "http",
                   .db_backend = backend_name(configuration_.backend),
                   .started_at = std::chrono::system_clock::now()};
  services.settings = [this] { return settings_; };
  services.group = [this] { return group_status(); };
  services.trouble = [this] { return trouble(); };
  return std::make_shared<const api::ApiServices>(std::move(services));
}

http::Leadership Server::leadership() const {
  if (duties_) {
    return http::ThisNodeLeads{};
  }
  const auto status = group_->status();
  auto uri = leader_uri(status);
  if (status.leader_name == status.name || uri.empty()) {
    return http::NobodyLeads{};
  }
  return http::LeaderAt{std::move(uri)};
}

http::Result<std::optional<http::Forwarding>> Server::make_forwarding() {
  if (!configuration_.raft.enabled) {
    return std::optional<http::Forwarding>();
  }
  const auto& tls = configuration_.api_tls;
  http::LeaderClientOptions options;
  options.tls.ca_file = tls.ca_file;
  options.tls.certificate_file = tls.use_mutual_tls ? tls.cert_file : "";
  options.tls.private_key_file = tls.use_mutual_tls ? tls.private_key_file : "";
  options.tls.verification = tls.skip_verify ? http::ServerVerification::skipped : http::ServerVerification::full;
  auto client = http::LeaderClient::make(context_.get_executor(), std::move(options));
  if (!client) {
    return client.error();
  }
  http::Forwarding forwarding;
  forwarding.leadership = [this] { return leadership(); };
  forwarding.client = std::move(*client);
  forwarding.node_name = group_->status().name;
  return std::optional(std::move(forwarding));
}

bool Server::listen() {
  services_ = make_services();
  auto forwarding = make_forwarding();
  if (!forwarding) {
    fail(forwarding.error().message());
    return false;
  }
  auto hooks = api::make_hooks(services_);
  hooks.log_failure = [](const std::string& line) { spdlog::error("{}", line); };
  application_.emplace(api::make_router(services_, api_paths(configuration_)), authentication_policy(configuration_),
                       std::move(hooks), std::move(*forwarding));
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

// ---- leading -------------------------------------------------------------------------------------------------------

asio::awaitable<void> Server::wait_for_change() {
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  [[maybe_unused]] const auto [code] = co_await changed_.async_wait(token);
}

// Takes duties up and lays them down as the group says.
asio::awaitable<void> Server::govern() {
  while (!stopping_) {
    const bool leads = group_->leads();
    if (leads && !duties_) {
      co_await take_up_duties();
    } else if (!leads && duties_) {
      spdlog::warn("this node does not lead any more and lays its duties down");
      standby_ = duties_->discovery().topology();
      duties_->lay_down();
      duties_.reset();
      notice();
    } else {
      co_await wait_for_change();
    }
  }
}

asio::awaitable<void> Server::take_up_duties() {
  constexpr std::chrono::seconds retry_pause{1};
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  std::string trouble;
  auto made = make_duties(command_.discovery ? topology::Probing::continuous : topology::Probing::on_request);
  if (made) {
    const auto duties = std::move(*made);
    const auto known = co_await duties->take_up(configuration_);
    const auto seen = co_await memory_->refresh();
    if (known && seen && group_->leads() && !stopping_) {
      duties_ = duties;
      duties_->discovery().set_alias_overrides(memory_->annotations()->cluster_aliases);
      spdlog::info("this node leads; {} instances known", *known);
      notice();
      co_return;
    }
    duties->lay_down();
    if (!known || !seen) {
      trouble = (known ? seen.error() : known.error()).message();
    }
  } else {
    trouble = made.error().message();
  }
  if (!trouble.empty()) {
    spdlog::error("this node leads and cannot take up its duties: {}", trouble);
    asio::steady_timer pause(context_, retry_pause);
    [[maybe_unused]] const auto [code] = co_await pause.async_wait(token);
  }
}

// For operators who ask while nobody leads.
asio::awaitable<void> Server::look_at_state() {
  auto made = make_duties(topology::Probing::on_request);
  if (!made) {
    co_return;
  }
  const auto duties = std::move(*made);
  auto memory = co_await duties->recorder().load();
  if (memory) {
    duties->discovery().restore(std::move(*memory));
    standby_ = duties->discovery().topology();
  }
  duties->lay_down();
  [[maybe_unused]] const auto seen = co_await memory_->refresh();
}

// Tells the group where this node serves HTTP, whenever the group does not know it.
asio::awaitable<void> Server::introduce_itself() {
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  const auto name = group_->status().name;
  const state::GroupNode self{name, own_uri(configuration_, hostname_, http_->port()), hostname_, ORCHESTRATOR_VERSION,
                              state::state_version};
  bool known = false;
  while (!stopping_) {
    co_await learn_nodes();
    const auto said = nodes_.find(name);
    known = said != nodes_.end() && said->second == self;
    if (!known && group_->status().is_part_of_quorum) {
      std::vector<state::Command> commands;
      commands.emplace_back(state::RecordNode{self});
      const auto told = co_await shared_->apply(std::move(commands));
      if (!told && !stopping_) {
        spdlog::warn("the group could not be told where this node serves: {}", told.error().message());
      }
    }
    const bool complete = known && nodes_.contains(group_->status().leader_name);
    introduction_.expires_after(complete ? node_poll : node_retry);
    [[maybe_unused]] const auto [code] = co_await introduction_.async_wait(token);
  }
}

asio::awaitable<void> Server::learn_nodes() {
  const auto all_nodes = [](state::State& state) { return state.all<state::GroupNode>(); };
  auto nodes = co_await shared_->ask(all_nodes);
  if (!nodes) {
    co_return;
  }
  nodes_.clear();
  for (auto& node : *nodes) {
    nodes_.emplace(node.name, std::move(node));
  }
}

// ---- starting and stopping -----------------------------------------------------------------------------------------

asio::awaitable<bool> Server::start() {
  auto opened = open_state(configuration_, group_options(configuration_).folder);
  if (!opened) {
    fail(opened.error().message());
    co_return false;
  }
  state_ = std::move(*opened);
  serve_state();
  const bool made = make_group();
  if (!made) {
    co_return false;
  }
  const auto usable = make_duties(topology::Probing::on_request);
  if (!usable) {
    fail(usable.error().message());
    co_return false;
  }
  const auto started = co_await group_->start();
  if (!started) {
    fail(started.error().message());
    co_return false;
  }
  asio::co_spawn(context_, govern(), asio::detached);
  housekeeping_->start();
  if (!configuration_.raft.enabled) {
    while (!duties_ && failure_.empty()) {
      co_await wait_for_change();
    }
  } else {
    co_await look_at_state();
  }
  const bool listening = listen();
  if (!listening) {
    co_return false;
  }
  if (configuration_.raft.enabled) {
    asio::co_spawn(context_, introduce_itself(), asio::detached);
  }
  spdlog::info("orchestrator {} serves on {}; state in {}", ORCHESTRATOR_VERSION, http_->description(),
               backend_name(configuration_.backend));
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
  memory_->reconfigure(configuration_.general);
  housekeeping_->reconfigure(configuration_);
  if (duties_) {
    duties_->reconfigure(configuration_);
  }
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
    if (duties_) {
      queue_.record({duties_->discovery().active_probes(), duties_->discovery().waiting_probes()});
    }
  }
}

asio::awaitable<void> Server::stop() {
  tick_.cancel();
  if (http_) {
    co_await http_->stop(grace_for_requests);
  }
  stopping_ = true;
  notice();
  introduction_.cancel();
  if (housekeeping_) {
    housekeeping_->stop();
  }
  if (duties_) {
    const auto recorded = co_await duties_->finish();
    if (!recorded) {
      spdlog::error("the latest changes could not be recorded: {}", recorded.error().message());
    }
    duties_->lay_down();
  }
  if (state_machine_) {
    state_machine_->give_up();
  }
  if (group_) {
    co_await group_->stop();
  }
}

asio::awaitable<void> Server::live() {
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  const bool started = co_await start();
  if (started) {
    asio::co_spawn(context_, count_queue(), asio::detached);
  }
  bool ended = !started;
  while (!ended && failure_.empty()) {
    const auto [code, number] = co_await signals_.async_wait(token);
    if (!code && number == SIGHUP) {
      reload();
    } else if (!code) {
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
