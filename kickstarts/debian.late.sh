#!/bin/sh
# The end of the installation of {{ item_type }} {{ name }}: debian-installer runs this in its own
# environment, with the new system below /target.
# From Bootwright's template debian.late.sh; to change it, copy it to STATE/kickstarts/.
{% import "snippets/settings" as cfg with context %}
set -e
{% set main = cfg.nics[0] if cfg.nics|length == 1 else {} %}
{% if cfg.nics and not (main and main.kind == "ethernet" and main.dhcp4 and not main.addresses6 and not main.routes and not main.mtu and not ipv6_autoconfiguration) %}

{% include "snippets/card_names" %}

with_card_names >/target/etc/network/interfaces <<'END'
{% include "snippets/interfaces_file" %}
END
{% if name_servers and cfg.nics|selectattr("static")|list %}
rm -f /target/etc/resolv.conf
cat >/target/etc/resolv.conf <<'END'
{% if name_servers_search %}
search {{ name_servers_search|join(" ") }}
{% endif %}
{% for server in name_servers %}
nameserver {{ server }}
{% endfor %}
END
{% endif %}
{% endif %}
{% for repo in repos if repo.breed == "apt" %}
{% if loop.first %}

{% endif %}
{% set root = "/target" %}
{% include "snippets/apt_repo" %}
{% endfor %}
{% if cfg.ssh_keys %}

# keys_of OWNER HOME: standard input becomes the account's keys.
keys_of() {
	mkdir -p "/target$2/.ssh"
	chmod 700 "/target$2/.ssh"
	cat >"/target$2/.ssh/authorized_keys"
	in-target chown -R "$1:" "$2/.ssh"
}
{% for account in ["root"] + ([cfg.user] if cfg.user else []) %}
keys_of {{ account|shell }} {{ ("/root" if account == "root" else "/home/" ~ account)|shell }} <<'END'
{% for key in cfg.ssh_keys %}
{{ key }}
{% endfor %}
END
{% endfor %}
{% endif %}
{% if cfg.user %}

(umask 227; echo {{ cfg.sudo_rule|shell }} >/target/etc/sudoers.d/bootwright)
{% endif %}
{% if cfg.layout == "plain" and cfg.disk_names|length > 1 %}
{% set fs = cfg.fs or "ext4" %}

# The installer's recipe uses one disk; each other one gets a file system of its own.
{% for disk in cfg.disk_names[1:] %}
{% set place = "/srv/disk" ~ (loop.index + 1) %}
in-target wipefs --all {{ ("/dev/" ~ disk)|shell }}
in-target mkfs.{{ fs }} {{ "-F" if fs == "ext4" else "-f" }} -L disk{{ loop.index + 1 }} {{ ("/dev/" ~ disk)|shell }}
mkdir -p /target{{ place }}
echo 'LABEL=disk{{ loop.index + 1 }} {{ place }} {{ fs }} defaults,nofail 0 2' >>/target/etc/fstab
{% endfor %}
{% endif %}
{% if cfg.post %}

cat >/target/root/post_install <<'END_OF_POST_INSTALL'
{{ cfg.post }}
END_OF_POST_INSTALL
in-target sh /root/post_install
rm -f /target/root/post_install
{% endif %}
{% if report_end_url %}

# The last thing: the machine boots from its disk from now on.
wget -q -O /dev/null {{ report_end_url|shell }} || true
{% endif %}
