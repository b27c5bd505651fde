// Replication statements for both flavours.
#include "sandbox/replication.hpp"

#include <stdexcept>

namespace sandbox {
namespace {

std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

std::string seconds_text(std::chrono::milliseconds time) {
  return std::to_string(time.count() / 1000) + "." + std::to_string(time.count() % 1000 / 100);
}

// MariaDB names the connection after the verb, MySQL the channel at the end.
std::string connection_name(const std::string& channel) {
  return channel.empty() ? "" : quoted(channel) + " ";
}
std::string for_channel(const std::string& channel) {
  return channel.empty() ? "" : " FOR CHANNEL " + quoted(channel);
}

std::string mariadb_change_master(Server& master, const ReplicationOptions& options) {
  const Account account = replication_account();
  std::string sql = "CHANGE MASTER " + connection_name(options.channel) + "TO MASTER_HOST=" + quoted(master.host()) +
                    ", MASTER_PORT=" + std::to_string(master.port()) + ", MASTER_USER=" + quoted(account.name) +
                    ", MASTER_PASSWORD=" + quoted(account.password) +
                    ", MASTER_CONNECT_RETRY=" + std::to_string(options.timers.connect_retry.count()) +
                    ", MASTER_HEARTBEAT_PERIOD=" + seconds_text(options.timers.heartbeat) +
                    ", MASTER_DELAY=" + std::to_string(options.delay.count());
  // Since 11.4 a replica insists on TLS unless it is told not to.
  if (master.query("SELECT @@have_ssl").scalar() != "YES") sql += ", MASTER_SSL=0, MASTER_SSL_VERIFY_SERVER_CERT=0";
  switch (options.positioning) {
    case Positioning::gtid:
      return sql + ", MASTER_USE_GTID=slave_pos";
    case Positioning::file_position: {
      const auto status = master.query("SHOW MASTER STATUS");
      return sql + ", MASTER_USE_GTID=no, MASTER_LOG_FILE=" + quoted(status.text("File")) +
             ", MASTER_LOG_POS=" + status.text("Position");
    }
  }
  throw std::logic_error("no such positioning");
}

std::string mysql_change_source(Server& master, const ReplicationOptions& options) {
  const Account account = replication_account();
  std::string sql = "CHANGE REPLICATION SOURCE TO SOURCE_HOST=" + quoted(master.host()) +
                    ", SOURCE_PORT=" + std::to_string(master.port()) + ", SOURCE_USER=" + quoted(account.name) +
                    ", SOURCE_PASSWORD=" + quoted(account.password) + ", GET_SOURCE_PUBLIC_KEY=1" +
                    ", SOURCE_CONNECT_RETRY=" + std::to_string(options.timers.connect_retry.count()) +
                    ", SOURCE_RETRY_COUNT=86400, SOURCE_HEARTBEAT_PERIOD=" + seconds_text(options.timers.heartbeat) +
                    ", SOURCE_DELAY=" + std::to_string(options.delay.count());
  switch (options.positioning) {
    case Positioning::gtid:
      return sql + ", SOURCE_AUTO_POSITION=1" + for_channel(options.channel);
    case Positioning::file_position: {
      const auto status = master.query("SHOW BINARY LOG STATUS");
      return sql + ", SOURCE_AUTO_POSITION=0, SOURCE_LOG_FILE=" + quoted(status.text("File")) +
             ", SOURCE_LOG_POS=" + status.text("Position") + for_channel(options.channel);
    }
  }
  throw std::logic_error("no such positioning");
}

}  // namespace

void start_replication(Server& replica, Server& master, const ReplicationOptions& options) {
  switch (replica.flavour()) {
    case Flavour::mariadb:
      replica.execute(mariadb_change_master(master, options));
      replica.execute("START SLAVE " + connection_name(options.channel));
      return;
    case Flavour::mysql:
      replica.execute(mysql_change_source(master, options));
      replica.execute("START REPLICA" + for_channel(options.channel));
      return;
  }
}

void stop_replication(Server& replica, const std::string& channel) {
  switch (replica.flavour()) {
    case Flavour::mariadb:
      replica.execute("STOP SLAVE " + connection_name(channel));
      return;
    case Flavour::mysql:
      replica.execute("STOP REPLICA" + for_channel(channel));
      return;
  }
}

void reset_replication(Server& replica, const std::string& channel) {
  stop_replication(replica, channel);
  switch (replica.flavour()) {
    case Flavour::mariadb:
      replica.execute("RESET SLAVE " + connection_name(channel) + "ALL");
      return;
    case Flavour::mysql:
      replica.execute("RESET REPLICA ALL" + for_channel(channel));
      return;
  }
}

ResultSet replication_status(Server& replica) {
  switch (replica.flavour()) {
    case Flavour::mariadb:
      return replica.query("SHOW ALL SLAVES STATUS");
    case Flavour::mysql:
      return replica.query("SHOW REPLICA STATUS");
  }
  throw std::logic_error("no such flavour");
}

bool replication_runs(Server& replica) {
  const ResultSet status = replication_status(replica);
  const bool mysql = replica.flavour() == Flavour::mysql;
  for (std::size_t row = 0; row < status.rows.size(); ++row) {
    if (status.text(mysql ? "Replica_IO_Running" : "Slave_IO_Running", row) != "Yes") return false;
    if (status.text(mysql ? "Replica_SQL_Running" : "Slave_SQL_Running", row) != "Yes") return false;
  }
  return !status.empty();
}

bool caught_up(Server& replica, Server& master) {
  switch (replica.flavour()) {
    case Flavour::mariadb: {
      const std::string position = master.query("SELECT @@gtid_binlog_pos").scalar();
      return position.empty() || replica.query("SELECT MASTER_GTID_WAIT('" + position + "', 0)").scalar() == "0";
    }
    case Flavour::mysql: {
      const std::string executed = master.query("SELECT @@global.gtid_executed").scalar();
      return replica.query("SELECT GTID_SUBSET('" + executed + "', @@global.gtid_executed)").scalar() == "1";
    }
  }
  throw std::logic_error("no such flavour");
}

}  // namespace sandbox
