// Connects, asks and decodes, holding the connection from one probe to the next.
#include "topology/mysql/instance_prober.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <set>
#include <utility>

#include "mysql/decode.hpp"
#include "mysql/dialect.hpp"
#include "mysql/part_schedule.hpp"
#include "mysql/probe_batch.hpp"
#include "mysql/server_error.hpp"
#include "topology/mysql/session.hpp"

namespace topology::mysql {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

using Names = std::set<std::string, std::less<>>;

struct Statement {
  Part part{};
  std::string text;
};

struct DetectionPart {
  Part part;
  std::string DetectionQueries::* query;
};

constexpr std::array detection_parts{
    DetectionPart{Part::lag, &DetectionQueries::lag},
    DetectionPart{Part::data_center, &DetectionQueries::data_center},
    DetectionPart{Part::region, &DetectionQueries::region},
    DetectionPart{Part::physical_environment, &DetectionQueries::physical_environment},
    DetectionPart{Part::instance_alias, &DetectionQueries::instance_alias},
    DetectionPart{Part::cluster_alias, &DetectionQueries::cluster_alias},
    DetectionPart{Part::cluster_domain, &DetectionQueries::cluster_domain},
    DetectionPart{Part::promotion_rule, &DetectionQueries::promotion_rule},
    DetectionPart{Part::semi_sync_priority, &DetectionQueries::semi_sync_priority},
    DetectionPart{Part::pseudo_gtid, &DetectionQueries::pseudo_gtid},
};

bool same_account(const ProbeSettings& left, const ProbeSettings& right) noexcept {
  const auto& a = left.tls;
  const auto& b = right.tls;
  return left.credentials.user == right.credentials.user && left.credentials.password == right.credentials.password &&
         a.mode == b.mode && a.ca_file == b.ca_file && a.ca_path == b.ca_path &&
         a.certificate_file == b.certificate_file && a.key_file == b.key_file;
}

}  // namespace

class InstanceProber::State {
 public:
  State(asio::any_io_executor executor, InstanceKey key, std::shared_ptr<const ProbeSettings> settings)
      : executor_(std::move(executor)), key_(std::move(key)), settings_(std::move(settings)) {}

  asio::awaitable<ProbeOutcome> probe(Deadline deadline) {
    const auto started = Clock::now();
    const bool held = is_connected() && !must_reconnect(started);
    reached_ = false;
    round_trips_ = 0;
    if (!held) {
      session_.reset();
    }
    auto measured = co_await measure(deadline);
    if (!measured && held && measured.error().code == Errc::connection_lost) {
      session_.reset();  // it had died unnoticed
      measured = co_await measure(deadline);
    }
    if (!measured) {
      session_.reset();  // a missing privilege, too, can come only with a new connection
    }
    auto outcome = measured ? decode_outcome(*measured) : ProbeOutcome{measured.error()};
    outcome.reached = reached_;
    outcome.round_trips = round_trips_;
    outcome.latency = Clock::now() - started;
    co_return outcome;
  }

  void set_lost_handler(std::function<void()> handler) { lost_handler_ = std::move(handler); }

  void set_settings(std::shared_ptr<const ProbeSettings> settings) {
    if (!same_account(*settings_, *settings)) {
      demands_tls_ = false;
    }
    session_.reset();  // the statements are made when connecting
    settings_ = std::move(settings);
  }

  void close() noexcept { session_.reset(); }
  [[nodiscard]] const InstanceKey& key() const noexcept { return key_; }
  [[nodiscard]] bool is_connected() const noexcept { return session_ && session_->is_alive(); }

 private:
  // Global privileges are those of the time of connecting, so after a refusal only a new connection can do better.
  [[nodiscard]] bool must_reconnect(Instant now) const noexcept {
    const auto lifetime = settings_->connection_lifetime;
    return (lifetime.count() > 0 && now - connected_at_ > lifetime) || schedule_.needs_new_connection(now);
  }

