/* The documents' schemas that are not items: one row for each member. */
#include "base/json.h"
#include "http/openapi.h"

#include <ctype.h>
#include <string.h>

/*
 * A member's type: JSON's word, or the name of a schema; in brackets a list of them, in braces an
 * object that has them under any name. "any" is any value. Then '?' where it may be null.
 */
struct member {
	const char *schema;
	const char *name;
	const char *type;
	const char *help;
	bool optional;
	const char *const *choices; /* NULL-terminated */
};
#define MEMBER(of, member_name, json_type, text)                                                   \
	{                                                                                          \
		.schema = (of), .name = (member_name), .type = (json_type), .help = (text)         \
	}
/* The same for one that may be missing. */
#define MAYBE(of, member_name, json_type, text)                                                    \
	{                                                                                          \
		.schema = (of), .name = (member_name), .type = (json_type), .help = (text),        \
		.optional = true                                                                   \
	}
#define ONE_OF(of, member_name, words, text)                                                       \
	{                                                                                          \
		.schema = (of), .name = (member_name), .type = "string", .help = (text),           \
		.choices = (words)                                                                 \
	}

static const char *const roles[] = {"read", "operate", "admin", NULL};
static const char *const states[] = {"waiting", "running", "done", "failed", NULL};
static const char *const install_states[] = {"none", "started", "finished", "gave up", NULL};
static const char *const severities[] = {"error", "warning", NULL};
static const char *const steps[] = {"dhcp", "file", "run", "config", "note", "start", NULL};
static const char *const loader_states[] = {
	"published", "changed", "unpublished", "gone", "missing", NULL};
static const char *const listeners[] = {"boot", "api", NULL};

