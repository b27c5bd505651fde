// What a core asks its log store to keep, and what it is given back when it starts again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "consensus/entry.hpp"
#include "consensus/message.hpp"

namespace consensus {

struct HardState {
  Term term;
  std::optional<NodeId> vote;

  friend bool operator==(const HardState&, const HardState&) = default;
};

// One atomic change of the log store: after a crash all of it is there or none. Applied in the order of the members.
struct Write {
  WriteId id;
  std::optional<HardState> hard_state;
  std::optional<SnapshotMeta> install;  // forget the whole log; it now begins after this snapshot
  std::optional<Index> truncate_from;   // forget this entry and all after it
  std::vector<Entry> append;            // contiguous; the first follows what is there after the above
  std::optional<Index> compact_to;      // forget everything up to here, but remember its position and configuration
  Index commit;                         // worth keeping if something else is written anyway; never a reason to sync
  bool recovered = false;               // the mark of a damaged log is taken away
  bool must_sync = false;               // false only if nothing above that others rely on has changed
};

// A configuration and the entry that brought it.
struct ConfigurationAt {
  Index index;
  Configuration configuration;

  friend bool operator==(const ConfigurationAt&, const ConfigurationAt&) = default;
};

// The first entry of a term.
struct TermStart {
  Index index;
  Term term;

  friend bool operator==(const TermStart&, const TermStart&) = default;
};

// What a log store found when it was opened.
struct StoredLog {
  HardState hard_state;
  Index commit;                                 // a lower bound
  LogPosition base;                             // of the last entry that is no longer there
  ConfigurationAt base_configuration;           // in force at the base
  LogPosition last;                             // equals the base when the log is empty
  std::vector<TermStart> terms;                 // of the entries after the base, ascending
  std::vector<ConfigurationAt> configurations;  // of the entries after the base, ascending
  std::vector<Entry> tail;  // the newest entries, contiguous to the last; at least all after `commit`
  bool damaged = false;     // something that had been stored is missing
  std::string damage{};     // what, for people
};

}  // namespace consensus
