// Lists columns and the steps that no column tells.
#include "state/schema.hpp"

namespace orchestrator::state {

const Schema& schema() {
  using I = InstanceRecord;
  using C = ClusterRecord;
  using H = HostnameResolve;
  using K = KeyValue;
  static const Schema tables{
      Table<I>("instance",
               {column<I, &I::key, &InstanceKey::hostname>("hostname").key(),
                column<I, &I::key, &InstanceKey::port>("port").key(), column<I, &I::cluster_id>("cluster_id"),
                column<I, &I::master_key, &InstanceKey::hostname>("master_hostname"),
                column<I, &I::master_key, &InstanceKey::port>("master_port"), column<I, &I::server_uuid>("server_uuid"),
                column<I, &I::last_seen>("last_seen"), column<I, &I::record>("record")}),
      Table<C>("cluster", {column<C, &C::id>("id").key(), column<C, &C::name>("name"), column<C, &C::alias>("alias"),
                           column<C, &C::domain>("domain")}),
      Table<H>("hostname_resolve", {column<H, &H::hostname>("hostname").key(), column<H, &H::resolved>("resolved"),
                                    column<H, &H::resolved_at>("resolved_at")}),
      Table<K>("key_value", {column<K, &K::key>("key").key(), column<K, &K::value>("value")}),
  };
  return tables;
}

std::vector<std::string> migration_steps(int version) {
  std::vector<std::string> steps;
  const auto& tables = schema();
  for (const auto* table : {&tables.instances.text(), &tables.clusters.text(), &tables.hostname_resolves.text(),
                            &tables.key_values.text()}) {
    for (auto& step : migration_of(*table, version)) steps.push_back(std::move(step));
  }
  if (version == 1) steps.emplace_back("CREATE INDEX instance_cluster_id ON instance (cluster_id)");
  return steps;
}

}  // namespace orchestrator::state