static const struct member members[] = {
	/* RFC 9457 */
	MEMBER("Problem", "type", "string", "always about:blank: \"title\" says it"),
	MEMBER("Problem", "title", "string", "the class of error in a few words"),
	MEMBER("Problem", "status", "integer", "the HTTP status"),
	MEMBER("Problem", "detail", "string", "what is wrong, where, and what to do about it"),
	MAYBE("Problem", "field", "string", "the field or argument at fault"),
	MAYBE("Problem", "item", "ItemName", "the item at fault, of a write of several"),
	MEMBER("ItemName", "type", "string", "its type: \"system\""),
	MEMBER("ItemName", "name", "string", "its name"),

	MEMBER("DryRun", "dry_run", "boolean", "true: nothing was stored"),
	MEMBER("DryRun", "item", "object?", "as it would be; null: it would be gone"),
	MEMBER("DryRun", "diff", "string", "unified diff of the published files"),
	MEMBER("Removed", "dry_run", "boolean", "true: nothing was removed"),
	MEMBER("Removed", "items", "[ItemName]", "what went, with what depended on it"),
	MEMBER("Removed", "diff", "string", "of a dry run: unified diff of the published files"),
	MEMBER("Rename", "name", "string", "the new name"),

	MAYBE("TemplateTry", "name", "string", "which template; missing: the item's own"),
	MAYBE("TemplateTry", "text", "string", "instead of that template's"),
	MAYBE("TemplateTry", "system", "string", "for this system"),
	MAYBE("TemplateTry", "profile", "string", "or for this profile"),
	MAYBE("TemplateTry", "vars", "{any}", "variables, before those of the item"),
	MEMBER("TemplateText", "text", "string", "what is rendered; it may hold secrets"),
	MEMBER("TemplateText", "templates", "[string]", "the sources that took part"),
	MAYBE("TemplateNames", "names", "[string]", "which; missing: all"),
	MEMBER("TemplateProblemList", "items", "[TemplateProblem]", "one for each template"),
	MEMBER("TemplateProblemList", "templates", "integer", "how many were looked at"),
	MEMBER("TemplateProblemList", "renderings", "integer", "for how many items"),
	MEMBER("TemplateProblemList", "left", "integer", "how many items were not tried"),
	MEMBER("TemplateProblem", "template", "string", "its source"),
	MEMBER("TemplateProblem", "line", "integer", "from 1"),
	MEMBER("TemplateProblem", "column", "integer", "from 1"),
	MEMBER("TemplateProblem", "message", "string", "what is wrong"),
	MAYBE("TemplateProblem", "type", "string", "of the item whose rendering shows it"),
	MAYBE("TemplateProblem", "item", "string", "its name"),
	MEMBER("TemplateDiff", "name", "string", "the template or snippet"),
	MAYBE("TemplateDiff", "text", "string", "its other text"),
	MEMBER("TemplateDifference", "diff", "string", "unified"),
	MEMBER("TemplateDifference", "using", "integer", "items that use it"),
	MEMBER("TemplateDifference", "changed", "integer", "items that would get other bytes"),
	MEMBER("TemplateDifference", "left", "integer", "how many items were not tried"),

	MEMBER("RevisionPage", "items", "[RevisionEntry]", "newest first"),
	MEMBER("RevisionPage", "next", "integer?", "\"before\" of the next page"),
	MEMBER("RevisionEntry", "revision", "integer", "its number"),
	MEMBER("RevisionEntry", "change", "integer", "the first revision of the same transaction"),
	MEMBER("RevisionEntry", "time", "number", "seconds since 1970"),
	MEMBER("RevisionEntry", "who", "string", "\"root\", \"token ansible\", \"installer\""),
	MEMBER("RevisionEntry", "from", "string", "\"socket\", or an IP address"),
	MEMBER("RevisionEntry", "action", "string", "put, delete or rename"),
	MEMBER("RevisionEntry", "type", "string", "of the item"),
	MEMBER("RevisionEntry", "name", "string", "of the item"),
	MEMBER("RevisionEntry", "version", "integer", "of the item, afterwards"),
	MEMBER("RevisionEntry", "before", "object?", "the item; secrets are \"***\""),
	MEMBER("RevisionEntry", "after", "object?", "the item; secrets are \"***\""),
	MEMBER("Reverted", "dry_run", "boolean", "true: nothing was stored"),
	MEMBER("Reverted", "items", "[Written]", "what was written"),
	MEMBER("Reverted", "diff", "string", "of a dry run: unified diff of the published files"),
	MEMBER("Written", "action", "string", "put, delete or rename"),
	MEMBER("Written", "type", "string", "of the item"),
	MEMBER("Written", "name", "string", "of the item"),

	MEMBER("Applied", "dry_run", "boolean", "true: nothing was stored"),
	MEMBER("Applied", "created", "integer", "items"),
	MEMBER("Applied", "changed", "integer", "items"),
	MEMBER("Applied", "removed", "integer", "items"),
	MEMBER("Applied", "unchanged", "integer", "items"),
	MEMBER("Applied", "diff", "string", "unified diff of the items' JSON"),
	MAYBE("Applied", "files", "string", "of a dry run: unified diff of the published files"),

	MEMBER("Import", "path", "string", "absolute folder of the distribution's tree"),
	MEMBER("Import", "name", "string", "what to call the distro"),
	MAYBE("Import", "arch", "string", "what the tree must be"),
	MAYBE("Import", "breed", "string", "instead of what is recognised"),
	MAYBE("Import", "os_version", "string", "instead of what is recognised"),
	MAYBE("Import", "autoinstall", "string", "template of the answer file"),
	MAYBE("Import", "available_as", "string", "URL: the tree stays there"),
	MAYBE("Import", "wait", "any", "seconds to wait for its end; true: 30"),
	MAYBE("Sync", "dry_run", "boolean", "only tell what would change"),
	MAYBE("Sync", "systems", "[string]", "only these systems' own files; missing: everything"),
	MAYBE("Sync", "wait", "any", "seconds to wait for its end; true: 30"),
	MEMBER("TaskList", "items", "[Task]", "newest first"),
	MEMBER("Task", "id", "integer", "its number"),
	MAYBE("Task", "task", "integer", "the same, in the answer that started it"),
	MEMBER("Task", "kind", "string", "\"import\", \"sync\""),
	MEMBER("Task", "what", "string", "a line for people"),
	ONE_OF("Task", "state", states, "how far it is"),
	MEMBER("Task", "progress", "TaskProgress", "how far it is, in numbers"),
	MEMBER("Task", "started", "number?", "seconds since 1970"),
	MEMBER("Task", "ended", "number?", "seconds since 1970"),
	MEMBER("Task", "error", "TaskError?", "why it failed"),
	MEMBER("Task", "result", "any", "what it came to; null before"),
	MEMBER("TaskProgress", "finished", "integer", "units"),
	MEMBER("TaskProgress", "total", "integer", "units; 0: not known"),
	MEMBER("TaskProgress", "unit", "string", "\"bytes\", \"files\""),
	MEMBER("TaskError", "code", "string", "the class of error in a few words"),
	MEMBER("TaskError", "status", "integer", "the HTTP status that it would be"),
	MEMBER("TaskError", "detail", "string", "what is wrong, and what to do about it"),
	MAYBE("TaskError", "field", "string", "the field at fault"),

	MEMBER("GenerationList", "items", "[Generation]", "the newest first"),
	MEMBER("Generation", "generation", "integer", "its number, rising"),
	MEMBER("Generation", "revision", "integer", "of the store that it shows"),
	MEMBER("Generation", "stamp", "string", "of templates and boot loaders"),
	MEMBER("Generation", "files", "integer", "how many it has"),
	MEMBER("Generation", "time", "number", "when it was made: seconds since 1970"),
	MEMBER("Generation", "published", "boolean", "it is what machines get"),
	MEMBER("Generation", "held", "boolean", "it stays until the next sync, by a rollback"),
	MEMBER("DiscoveredPage", "items", "[Discovered]", "by MAC address"),
	MEMBER("DiscoveredPage", "next", "string?", "\"after\" of the next page"),
	MEMBER("Discovered", "mac_address", "string", "which no system has"),
	MEMBER("Discovered", "ip_address", "string?", "that it had last"),
	MEMBER("Discovered", "hostname", "string?", "that it said by DHCP"),
	MEMBER("Discovered", "loader", "string?",
		"that asked for a boot file: ipxe, grub, pxelinux"),
	MEMBER("Discovered", "firmware", "string?", "and architecture: \"efi x86_64\""),
	MEMBER("Discovered", "client_id", "string?", "of DHCP, in hex"),
	MEMBER("Discovered", "leased", "boolean", "it got its address of our dnsmasq"),
	MEMBER("Discovered", "lease_ends", "number?",
		"seconds since 1970; null: never, or no lease"),
	MEMBER("Discovered", "first", "number", "when it was seen first, seconds since 1970"),
	MEMBER("Discovered", "last", "number", "and last"),
	MEMBER("Discovered", "times", "integer", "how often it started"),
	MAYBE("Rollback", "generation", "integer", "its number; missing: the one before"),
	MAYBE("Rollback", "dry_run", "boolean", "only tell what would change"),
	MEMBER("RolledBack", "generation", "integer", "its number"),
	MEMBER("RolledBack", "revision", "integer", "of the store that it shows"),
	MEMBER("RolledBack", "stamp", "string", "of templates and boot loaders"),
	MEMBER("RolledBack", "files", "integer", "how many it has"),
	MEMBER("RolledBack", "time", "number", "when it was made: seconds since 1970"),
	MEMBER("RolledBack", "local", "integer",
		"systems whose installation is over, which do not go back"),
	MAYBE("RolledBack", "changed", "integer", "of a dry run: how many files differ"),
	MAYBE("RolledBack", "diff", "string",
		"of a dry run: from what is published to what would be"),

	MEMBER("EventList", "items", "[Event]", "oldest first"),
	MEMBER("Event", "id", "integer", "rises with each"),
	MEMBER("Event", "time", "number", "seconds since 1970"),
	MEMBER("Event", "kind", "string", "\"install-start\", \"install-end\", \"sync\" …"),
	MEMBER("Event", "subject", "string", "an item's name, or empty"),
	MEMBER("Event", "address", "string", "of the machine that caused it, or empty"),
	MEMBER("Event", "message", "string", "for people"),

	MEMBER("InstallPage", "items", "[Install]", "by the names of their systems"),
	MEMBER("InstallPage", "next", "string?", "\"after\" of the next page"),
	MEMBER("Install", "system", "string", "its name"),
	ONE_OF("Install", "state", install_states, "none: never seen, or armed anew since"),
	MEMBER("Install", "armed", "boolean", "it installs when it boots from the network"),
	MEMBER("Install", "tries", "integer", "since it was armed, or since the last end"),
	MEMBER("Install", "first", "number?", "when the first try began: seconds since 1970"),
	MEMBER("Install", "started", "number?", "when the last one did"),
	MEMBER("Install", "finished", "number?", "when it ended, or was given up"),
	MEMBER("Install", "hours", "number", "from the first start on, as this server measured"),
	MEMBER("Install", "why", "string", "it was given up, or empty"),
	MEMBER("ServedPage", "items", "[Served]", "what was served last first"),
	MEMBER("ServedPage", "next", "integer?", "\"after\" of the next page"),
	MEMBER("Served", "what", "string", "\"boot/ipxe\", \"autoinstall\", \"koan/plan\" …"),
	MEMBER("Served", "sha256", "string", "of its bytes"),
	MEMBER("Served", "size", "integer", "bytes"),
	MEMBER("Served", "first", "number", "seconds since 1970"),
	MEMBER("Served", "last", "number", "seconds since 1970"),
	MEMBER("Served", "times", "integer", "how often"),
	MEMBER("Served", "address", "string", "of who got it last"),

	MEMBER("TokenList", "items", "[Token]", "by name"),
	MEMBER("Token", "name", "string", "who uses it"),
	ONE_OF("Token", "role", roles, "what it may do"),
	MEMBER("Token", "created", "number", "seconds since 1970"),
	MEMBER("Token", "expires", "number?", "seconds since 1970; null: never"),
	MEMBER("NewToken", "name", "string", "who will use it"),
	ONE_OF("NewToken", "role", roles, "what it may do"),
	MAYBE("NewToken", "days", "number", "how long it is good for; without: until revoked"),
	MEMBER("MadeToken", "name", "string", "who uses it"),
	ONE_OF("MadeToken", "role", roles, "what it may do"),
	MEMBER("MadeToken", "expires", "number?", "seconds since 1970; null: never"),
	MEMBER("MadeToken", "token", "string", "for 'Authorization: Bearer TOKEN'; shown once"),

	MEMBER("Status", "version", "string", "the server's"),
	MEMBER("Status", "revision", "integer", "of the last write"),
	MEMBER("Status", "published", "object?", "what sync has published; null: nothing"),
	MEMBER("Status", "counts", "{integer}", "items of each type"),
	MEMBER("Status", "installs", "{integer}", "installations in each state"),
	MEMBER("Status", "services", "any", "\"external\", or how dnsmasq and in.tftpd are"),
	MEMBER("BootExplanation", "mac", "string", "canonical"),
	MEMBER("BootExplanation", "system", "string", "its name; empty: an unknown machine"),
	MEMBER("BootExplanation", "network", "string", "where it is; empty: the settings' own"),
	MEMBER("BootExplanation", "published", "object?", "generation and revision"),
	MEMBER("BootExplanation", "chains", "[BootChain]", "one for each firmware"),
	MEMBER("BootExplanation", "problems", "[BootProblem]", "of all of them"),
	MEMBER("BootExplanation", "broken", "boolean", "there is some problem"),
	MEMBER("BootChain", "firmware", "string", "bios, uefi, uefi-http"),
	MEMBER("BootChain", "arch", "string", "x86_64, i386, aarch64"),
	MEMBER("BootChain", "architecture", "integer", "DHCP's option 93"),
	MEMBER("BootChain", "ipxe", "boolean", "the network card's own ROM is iPXE"),
	MEMBER("BootChain", "secure_boot", "boolean", "with Secure Boot"),
	MEMBER("BootChain", "steps", "[BootStep]", "in their order"),
	MEMBER("BootChain", "start", "BootStart?", "what is started in the end; null: nothing"),
	MEMBER("BootChain", "answer", "BootAnswer?", "the answer file that the installer asks for"),
	MEMBER("BootChain", "after", "string", "what becomes of it afterwards"),
	MEMBER("BootChain", "problems", "[BootProblem]", "what is broken"),
	ONE_OF("BootStep", "kind", steps, "what sort of step"),
	MEMBER("BootStep", "text", "string", "for people"),
	MAYBE("BootStep", "url", "string", "of a file: where it is fetched"),
	MAYBE("BootStep", "protocol", "string", "of a file: tftp or http"),
	MAYBE("BootStep", "path", "string", "of a file"),
	MAYBE("BootStep", "found", "boolean", "of a file: it is there"),
	MAYBE("BootStep", "size", "integer", "of a file: bytes"),
	MAYBE("BootStep", "sha256", "string", "of a file"),
	MAYBE("BootStep", "mode", "string", "of DHCP: full, proxy, or none: another server's"),
	MAYBE("BootStep", "address", "string", "of DHCP: a fixed one, or empty"),
	MAYBE("BootStep", "server", "string", "of DHCP: who has the files"),
	MAYBE("BootStep", "file", "string", "of DHCP: what to load"),
	MAYBE("BootStep", "tags", "[string]", "of DHCP: dnsmasq's tags that are set"),
	MAYBE("BootStep", "because", "[string]", "of DHCP: the lines of dnsmasq.conf that counted"),
	MEMBER("BootStart", "what", "string", "linux, xen, memdisk, san, image or local"),
	MAYBE("BootStart", "kernel", "BootFile", "the kernel, or the image"),
	MEMBER("BootStart", "initrds", "[BootFile]", "in their order"),
	MAYBE("BootStart", "hypervisor", "BootFile", "Xen"),
	MAYBE("BootStart", "command_line", "string", "as the kernel gets it"),
	MAYBE("BootStart", "hypervisor_arguments", "string", "as Xen gets them"),
	MAYBE("BootStart", "note", "string", "for people"),
	MEMBER("BootFile", "url", "string", "where it is fetched"),
	MEMBER("BootFile", "found", "boolean", "it is there"),
	MAYBE("BootFile", "size", "integer", "bytes"),
	MAYBE("BootFile", "sha256", "string", "lower-case hex"),
	MEMBER("BootAnswer", "url", "string", "as the command line has it"),
	MEMBER("BootAnswer", "found", "boolean", "it renders"),
	MEMBER("BootAnswer", "status", "integer", "HTTP's; 0: of another server"),
	MAYBE("BootAnswer", "size", "integer", "bytes"),
	MAYBE("BootAnswer", "sha256", "string", "lower-case hex"),
	MAYBE("BootAnswer", "error", "string", "why it does not render"),
	MEMBER("BootProblem", "problem", "string", "what is broken"),
	MEMBER("BootProblem", "advice", "string", "what to do about it"),
	MEMBER("DhcpText", "format", "string", "whose language it is in"),
	MEMBER("DhcpText", "network", "string", "its name, or empty"),
	MEMBER("DhcpText", "text", "string", "for that server's configuration"),
	MEMBER("LoaderList", "items", "[Loader]", "all that are known"),
	MEMBER("Loader", "name", "string", "as it is published"),
	MEMBER("Loader", "needed", "string?", "by what machines; null: nobody misses it"),
	MEMBER("Loader", "package", "string?", "of Debian that has it; null: a distro brings it"),
	MEMBER("Loader", "version", "string?", "of the installed package, where that is known"),
	MEMBER("Loader", "path", "string?", "where it is installed; null: it is not"),
	MEMBER("Loader", "size", "integer?", "bytes, installed"),
	MEMBER("Loader", "sha256", "string?", "of the installed file"),
	MEMBER("Loader", "published_sha256", "string?", "of the published file"),
	ONE_OF("Loader", "state", loader_states,
		"changed: another file is published; gone: published, not installed any more"),
	MEMBER("FindingList", "items", "[Finding]", "empty: all is well"),
	MEMBER("Finding", "id", "string", "which check found it"),
	ONE_OF("Finding", "severity", severities, "error: nothing can be provisioned"),
	MEMBER("Finding", "problem", "string", "what is wrong"),
	MEMBER("Finding", "advice", "string", "what to do about it"),
	MEMBER("RouteList", "items", "[Route]", "in the order in which they are tried"),
	ONE_OF("Route", "listener", listeners, "which port"),
	MEMBER("Route", "method", "string", "GET also answers HEAD"),
	MEMBER("Route", "path", "string", "{name} is one segment, {name...} the rest"),
	MEMBER("Route", "role", "string", "none, read, operate or admin: at least"),
	MEMBER("Route", "help", "string", "what it does"),
};

