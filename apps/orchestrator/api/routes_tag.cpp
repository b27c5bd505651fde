// Routes for the tags of instances.
#include <algorithm>
#include <utility>

#include "api/addressing.hpp"
#include "api/audit_line.hpp"
#include "api/record_json.hpp"
#include "api/route_table.hpp"
#include "api/tag_expression.hpp"

namespace orchestrator::api {
namespace {

using http::RequestContext;
using http::Response;
using topology::InstanceKey;
using Answers = std::vector<state::Answer>;
using Wanted = std::variant<Response, Change>;

topology::Error refusal(const std::string& text) {
  return topology::make_error(topology::Errc::invalid_argument, text);
}

std::string parameter(const RequestContext& context, std::string_view name) {
  const auto given = context.request.query.find(name);
  return given == context.request.query.end() ? std::string() : given->second;
}

// As ?tag= says, or else the path.
topology::Result<TagExpression> wanted_tag(const RequestContext& context) {
  if (const auto text = parameter(context, "tag"); !text.empty()) {
    return parse_tag(text);
  }
  TagExpression tag;
  tag.name = context.parameters["tagName"];
  tag.value = context.parameters["tagValue"];
  if (context.parameters.has("tagValue")) {
    tag.scope = TagExpression::Scope::name_and_value;
  }
  if (tag.name.find_first_not_of(' ') == std::string::npos) {
    return refusal("NewTag: empty tag name");
  }
  return tag;
}

const std::map<std::string, std::string>& tags_of(const Call& call, const InstanceKey& key) {
  static const std::map<std::string, std::string> none;
  const auto found = call.view.annotations->tags.find(key);
  return found == call.view.annotations->tags.end() ? none : found->second;
}

Response tagged(const Call& call, const RequestContext& context) {
  const auto wanted = parse_tags(parameter(context, "tag"));
  if (!wanted) {
    return call.envelope.error(wanted.error().context);
  }
  std::vector<InstanceKey> keys;
  for (const auto& [key, tags] : call.view.annotations->tags) {
    if (std::all_of(wanted->begin(), wanted->end(), [&](const auto& tag) { return tag.fits(tags); })) {
      keys.push_back(key);
    }
  }
  return json_response(keys_json(keys));
}

Response tags(const Call& call, const RequestContext& context) {
  const auto key = instance_key(context.parameters, call.services.fleet, *call.topology);
  if (!key) {
    return call.envelope.error(key.error().context);
  }
  std::vector<std::string> texts;
  for (const auto& [name, value] : tags_of(call, *key)) {
    texts.push_back(name + "=" + value);
  }
  return json_response(texts_json(texts));
}

Response tag_value(const Call& call, const RequestContext& context) {
  const auto key = instance_key(context.parameters, call.services.fleet, *call.topology);
  if (!key) {
    return call.envelope.error(key.error().context);
  }
  const auto tag = wanted_tag(context);
  if (!tag) {
    return call.envelope.error(tag.error().context);
  }
  const auto& known = tags_of(call, *key);
  const auto found = known.find(tag->name);
  if (found == known.end()) {
    return call.envelope.error("tag " + tag->name + " not found for " + key->to_string());
  }
  return json_response(json_text(found->second));
}

Wanted put_tag(const Call& call, const RequestContext& context) {
  const auto key = instance_key(context.parameters, call.services.fleet, *call.topology);
  if (!key) {
    return call.envelope.error(key.error().context);
  }
  const auto tag = wanted_tag(context);
  if (!tag) {
    return call.envelope.error(tag.error().context);
  }
  if (tag->sense == TagExpression::Sense::has_not) {
    return call.envelope.error("tag: does not support negation");
  }
  const auto message = key->to_string() + " tagged with " + tag->to_string();
  return Change{
      {state::PutTag{{*key, tag->name, tag->value}}, audit_line(call, "put-instance-tag", *key, tag->to_string())},
      [message, key = *key](const Call& then, const Answers&) { return then.envelope.ok(message, key_json(key)); }};
}

// Of one instance or, when the key is default-made, of all that have the name with the value.
Wanted delete_tag(const Call& call, const RequestContext& context, const InstanceKey& key) {
  const auto tag = wanted_tag(context);
  if (!tag) {
    return call.envelope.error(tag.error().context);
  }
  if (tag->sense == TagExpression::Sense::has_not) {
    return call.envelope.error("untag: does not support negation");
  }
  const bool by_value = tag->scope == TagExpression::Scope::name_and_value;
  if (key == InstanceKey{} && !by_value) {
    return call.envelope.error(
        "untag: either indicate an instance or a tag value. Will not delete on-valued tag across instances");
  }
  const auto match = by_value ? state::TagMatch::name_and_value : state::TagMatch::name;
  return Change{{state::DeleteTag{key, tag->name, tag->value, match},
                 audit_line(call, "delete-instance-tag", key, tag->to_string())},
                [name = tag->name](const Call& then, const Answers& answers) {
                  const auto& keys = answers.front().keys;
                  return then.envelope.ok(name + " removed from " + std::to_string(keys.size()) + " instances",
                                          keys_json(keys));
                }};
}

Wanted untag(const Call& call, const RequestContext& context) {
  const auto key = instance_key(context.parameters, call.services.fleet, *call.topology);
  return key ? delete_tag(call, context, *key) : Wanted(call.envelope.error(key.error().context));
}

Wanted untag_all(const Call& call, const RequestContext& context) {
  return delete_tag(call, context, {});
}

}  // namespace

void add_tag_routes(RouteTable& routes, const ApiPaths& paths) {
  routes.read("tagged", tagged);
  routes.read("tags/:host/:port", tags);
  routes.read("tag-value/:host/:port", tag_value);
  routes.read("tag-value/:host/:port/:tagName", tag_value);
  routes.alter("tag/:host/:port", put_tag, paths.submission);
  routes.alter("tag/:host/:port/:tagName/:tagValue", put_tag, paths.submission);
  routes.alter("untag/:host/:port", untag, paths.submission);
  routes.alter("untag/:host/:port/:tagName", untag, paths.submission);
  routes.alter("untag-all", untag_all, paths.submission);
  routes.alter("untag-all/:tagName/:tagValue", untag_all, paths.submission);
}

}  // namespace orchestrator::api
