// A simulated machine: its disk, and the process with the node on it, which comes and goes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "consensus/file_snapshot_store.hpp"
#include "consensus/node.hpp"
#include "consensus/simulator/scenario.hpp"
#include "consensus/simulator/simulated_disk.hpp"
#include "node_simulator/process_runtime.hpp"
#include "node_simulator/process_transport.hpp"
#include "node_simulator/recording.hpp"

namespace consensus::simulator {

class NodeWorld;
class Host;

// One life of a node, and all that it consists of.
struct Process {
  Process(NodeWorld& world, Host& host, std::uint64_t number);

  std::uint64_t life;
  ProcessRuntime runtime;
  ProcessTransport transport;
  RecordingLogStore log;
  FileSnapshotStore snapshots;
  RecordingMachine machine;
  Node node;
  bool started = false;
  bool joining = false;
  bool stopping = false;    // as it should
  bool stopped = false;     // stop() has come back
  std::uint64_t calls = 0;  // of clients, under way
};

class Host {
 public:
  Host(NodeWorld& world, MemberNumber number);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  [[nodiscard]] MemberNumber number() const noexcept { return number_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::string address() const { return name_ + ':' + std::to_string(moves_); }
  [[nodiscard]] SimulatedDisk& disk() noexcept { return *disk_; }
  [[nodiscard]] StateMachine& state_machine() noexcept { return *machine_; }
  // Null while it is down.
  [[nodiscard]] Process* process() noexcept { return process_.get(); }
  // A node that serves, or could.
  [[nodiscard]] bool is_serving() const noexcept { return process_ && process_->started && !process_->stopping; }
  // Its disk may have lost something that nobody has noticed yet.
  [[nodiscard]] bool is_suspect() const noexcept { return suspect_; }
  [[nodiscard]] std::uint64_t incarnations() const noexcept { return incarnations_; }

  // Nothing happens if it is up.
  void start();
  void start_after(Duration delay);
  // The process is gone at once; what becomes of its files is for `how` to say.
  void kill(Crash how);
  // As it should be done; starts again after `pause`.
  void stop(Duration pause);
  void move() { ++moves_; }
  void wipe();
  void set_suspect() { suspect_ = true; }
  // When one of its handlers has run.
  void after_handler();
  // What an operator does about a node that is no member any more: it joins again; emptied, if it does not know.
  void look_after();

  DiskFaults faults;  // in force after apply_faults()
  void apply_faults();

 private:
  void on_started(std::uint64_t life, const Result<void>& started);
  void begin_membership();
  void on_joined(std::uint64_t life, const Result<void>& joined);
  void finish_stop(Duration pause);
  void give_up(const Error& error);
  [[nodiscard]] bool is_life(std::uint64_t life) const noexcept { return process_ && process_->life == life; }
  void make_disk();
  [[nodiscard]] bool has_good_snapshots();

  NodeWorld& world_;
  MemberNumber number_;
  std::string name_;
  std::unique_ptr<SimulatedDisk> disk_;
  std::unique_ptr<StateMachine> machine_;
  std::unique_ptr<Process> process_;
  std::uint64_t lives_ = 0;
  std::uint64_t incarnations_ = 0;
  std::uint64_t moves_ = 0;
  bool suspect_ = false;
  int strange_looks_ = 0;  // in a row
};

}  // namespace consensus::simulator
