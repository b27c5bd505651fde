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

// A row read with the words its server uses. Members are read in about the order of columns.
class ChannelRow {
 public:
  ChannelRow(const Row& row, bool has_new_words) noexcept : row_(row), has_new_words_(has_new_words) {}

  std::optional<std::string_view> get(Words words) const noexcept { return row_.get(chosen(words)); }
  std::string text(Words words) const { return std::string(row_.text(chosen(words))); }
  template <class Number>
  std::optional<Number> optional_number(Words words) const noexcept {
    return row_.number<Number>(chosen(words));
  }
  template <class Number>
  Number number(Words words) const noexcept {
    return optional_number<Number>(words).value_or(Number{});
  }

 private:
  std::string_view chosen(Words words) const noexcept { return has_new_words_ ? words.new_word : words.old_word; }

  const Row& row_;
  bool has_new_words_;
};

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

// What MySQL and MariaDB call differently in every version.
std::string_view either(const Row& row, std::string_view mysql_word, std::string_view mariadb_word) noexcept {
  const auto value = row.get(mysql_word);
  return value ? *value : row.text(mariadb_word);
}

ReplicationTls decode_tls(const ChannelRow& row) {
  return {
      .allowed = row.get({"Source_SSL_Allowed", "Master_SSL_Allowed"}) == "Yes",
      .ca_file = row.text({"Source_SSL_CA_File", "Master_SSL_CA_File"}),
      .ca_path = row.text({"Source_SSL_CA_Path", "Master_SSL_CA_Path"}),
      .certificate = row.text({"Source_SSL_Cert", "Master_SSL_Cert"}),
      .cipher = row.text({"Source_SSL_Cipher", "Master_SSL_Cipher"}),
      .crl_file = row.text({"Source_SSL_Crl", "Master_SSL_Crl"}),
      .crl_path = row.text({"Source_SSL_Crlpath", "Master_SSL_Crlpath"}),
      .key = row.text({"Source_SSL_Key", "Master_SSL_Key"}),
      .verify_server_certificate =
          yes_or_no(row.get({"Source_SSL_Verify_Server_Cert", "Master_SSL_Verify_Server_Cert"})),
      .tls_version = row.text({"Source_TLS_Version", "Master_TLS_Version"}),
      .ciphersuites = row.text({"Source_TLS_Ciphersuites", "Master_TLS_Ciphersuites"}),
      .source_public_key_path = row.text({"Source_public_key_path", "Master_public_key_path"}),
      .get_source_public_key = yes_or_no(row.get({"Get_Source_public_key", "Get_master_public_key"})),
  };
}

ReplicationChannel decode_channel(const Row& raw, const ChannelRow& row) {
  return {
      .name = std::string(either(raw, "Channel_Name", "Connection_name")),
      .source = {row.text({"Source_Host", "Master_Host"}), row.number<std::uint16_t>({"Source_Port", "Master_Port"})},
      .source_uuid = row.text({"Source_UUID", "Master_UUID"}),
      .source_server_id = row.number<std::uint32_t>({"Source_Server_Id", "Master_Server_Id"}),
      .user = row.text({"Source_User", "Master_User"}),
      .io_thread = thread_state(row.get({"Replica_IO_Running", "Slave_IO_Running"}).value_or("")),
      .sql_thread = thread_state(row.get({"Replica_SQL_Running", "Slave_SQL_Running"}).value_or("")),
      .read_coordinates = {row.text({"Source_Log_File", "Master_Log_File"}),
                           row.number<std::uint64_t>({"Read_Source_Log_Pos", "Read_Master_Log_Pos"}), LogType::binary},
      .exec_coordinates = {row.text({"Relay_Source_Log_File", "Relay_Master_Log_File"}),
                           row.number<std::uint64_t>({"Exec_Source_Log_Pos", "Exec_Master_Log_Pos"}), LogType::binary},
      .relay_coordinates = {std::string(raw.text("Relay_Log_File")),
                            raw.number<std::uint64_t>("Relay_Log_Pos").value_or(0), LogType::relay},
      .last_io_errno = raw.number<std::uint32_t>("Last_IO_Errno").value_or(0),
      .last_io_error = std::string(raw.text("Last_IO_Error")),
      .last_sql_errno = raw.number<std::uint32_t>("Last_SQL_Errno").value_or(0),
      .last_sql_error = std::string(raw.text("Last_SQL_Error")),
      .behind_source = seconds(row.optional_number<std::int64_t>({"Seconds_Behind_Source", "Seconds_Behind_Master"})),
      .sql_delay = std::chrono::seconds(raw.number<std::uint32_t>("SQL_Delay").value_or(0)),
      .auto_position = raw.flag("Auto_Position"),
      .mariadb_using_gtid = std::string(raw.text("Using_Gtid")),
      .retrieved_gtid_set = std::string(either(raw, "Retrieved_Gtid_Set", "Gtid_IO_Pos")),
      .has_filters = has_filters(raw),
      .tls = decode_tls(row),
  };
}

}  // namespace

std::vector<ReplicationChannel> decode_channels(const ResultSet& rows) {
  std::vector<ReplicationChannel> channels;
  const bool has_new_words = rows.find_column("Source_Host").has_value();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    auto channel = decode_channel(row, ChannelRow(row, has_new_words));
    if (channel.name != "group_replication_applier" && channel.name != "group_replication_recovery") {
      std::erase(channel.retrieved_gtid_set, '\n');
      channels.push_back(std::move(channel));
    }
  }
  return channels;
}

}  // namespace topology::mysql