  asio::awaitable<Result<PartResults>> measure(Deadline deadline) {
    if (!is_connected()) {
      const auto connected = co_await connect(deadline);
      if (!connected) {
        co_return connected.error();
      }
    }
    auto results = co_await ask(deadline);
    if (variables_outdated_ || (results && plugins_changed(*results))) {
      const auto known = co_await learn_variables(deadline);
      if (!known) {
        co_return known.error();
      }
      results = co_await ask(deadline);
    }
    co_return results;
  }

  asio::awaitable<Result<void>> connect(Deadline deadline) {
    ConnectOptions options{.server = key_, .credentials = settings_->credentials, .tls = settings_->tls};
    if (demands_tls_) {
      options.tls.mode = TlsMode::required;
    }
    const Deadline connect_deadline = std::min(deadline, Clock::now() + settings_->connect_timeout);
    auto session = co_await Session::connect(executor_, std::move(options), connect_deadline);
    if (!session) {
      co_return session.error();
    }
    session_ = std::move(*session);
    connected_at_ = Clock::now();
    demands_tls_ = settings_->tls.mode == TlsMode::when_demanded && !session_->tls_cipher().empty();
    schedule_ = {};
    session_->set_lost_handler([this] {
      if (lost_handler_) {
        lost_handler_();
      }
    });
    auto learned = co_await learn_server(deadline);
    if (!learned) {
      session_.reset();
    }
    co_return learned;
  }

  // The first round trip of a connection.
  asio::awaitable<Result<void>> learn_server(Deadline deadline) {
    // The greeting's version is good enough to choose the settings; proxies make it up.
    const auto greeting = parse_server_version(session_->server_version(), "");
    dialect_ = nullptr;
    if (settings_->maxscale_check == MaxScaleCheck::ask || greeting.is_binlog_server()) {
      const auto asked = co_await learn_maxscale(deadline);
      if (!asked || dialect_ != nullptr) {
        co_return asked;
      }
    }
    std::vector<BatchItem> items;
    if (const auto settings = dialect_for(greeting).session_settings; !settings.empty()) {
      items.push_back({Part::session_settings, settings});
    }
    items.push_back({Part::version, version_statement()});
    items.push_back({Part::variable_names, variable_names_statement()});
    auto batch = co_await run(std::move(items), deadline);
    if (!batch) {
      co_return batch.error();
    }
    const auto& version = batch->get(Part::version);
    if (version.empty()) {
      co_return make_error(Errc::unsupported, key_.to_string() + ": the server does not tell its version");
    }
    version_ = parse_server_version(version.row(0).text("version"), version.row(0).text("version_comment"));
    dialect_ = &dialect_for(version_);
    take_variable_names(*batch);
    co_return Result<void>();
  }

  // Chooses the dialect if the server is a MaxScale binlog server.
  asio::awaitable<Result<void>> learn_maxscale(Deadline deadline) {
    std::vector<BatchItem> items;
    items.push_back({Part::maxscale_version, maxscale_version_statement()});
    auto batch = co_await run(std::move(items), deadline);
    if (!batch) {
      co_return batch.error();
    }
    if (const auto version = decode_maxscale_version(batch->get(Part::maxscale_version))) {
      version_ = *version;
      dialect_ = &dialect_for(version_);
      has_semi_sync_variables_ = false;
      statements_.clear();
      add_replication_statements(statements_);
    }
    co_return Result<void>();
  }

  asio::awaitable<Result<void>> learn_variables(Deadline deadline) {
    std::vector<BatchItem> items;
    items.push_back({Part::variable_names, variable_names_statement()});
    auto batch = co_await run(std::move(items), deadline);
    if (!batch) {
      co_return batch.error();
    }
    take_variable_names(*batch);
    co_return Result<void>();
  }

  void take_variable_names(const PartResults& results) {
    variables_outdated_ = false;
    const auto existing = decode_names(results.get(Part::variable_names));
    has_semi_sync_variables_ =
        std::ranges::any_of(existing, [](const std::string& name) { return name.starts_with("rpl_semi_sync_"); });
    statements_ = routine_statements(existing);
  }

