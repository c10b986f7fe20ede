#!/bin/bash
# What makes {{ item_type }} {{ name }} out of the base system, which lies below $target.
{% import "snippets/settings" as cfg with context %}
set -e
# FAI's own variables: where the new system is, how to run a command in it, the disks' parts.
# shellcheck disable=SC2154
root=$target
run() { chroot "$root" "$@"; }

{% if hostname %}
echo {{ hostname|shell }} >"$root/etc/hostname"
{% if fqdn and fqdn != hostname %}
echo {{ ("127.0.1.1 " ~ fqdn ~ " " ~ hostname)|shell }} >>"$root/etc/hosts"
{% endif %}
{% endif %}
ln -sf {{ ("/usr/share/zoneinfo/" ~ cfg.zone)|shell }} "$root/etc/localtime"
echo {{ cfg.zone|shell }} >"$root/etc/timezone"
printf '%s\n' {{ ('XKBLAYOUT=' ~ cfg.keys|shell)|shell }} >"$root/etc/default/keyboard"
{% for server in cfg.ntp_names %}
echo {{ ("server " ~ server ~ " iburst")|shell }} >>"$root/etc/chrony/sources.d/bootwright.sources"
{% endfor %}

# Accounts
printf '%s\n' {{ ("root:" ~ (cfg.password or "!"))|shell }} | run chpasswd -e
{% if cfg.user %}
run id {{ cfg.user|shell }} >/dev/null 2>&1 || run useradd -m -s /bin/bash {{ cfg.user|shell }}
(umask 227 && echo {{ cfg.sudo_rule|shell }} >"$root/etc/sudoers.d/bootwright")
printf '%s\n' {{ (cfg.user ~ ":" ~ (cfg.password or "!"))|shell }} | run chpasswd -e
{% endif %}
{% for account in ["root"] + ([cfg.user] if cfg.user else []) if cfg.ssh_keys %}
{% set home = "/root" if account == "root" else "/home/" ~ account %}
mkdir -p "$root"{{ (home ~ "/.ssh")|shell }}
chmod 700 "$root"{{ (home ~ "/.ssh")|shell }}
cat >"$root"{{ (home ~ "/.ssh/authorized_keys")|shell }} <<'END'
{% for key in cfg.ssh_keys %}
{{ key }}
{% endfor %}
END
run chown -R {{ (account ~ ":")|shell }} {{ (home ~ "/.ssh")|shell }}
{% endfor %}

# Network
{% if cfg.nics %}
{% include "snippets/card_names" %}

with_card_names >"$root/etc/network/interfaces" <<'END'
{% include "snippets/interfaces_file" %}
END
{% else %}
device=$(ip -o route show default | sed 's/.* dev \([^ ]*\).*/\1/;q')
cat >"$root/etc/network/interfaces" <<END
auto lo
iface lo inet loopback

auto $device
iface $device inet dhcp
END
{% endif %}
{% if name_servers %}
cat >"$root/etc/resolv.conf" <<'END'
{% if name_servers_search %}
search {{ name_servers_search|join(" ") }}
{% endif %}
{% for server in name_servers %}
nameserver {{ server }}
{% endfor %}
END
{% endif %}
{% for repo in repos if repo.breed == "apt" %}

{% set root = '"$root"' %}
{% include "snippets/apt_repo" %}
{% endfor %}

# Boot loader
{% if installed_cmdline %}
mkdir -p "$root/etc/default/grub.d"
cat >"$root/etc/default/grub.d/bootwright.cfg" <<'END'
{{ 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ' ~ installed_cmdline|replace('\\', '\\\\')|replace('"', '\\"')|replace('$', '\\$')|replace('`', '\\`') ~ '"' }}
END
{% endif %}
if [ -d /sys/firmware/efi ]; then
	run grub-install --target=x86_64-efi --no-nvram --force-extra-removable
else
	# shellcheck disable=SC2154
	run grub-install "${BOOT_DEVICE%% *}"
fi
run update-grub
{% if cfg.post %}

cat >"$root/root/post_install" <<'END_OF_POST_INSTALL'
{{ cfg.post }}
END_OF_POST_INSTALL
run sh /root/post_install
rm -f "$root/root/post_install"
{% endif %}
