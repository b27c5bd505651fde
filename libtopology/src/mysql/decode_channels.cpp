// Decodes SHOW REPLICA STATUS, SHOW SLAVE STATUS and SHOW ALL SLAVES STATUS.
#include <algorithm>
#include <array>
#include <string_view>

#include "mysql/decode.hpp"

namespace topology::mysql {
namespace {

// A column's name since MySQL 8.0.22, and before and in MariaDB.
struct Words {
  std::string_view new_word;
  std::string_view old_word;
};

std::optional<std::string_view> get(const Row& row, Words words) noexcept {
  const auto value = row.get(words.new_word);
  return value ? value : row.get(words.old_word);
}

std::string text(const Row& row, Words words) {
  return std::string(get(row, words).value_or(""));
}

template <class Number>
Number number(const Row& row, Words words) noexcept {
  const auto value = row.number<Number>(words.new_word);
  return value ? *value : row.number<Number>(words.old_word).value_or(Number{});
}

ThreadState thread_state(std::string_view running) noexcept {
  if (running.empty()) {
    return ThreadState::none;
  }
  if (running == "Yes") {
    return ThreadState::running;
  }
  return running == "No" ? ThreadState::stopped : ThreadState::other;
}

std::optional<bool> yes_or_no(std::optional<std::string_view> value) noexcept {
  if (!value || value->empty()) {
    return std::nullopt;
  }
  return *value == "Yes" || *value == "1";
}

std::optional<std::chrono::seconds> seconds(std::optional<std::int64_t> value) noexcept {
  return value ? std::optional(std::chrono::seconds(std::max<std::int64_t>(*value, 0))) : std::nullopt;
}

bool has_filters(const Row& row) noexcept {
  constexpr std::array<std::string_view, 8> filters{"Replicate_Do_DB",         "Replicate_Ignore_DB",
                                                    "Replicate_Do_Table",      "Replicate_Ignore_Table",
                                                    "Replicate_Wild_Do_Table", "Replicate_Wild_Ignore_Table",
                                                    "Replicate_Do_Domain_Ids", "Replicate_Ignore_Domain_Ids"};
  return std::ranges::any_of(filters, [&](std::string_view filter) { return !row.text(filter).empty(); });
}

ReplicationTls decode_tls(const Row& row) {
  return {
      .allowed = get(row, {"Source_SSL_Allowed", "Master_SSL_Allowed"}) == "Yes",
      .ca_file = text(row, {"Source_SSL_CA_File", "Master_SSL_CA_File"}),
      .ca_path = text(row, {"Source_SSL_CA_Path", "Master_SSL_CA_Path"}),
      .certificate = text(row, {"Source_SSL_Cert", "Master_SSL_Cert"}),
      .cipher = text(row, {"Source_SSL_Cipher", "Master_SSL_Cipher"}),
      .crl_file = text(row, {"Source_SSL_Crl", "Master_SSL_Crl"}),
      .crl_path = text(row, {"Source_SSL_Crlpath", "Master_SSL_Crlpath"}),
      .key = text(row, {"Source_SSL_Key", "Master_SSL_Key"}),
      .verify_server_certificate =
          yes_or_no(get(row, {"Source_SSL_Verify_Server_Cert", "Master_SSL_Verify_Server_Cert"})),
      .tls_version = text(row, {"Source_TLS_Version", "Master_TLS_Version"}),
      .ciphersuites = text(row, {"Source_TLS_Ciphersuites", "Master_TLS_Ciphersuites"}),
      .source_public_key_path = text(row, {"Source_public_key_path", "Master_public_key_path"}),
      .get_source_public_key = yes_or_no(get(row, {"Get_Source_public_key", "Get_master_public_key"})),
  };
}

ReplicationChannel decode_channel(const Row& row) {
  return {
      .name = text(row, {"Channel_Name", "Connection_name"}),
      .source = {text(row, {"Source_Host", "Master_Host"}), number<std::uint16_t>(row, {"Source_Port", "Master_Port"})},
      .source_uuid = text(row, {"Source_UUID", "Master_UUID"}),
      .source_server_id = number<std::uint32_t>(row, {"Source_Server_Id", "Master_Server_Id"}),
      .user = text(row, {"Source_User", "Master_User"}),
      .io_thread = thread_state(get(row, {"Replica_IO_Running", "Slave_IO_Running"}).value_or("")),
      .sql_thread = thread_state(get(row, {"Replica_SQL_Running", "Slave_SQL_Running"}).value_or("")),
      .read_coordinates = {text(row, {"Source_Log_File", "Master_Log_File"}),
                           number<std::uint64_t>(row, {"Read_Source_Log_Pos", "Read_Master_Log_Pos"}), LogType::binary},
      .exec_coordinates = {text(row, {"Relay_Source_Log_File", "Relay_Master_Log_File"}),
                           number<std::uint64_t>(row, {"Exec_Source_Log_Pos", "Exec_Master_Log_Pos"}), LogType::binary},
      .relay_coordinates = {std::string(row.text("Relay_Log_File")),
                            row.number<std::uint64_t>("Relay_Log_Pos").value_or(0), LogType::relay},
      .last_io_errno = row.number<std::uint32_t>("Last_IO_Errno").value_or(0),
      .last_io_error = std::string(row.text("Last_IO_Error")),
      .last_sql_errno = row.number<std::uint32_t>("Last_SQL_Errno").value_or(0),
      .last_sql_error = std::string(row.text("Last_SQL_Error")),
      .behind_source = seconds(row.get("Seconds_Behind_Source") ? row.number<std::int64_t>("Seconds_Behind_Source")
                                                                : row.number<std::int64_t>("Seconds_Behind_Master")),
      .sql_delay = std::chrono::seconds(row.number<std::uint32_t>("SQL_Delay").value_or(0)),
      .auto_position = row.flag("Auto_Position"),
      .mariadb_using_gtid = std::string(row.text("Using_Gtid")),
      .retrieved_gtid_set = text(row, {"Retrieved_Gtid_Set", "Gtid_IO_Pos"}),
      .has_filters = has_filters(row),
      .tls = decode_tls(row),
  };
}

}  // namespace

std::vector<ReplicationChannel> decode_channels(const ResultSet& rows) {
  std::vector<ReplicationChannel> channels;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto channel = decode_channel(rows.row(i));
    if (channel.name != "group_replication_applier" && channel.name != "group_replication_recovery") {
      std::erase(channel.retrieved_gtid_set, '\n');
      channels.push_back(std::move(channel));
    }
  }
  return channels;
}

}  // namespace topology::mysql