  // The statements of a probe, in the order they are sent.
  [[nodiscard]] std::vector<Statement> routine_statements(const Names& existing_variables) const {
    std::vector<Statement> statements;
    add(statements, Part::variables, variables_statement(existing_variables));
    add_replication_statements(statements);
    add(statements, Part::status, std::string(status_statement()));
    if (existing_variables.contains("group_replication_group_name")) {
      add(statements, Part::group_members, std::string(dialect_->group_members));
    }
    if (version_.is_ndb_cluster()) {
      add(statements, Part::ndb_sql_nodes, std::string(dialect_->ndb_sql_nodes));
    }
    if (settings_->replication_credentials == ReplicationCredentials::stored_on_server) {
      add(statements, Part::stored_credentials, std::string(dialect_->stored_credentials));
    }
    for (const auto& [part, query] : detection_parts) {
      add(statements, part, trimmed_query(settings_->queries.*query));
    }
    return statements;
  }

  void add_replication_statements(std::vector<Statement>& statements) const {
    for (const Part part : {Part::channels, Part::binlog_position, Part::replicas, Part::dump_threads}) {
      add(statements, part, std::string(statement_of(part, *dialect_)));
    }
  }

  static void add(std::vector<Statement>& statements, Part part, std::string text) {
    if (!text.empty()) {
      statements.push_back({part, std::move(text)});
    }
  }

  // All parts that are due, in one round trip if nothing fails, then failed ones whose time has come.
  asio::awaitable<Result<PartResults>> ask(Deadline deadline) {
    const auto now = Clock::now();
    auto together = items_due(Due::now, now);
    auto apart = items_due(Due::by_itself, now);
    auto results = co_await run(std::move(together), deadline);
    if (results && !apart.empty()) {
      auto more = co_await run(std::move(apart), deadline);
      if (!more) {
        co_return more.error();
      }
      results->merge(std::move(*more));
    }
    co_return results;
  }

  // Runs statements and enters what became of them into the schedule. Errors: of the connection or an essential part.
  asio::awaitable<Result<PartResults>> run(std::vector<BatchItem> items, Deadline deadline) {
    const auto asked = items;
    const auto sending = dialect_ == nullptr ? Sending::together : dialect_->sending;
    auto& session = *session_;
    auto batch = co_await run_batch(session, std::move(items), sending, deadline);
    if (!batch) {
      co_return batch.error();
    }
    round_trips_ += batch->round_trips;
    reached_ = reached_ || batch->results.has(Part::variables) || batch->results.has(Part::channels);
    const auto now = Clock::now();
    for (const auto& item : asked) {
      schedule_.succeeded(item.part, now, interval_of(item.part));
    }
    for (const auto& failure : batch->failures) {
      auto error = explain(failure);
      if (is_essential(failure.part)) {
        variables_outdated_ = failure.error.number == server_errno::unknown_variable;
        error.context = std::string(name_of(failure.part)) + " of " + error.context;
        co_return error;
      }
      schedule_.failed(failure.part, error, now + settings_->failed_part_retry);
    }
    keep_slow_parts(batch->results);
    co_return std::move(batch->results);
  }

  [[nodiscard]] std::chrono::seconds interval_of(Part part) const noexcept {
    return part == Part::stored_credentials ? settings_->slow_part_interval : std::chrono::seconds(0);
  }

  // Slow parts are not asked each time: their last answer stands in.
  void keep_slow_parts(PartResults& results) {
    if (results.has(Part::stored_credentials)) {
      stored_credentials_ = results.get(Part::stored_credentials);
    }
  }

  [[nodiscard]] Error explain(const FailedPart& failure) const {
    auto error = failure.error.error;
    const auto* dialect = dialect_ == nullptr ? &dialect_for(version_) : dialect_;
    if (const auto grant = grant_for(failure.part, *dialect, settings_->credentials.user);
        error.code == Errc::access_denied && !grant.empty()) {
      error.context += "; needed: " + grant;
    }
    return error;
  }

