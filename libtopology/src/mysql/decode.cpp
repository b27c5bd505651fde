// Puts an instance together from the decoded parts, operators' queries and host names.
#include "mysql/decode.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

#include "mysql/replica_list.hpp"

namespace topology::mysql {
namespace {

// The text of a query of one row and one column; "" when there is none.
std::string_view single_text(const PartResults& results, Part part) noexcept {
  const auto& rows = results.get(part);
  return rows.empty() ? std::string_view() : rows.row(0).text(std::size_t{0});
}

std::optional<double> to_double(std::string_view text) noexcept {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc{} && end == text.data() + text.size() && std::isfinite(value) ? std::optional(value)
                                                                                         : std::nullopt;
}

ProbeWarning not_understood(Part part, std::string_view text, std::string_view expected) {
  return {std::string(name_of(part)), "the answer '" + std::string(text) + "' is not " + std::string(expected)};
}

class Decoder {
 public:
  Decoder(const PartResults& results, const DecodeContext& context) : results_(results), context_(context) {}

  Decoded run() && {
    const auto& variables = results_.get(Part::variables);
    if (!variables.empty()) {
      decoded_.instance = decode_server(variables.row(0));
      read_group(variables.row(0));
    }
    if (context_.version.is_binlog_server()) {
      decoded_.instance = binlog_server();
    }
    instance().version = context_.version;
    instance().key = context_.key;
    instance().channels = decode_channels(results_.get(Part::channels));
    instance().semi_sync = decode_semi_sync(variables, results_.get(Part::status));
    read_status();
    read_replicas();
    read_credentials();
    read_attributes();
    read_lag();
    return std::move(decoded_);
  }

 private:
  Instance& instance() noexcept { return decoded_.instance; }

  // What is so of each MaxScale binlog server, which does not say it itself.
  static Instance binlog_server() {
    Instance instance;
    instance.read_only = true;
    instance.log_bin = true;
    instance.log_replica_updates = true;
    instance.binlog_format = "INHERIT";
    return instance;
  }

  void read_group(const Row& variables) {
    instance().group = decode_group(variables, results_.get(Part::group_members), instance().server_uuid);
  }

  void read_status() {
    const auto& status = results_.get(Part::status);
    for (std::size_t i = 0; i < status.size(); ++i) {
      if (status.row(i).text(std::size_t{0}) == "Uptime") {
        instance().uptime = std::chrono::seconds(status.row(i).number<std::int64_t>("Value").value_or(0));
      }
    }
    if (const auto& position = results_.get(Part::binlog_position); !position.empty()) {
      instance().self_coordinates = {std::string(position.row(0).text("File")),
                                     position.row(0).number<std::uint64_t>("Position").value_or(0), LogType::binary};
    }
  }

  void read_replicas() {
    auto list = merge_replicas(results_.get(Part::replicas), results_.get(Part::dump_threads), context_.key);
    auto& replicas = instance().replicas;
    replicas = std::move(list.replicas);
    std::ranges::move(decode_ndb_sql_nodes(results_.get(Part::ndb_sql_nodes), results_.get(Part::status)),
                      std::back_inserter(replicas));
    std::ranges::sort(replicas);
    const auto repeated = std::ranges::unique(replicas);
    replicas.erase(repeated.begin(), repeated.end());
    if (!list.doubt.empty()) {
      decoded_.warnings.push_back({std::string(name_of(Part::dump_threads)), std::move(list.doubt)});
    }
  }

  void read_credentials() {
    for (const auto& channel : instance().channels) {
      instance().has_replication_credentials |= !channel.user.empty();
    }
    const auto stored = single_text(results_, Part::stored_credentials);
    instance().replication_credentials_available =
        context_.settings->replication_credentials == ReplicationCredentials::by_query ||
        (!stored.empty() && stored != "0");
  }

  void read_attributes() {
    auto& attributes = instance().attributes;
    const auto& of_host = context_.settings->attributes_of_host;
    attributes.data_center = by_query_or_host(Part::data_center, of_host.data_center);
    attributes.region = by_query_or_host(Part::region, of_host.region);
    attributes.physical_environment = by_query_or_host(Part::physical_environment, of_host.physical_environment);
    attributes.instance_alias = single_text(results_, Part::instance_alias);
    attributes.cluster_alias = single_text(results_, Part::cluster_alias);
    attributes.cluster_domain = single_text(results_, Part::cluster_domain);
    attributes.has_pseudo_gtid = single_text(results_, Part::pseudo_gtid) == "1";
    if (const auto rule = single_text(results_, Part::promotion_rule); !rule.empty()) {
      attributes.promotion_rule = parse_promotion_rule(rule);
      if (!attributes.promotion_rule) {
        decoded_.warnings.push_back(not_understood(Part::promotion_rule, rule, "a promotion rule"));
      }
    }
    if (const auto priority = single_text(results_, Part::semi_sync_priority); !priority.empty()) {
      const auto value = to_double(priority);
      if (value && *value >= 0 && *value <= 1'000'000) {
        instance().semi_sync.priority = static_cast<std::uint32_t>(*value);
      } else {
        decoded_.warnings.push_back(not_understood(Part::semi_sync_priority, priority, "a small number"));
      }
    }
  }

  std::string by_query_or_host(Part part, const AttributeOfHost& of_host) {
    return results_.has(part) ? std::string(single_text(results_, part)) : of_host(instance().key.hostname);
  }

  void read_lag() {
    if (!results_.has(Part::lag)) {
      const auto* channel = instance().primary_channel();
      instance().lag = channel == nullptr ? std::nullopt : channel->behind_source;
      return;
    }
    const auto text = single_text(results_, Part::lag);
    if (text.empty()) {
      return;  // NULL or no row: unknown
    }
    constexpr double most_seconds = 1e12;
    if (const auto seconds = to_double(text); seconds && *seconds < most_seconds) {
      instance().lag = std::chrono::seconds(static_cast<std::int64_t>(std::max(*seconds, 0.0)));
    } else {
      decoded_.warnings.push_back(not_understood(Part::lag, text, "a number of seconds"));
    }
  }

  const PartResults& results_;
  const DecodeContext& context_;
  Decoded decoded_;
};

}  // namespace

Decoded decode(const PartResults& results, const DecodeContext& context) {
  return Decoder(results, context).run();
}

}  // namespace topology::mysql
