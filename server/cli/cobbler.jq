# Cobbler 3.3's items as `bootwright apply` takes them (jq(1)):
#
#	jq -n -f /usr/share/bootwright/cobbler.jq /var/lib/cobbler/collections/{profiles,systems}/*.json |
#		bootwright apply - --dry-run
#
# The folder says what a file is. What is empty inherits here as well; what was left out on purpose,
# and why, stands in bootwright-fields(5). No system installs itself before `bootwright system
# reinstall` says so: who came from where with netboot on is not known here.

def is_unset: IN("<<inherit>>", "", {}, [], -1);

# A key alone is null there and true here, where null takes an inherited key away.
def keys_alone: if type == "object" then map_values(if . == null then true else . end) else . end;

# By itself: in jq 1.6 walk() does nothing in a function that takes a $value.
def without_unset:
	walk(if type == "object" then with_entries(select(.value | is_unset | not)) else . end);

def convert($type):
	del(.uid, .ctime, .mtime, .depth, .is_subobject, .fetchable_files, .boot_files,
		.mgmt_classes, .mgmt_parameters, .repos_enabled, .redhat_management_key,
		.power_identity_file, .createrepo_flags, .environment, .rpm_list, .yumopts, .rsyncopts)
	| (.kernel_options, .kernel_options_post, .autoinstall_meta) |= keys_alone
	| without_unset
	| with_entries(select(.value != null))
	| with_entries(if .key | startswith("serial_") then .value |= tostring else . end)
	| if $type == "menus" then . else del(.display_name) end
	| if $type == "systems" then .netboot_enabled = false else . end;

reduce inputs as $item ({};
	(input_filename | split("/")[-2]) as $type | .[$type] += [$item | convert($type)])