  [[nodiscard]] std::vector<BatchItem> items_due(Due due, Instant now) const {
    std::vector<BatchItem> items;
    for (const auto& [part, text] : statements_) {
      if (schedule_.due(part, now) == due) {
        items.push_back({part, text});
      }
    }
    return items;
  }

  // A plugin was loaded or unloaded since the variables were listed.
  [[nodiscard]] bool plugins_changed(const PartResults& results) const {
    const auto& status = results.get(Part::status);
    bool has_semi_sync_status = false;
    for (std::size_t i = 0; i < status.size() && !has_semi_sync_status; ++i) {
      has_semi_sync_status = status.row(i).text(std::size_t{0}).starts_with("Rpl_semi_sync_");
    }
    return results.has(Part::status) && has_semi_sync_status != has_semi_sync_variables_;
  }

  ProbeOutcome decode_outcome(PartResults& results) {
    if (!results.has(Part::stored_credentials)) {
      results[Part::stored_credentials] = stored_credentials_;
    }
    const DecodeContext context{key_, version_, settings_.get()};
    auto decoded = decode(results, context);
    ProbeOutcome outcome{make_error(Errc::canceled, "")};
    outcome.warnings = schedule_.warnings();
    std::ranges::move(decoded.warnings, std::back_inserter(outcome.warnings));
    for (const auto& channel : decoded.instance.channels) {
      if (settings_->ignore_replication_user(channel.user)) {
        outcome.skipped_by_filter = true;
        outcome.instance = make_error(Errc::canceled, key_.to_string() + ": replication user '" + channel.user +
                                                          "' is left out by DiscoveryIgnoreReplicationUsernameFilters");
        return outcome;
      }
    }
    outcome.instance = std::make_shared<const Instance>(std::move(decoded.instance));
    return outcome;
  }

  asio::any_io_executor executor_;
  InstanceKey key_;
  std::shared_ptr<const ProbeSettings> settings_;
  std::function<void()> lost_handler_;

  std::unique_ptr<Session> session_;
  Instant connected_at_{};
  bool demands_tls_ = false;  // TlsMode::when_demanded, and this server did
  ServerVersion version_;
  const Dialect* dialect_ = nullptr;
  std::vector<Statement> statements_;
  bool has_semi_sync_variables_ = false;
  bool variables_outdated_ = false;  // one of them has gone since they were listed
  std::optional<ResultSet> stored_credentials_;
  PartSchedule schedule_;

  bool reached_ = false;  // of the probe under way
  unsigned round_trips_ = 0;
};

InstanceProber::InstanceProber(asio::any_io_executor executor, InstanceKey key,
                               std::shared_ptr<const ProbeSettings> settings)
    : state_(std::make_unique<State>(std::move(executor), std::move(key), std::move(settings))) {}

InstanceProber::~InstanceProber() = default;

asio::awaitable<ProbeOutcome> InstanceProber::probe(Deadline deadline) {
  const auto get_throwing = asio::this_coro::throw_if_cancelled();
  const bool throwing = co_await get_throwing;
  const auto no_throwing = asio::this_coro::throw_if_cancelled(false);
  co_await no_throwing;
  auto outcome = co_await state_->probe(deadline);
  const auto old_throwing = asio::this_coro::throw_if_cancelled(throwing);
  co_await old_throwing;
  co_return outcome;
}

void InstanceProber::set_lost_handler(std::function<void()> handler) {
  state_->set_lost_handler(std::move(handler));
}
void InstanceProber::set_settings(std::shared_ptr<const ProbeSettings> settings) {
  state_->set_settings(std::move(settings));
}
void InstanceProber::close() noexcept {
  state_->close();
}
const InstanceKey& InstanceProber::key() const noexcept {
  return state_->key();
}
bool InstanceProber::is_connected() const noexcept {
  return state_->is_connected();
}

}  // namespace topology::mysql
