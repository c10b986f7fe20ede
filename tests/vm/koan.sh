# shellcheck shell=bash
# For tests of koan alone: enters the sandbox, and has a server whose answers are files in $WWW, so
# that each can be made as good or as wrong as a test needs: nginx on 127.0.0.1 and 10.77.0.1, port
# 80, and with a certificate on port 443. Source it first, with the script's arguments.

here=$(dirname "$0")
# shellcheck source=tests/vm/sandbox.sh
. "$here/../vm/sandbox.sh"
sandbox_enter "$@"
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/vm/lib.sh
. "$here/../vm/lib.sh"

PATH=$REPO/${B:-build}:$PATH
command -v koan >/dev/null || { echo "Bail out! koan is not built"; exit 1; }
WWW=/run/www
export WWW COBBLER_SERVER=127.0.0.1

koan_server() {
	mkdir -p $WWW/koan/v1/{profile,system,image,mac} /run/nginx /run/tls
	koan_certificate
	cat >/run/nginx.conf <<-'CONF'
		pid /run/nginx.pid;
		error_log /run/nginx/error.log;
		events {}
		http {
			access_log /run/nginx/access.log;
			client_body_temp_path /run/nginx; proxy_temp_path /run/nginx;
			fastcgi_temp_path /run/nginx; uwsgi_temp_path /run/nginx;
			scgi_temp_path /run/nginx;
			server {
				listen 80;
				listen 443 ssl;
				ssl_certificate /run/tls/server.pem;
				ssl_certificate_key /run/tls/server.key;
				root /run/www;
				location = /to-file { return 302 file:///etc/passwd; }
				location = /to-linux { return 302 /linux; }
				location = /to-http { return 302 http://127.0.0.1/linux; }
				location = /loop { return 302 /loop; }
				location ~ "^/koan/v1/mac/00:16:3e:[0-3]" {
					if (-f /run/silent) { return 444; }
					try_files /taken =404;
				}
				location ~ /files$ { alias /run/www/files.json; }
			}
		}
	CONF
	nginx -c /run/nginx.conf
}

# An authority of its own, and one that nobody asked for.
koan_certificate() {
	local name
	for name in ca other; do
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$name" \
			-keyout /run/tls/$name.key -out /run/tls/$name.pem 2>/dev/null
	done
	openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout /run/tls/server.key \
		-out /run/tls/server.csr 2>/dev/null
	openssl x509 -req -days 2 -in /run/tls/server.csr -CA /run/tls/ca.pem -CAkey /run/tls/ca.key \
		-extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1") \
		-out /run/tls/server.pem 2>/dev/null
}

# koan_file NAME: as a plan describes a file of the server's.
koan_file() {
	jq -n --arg url "http://127.0.0.1/$1" --arg sum "$(sha256sum <"$WWW/$1" | cut -c1-64)" \
		--argjson size "$(stat -c %s "$WWW/$1")" '{url: $url, size: $size, sha256: $sum}'
}

# koan_plan KIND NAME [JQ-PROGRAM]: makes a good plan of the files linux and initrd.gz, changed by
# the program.
koan_plan() {
	jq -n --arg kind "$1" --arg name "$2" --argjson linux "$(koan_file linux)" \
		--argjson initrd "$(koan_file initrd.gz)" '
	{format: 1, kind: $kind, name: $name, profile: "bar", distro: "foo",
	 hostname: "web7.example.org", breed: "debian", os_version: "bookworm", arch: "x86_64",
	 kernel: $linux, initrd: [$initrd],
	 kernel_options: "auto=true priority=critical url=http://127.0.0.1/preseed",
	 virt: {type: "auto", ram: 512, cpus: 1, file_size: [1], path: [], disk_driver: ["raw"],
	        bridge: "virbr0", auto_boot: false, graphics: "none"},
	 interfaces: [{name: "eth0", mac_address: "52:54:00:aa:00:01", virt_bridge: "",
	               interface_type: "na", ip_address: "10.77.0.7", netmask: "255.255.255.0",
	               gateway: "10.77.0.1"}],
	 name_servers: ["10.77.0.1"], autoinstall: "http://127.0.0.1/preseed"} | '"${3:-.}" \
		>"$WWW/koan/v1/$1/$2"
}

# Every file of a folder by sum and path: to see that nothing has changed.
koan_files() { find "$@" -type f -print0 2>/dev/null | sort -z | xargs -0r sha256sum; }