static json_t *plain_type(const char *word)
{
	if (strcmp(word, "any") == 0)
		return json_object();
	return isupper((unsigned char)*word) ? openapi_ref(word) : json_pack("{s:s}", "type", word);
}

static json_t *type_schema(const char *type)
{
	size_t len = strlen(type);
	bool nullable = type[len - 1] == '?';
	autofree char *word = xstrndup(type, len - nullable);
	json_t *schema, *inner;

	len -= nullable;
	if (*word == '[' || *word == '{') {
		bool list = *word == '[';

		word[len - 1] = '\0';
		inner = plain_type(word + 1);
		schema = json_pack("{s:s,s:o}", "type", list ? "array" : "object",
			list ? "items" : "additionalProperties", inner);
	} else {
		schema = plain_type(word);
	}
	if (!nullable)
		return schema;
	if (json_object_get(schema, "$ref"))
		return json_pack("{s:[o,{s:s}]}", "anyOf", schema, "type", "null");
	json_object_set_new(
		schema, "type", json_pack("[s,s]", json_get_str(schema, "type"), "null"));
	return schema;
}

static json_t *member_schema(const struct member *member)
{
	json_t *schema = type_schema(member->type);
	json_t *choices;

	json_set_str(schema, "description", member->help);
	if (!member->choices)
		return schema;
	choices = json_array();
	for (const char *const *choice = member->choices; *choice; choice++)
		json_array_append_new(choices, json_string(*choice));
	json_object_set_new(schema, "enum", choices);
	return schema;
}

static json_t *schema_of(json_t *schemas, const char *name)
{
	json_t *schema = json_object_get(schemas, name);

	if (schema)
		return schema;
	schema = json_pack("{s:s,s:{},s:[],s:b}", "type", "object", "properties", "required",
		"additionalProperties", 0);
	json_object_set_new(schemas, name, schema);
	return schema;
}

/* A revision by itself is an entry of the list, and its diff. */
static void add_revision(json_t *schemas)
{
	json_t *schema = json_deep_copy(json_object_get(schemas, "RevisionEntry"));

	json_object_set_new(json_object_get(schema, "properties"), "diff",
		json_pack("{s:s,s:s}", "type", "string", "description",
			"unified diff of the item's JSON"));
	json_array_append_new(json_object_get(schema, "required"), json_string("diff"));
	json_object_set_new(schemas, "Revision", schema);
}

void openapi_add_schemas(json_t *schemas)
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		const struct member *member = &members[i];
		json_t *schema = schema_of(schemas, member->schema);

		json_object_set_new(
			json_object_get(schema, "properties"), member->name, member_schema(member));
		if (!member->optional)
			json_array_append_new(
				json_object_get(schema, "required"), json_string(member->name));
	}
	add_revision(schemas);
}
