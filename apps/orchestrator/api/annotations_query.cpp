// One query for each kind of annotation.
#include "api/annotations_query.hpp"

namespace orchestrator::api {
namespace {

using state::Result;

// Hands every row of a kind to a function; the error of not reading them.
template <class Row, class Function>
Result<void> for_all(state::State& state, Function take) {
  auto rows = state.all<Row>();
  if (!rows) {
    return rows.error();
  }
  for (auto& row : *rows) {
    take(row);
  }
  return {};
}

Result<void> read_downtimes(state::State& state, Annotations& to) {
  return for_all<state::Downtime>(state, [&](auto& row) { to.downtimes[row.key] = row; });
}

Result<void> read_candidates(state::State& state, Annotations& to) {
  return for_all<state::Candidate>(state, [&](auto& row) { to.candidates[row.key] = row; });
}

Result<void> read_maintenances(state::State& state, Annotations& to) {
  return for_all<state::Maintenance>(state, [&](auto& row) {
    if (row.active) {
      to.maintenances[row.key] = row;
    }
  });
}

Result<void> read_tags(state::State& state, Annotations& to) {
  return for_all<state::Tag>(state, [&](auto& row) { to.tags[row.key][row.name] = row.value; });
}

Result<void> read_unresolved_hostnames(state::State& state, Annotations& to) {
  return for_all<state::HostnameUnresolve>(state, [&](auto& row) { to.unresolved_hostnames[row.hostname] = row; });
}

Result<void> read_pools(state::State& state, Annotations& to) {
  return for_all<state::PoolInstance>(state, [&](auto& row) { to.pools[row.pool][row.key] = row.registered_at; });
}

Result<void> read_cluster_aliases(state::State& state, Annotations& to) {
  return for_all<state::ClusterAlias>(state, [&](auto& row) { to.cluster_aliases[row.cluster_id] = row.alias; });
}

}  // namespace

Result<Annotations> read_annotations(state::State& state) {
  Annotations annotations;
  for (const auto read : {read_downtimes, read_candidates, read_maintenances, read_tags, read_unresolved_hostnames,
                          read_pools, read_cluster_aliases}) {
    const auto done = read(state, annotations);
    if (!done) {
      return done.error();
    }
  }
  return annotations;
}

}  // namespace orchestrator::api
