CREATE TABLE revisions (
  revision INTEGER PRIMARY KEY AUTOINCREMENT,
  time REAL NOT NULL,
  who TEXT NOT NULL,
  "from" TEXT NOT NULL,
  action TEXT NOT NULL,
  type TEXT NOT NULL,
  uid TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  before TEXT,
  after TEXT
) STRICT;
CREATE INDEX revisions_name ON revisions (type, name, version);
CREATE INDEX revisions_uid ON revisions (uid);

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time REAL NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  address TEXT NOT NULL,
  message TEXT NOT NULL
) STRICT;

CREATE TABLE tokens (
  name TEXT NOT NULL PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  created REAL NOT NULL,
  expires REAL NOT NULL
) STRICT;

CREATE TABLE installs (
  system TEXT NOT NULL PRIMARY KEY
    REFERENCES systems (name) ON UPDATE CASCADE ON DELETE CASCADE,
  state TEXT NOT NULL,
  started REAL NOT NULL DEFAULT 0,
  finished REAL NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0
) STRICT;
ALTER TABLE revisions ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE revisions ADD COLUMN "key" TEXT;
ALTER TABLE revisions ADD COLUMN request TEXT;
UPDATE revisions SET change = revision;
CREATE INDEX revisions_type ON revisions (type);
CREATE INDEX revisions_key ON revisions (who, "key") WHERE "key" IS NOT NULL;
DROP INDEX IF EXISTS profiles_parent;
DROP INDEX IF EXISTS profiles_distro;
DROP INDEX IF EXISTS systems_profile;
DROP INDEX IF EXISTS systems_hostname;
ALTER TABLE installs ADD COLUMN first REAL NOT NULL DEFAULT 0;
ALTER TABLE installs ADD COLUMN age REAL NOT NULL DEFAULT 0;
ALTER TABLE installs ADD COLUMN ticked REAL NOT NULL DEFAULT 0;
ALTER TABLE installs ADD COLUMN tried REAL NOT NULL DEFAULT 0;
ALTER TABLE installs ADD COLUMN sign INTEGER NOT NULL DEFAULT 0;
ALTER TABLE installs ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE installs ADD COLUMN unpublished INTEGER NOT NULL DEFAULT 0;
UPDATE installs SET first = started;
CREATE INDEX installs_state ON installs (state, system);
CREATE INDEX installs_unpublished ON installs (system) WHERE unpublished;
CREATE TABLE served (
  id INTEGER PRIMARY KEY,
  system TEXT NOT NULL REFERENCES systems (name) ON UPDATE CASCADE ON DELETE CASCADE,
  what TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  first REAL NOT NULL,
  last REAL NOT NULL,
  times INTEGER NOT NULL,
  address TEXT NOT NULL,
  UNIQUE (system, what, sha256)
) STRICT;
CREATE TABLE file_sums (
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  size INTEGER NOT NULL,
  mtime INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  noted REAL NOT NULL,
  PRIMARY KEY (device, inode)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_sums_noted ON file_sums (noted);
CREATE TABLE discovered (
  mac TEXT NOT NULL PRIMARY KEY,
  address TEXT NOT NULL,
  hostname TEXT NOT NULL,
  loader TEXT NOT NULL,
  firmware TEXT NOT NULL,
  client_id TEXT NOT NULL,
  asker TEXT NOT NULL,
  lease REAL NOT NULL,
  first REAL NOT NULL,
  last REAL NOT NULL,
  times INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS settings (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL,
  version INTEGER NOT NULL,
  ctime REAL NOT NULL,
  mtime REAL NOT NULL,
  "server" TEXT,
  "next_server_v4" TEXT,
  "next_server_v6" TEXT,
  "http_port" INTEGER,
  "default_password_crypted" TEXT,
  "manage_dhcp" INTEGER,
  "dhcp_interface" TEXT,
  "dhcp_range" TEXT,
  "dhcp_netmask" TEXT,
  "dhcp_router" TEXT,
  "enable_ipxe" INTEGER,
  "http_boot" TEXT,
  "loaders_from" TEXT,
  "enable_menu" INTEGER,
  "unknown_machines" TEXT,
  "pxe_just_once" INTEGER,
  "install_tries" INTEGER,
  "install_hours" INTEGER,
  "auto_sync" INTEGER,
  "generations_kept" INTEGER,
  "generations_days" INTEGER,
  "boot_loaders" TEXT,
  "name_servers" TEXT,
  "name_servers_search" TEXT,
  "installer_network" TEXT,
  "proxy" TEXT,
  "kernel_options" TEXT,
  "kernel_options_post" TEXT,
  "autoinstall_meta" TEXT,
  "virt_type" TEXT,
  "virt_ram" INTEGER,
  "virt_cpus" INTEGER,
  "virt_file_size" TEXT,
  "virt_path" TEXT,
  "virt_disk_driver" TEXT,
  "virt_bridge" TEXT,
  "virt_auto_boot" INTEGER,
  "virt_graphics" TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS distros (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL,
  version INTEGER NOT NULL,
  ctime REAL NOT NULL,
  mtime REAL NOT NULL,
  "comment" TEXT,
  "owners" TEXT,
  "arch" TEXT,
  "breed" TEXT,
  "os_version" TEXT,
  "kernel" TEXT,
  "initrd" TEXT,
  "hypervisor" TEXT,
  "efi_loaders" TEXT,
  "efi_folder" TEXT,
  "efi_over_tftp" INTEGER,
  "remote_boot_kernel" TEXT,
  "remote_boot_initrd" TEXT,
  "kernel_size" INTEGER,
  "kernel_sha256" TEXT,
  "initrd_size" TEXT,
  "initrd_sha256" TEXT,
  "tree" TEXT,
  "tree_build_time" INTEGER,
  "source_repos" TEXT,
  "signature" TEXT,
  "autoinstall" TEXT,
  "boot_loaders" TEXT,
  "loaders_from" TEXT,
  "kernel_options" TEXT,
  "kernel_options_post" TEXT,
  "autoinstall_meta" TEXT,
  "template_files" TEXT,
  "hypervisor_options" TEXT,
  "root" TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS profiles (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL,
  version INTEGER NOT NULL,
  ctime REAL NOT NULL,
  mtime REAL NOT NULL,
  "comment" TEXT,
  "owners" TEXT,
  "parent" TEXT REFERENCES profiles (name) ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  "distro" TEXT REFERENCES distros (name) ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  "autoinstall" TEXT,
  "server" TEXT,
  "next_server_v4" TEXT,
  "next_server_v6" TEXT,
  "dhcp_tag" TEXT,
  "filename" TEXT,
  "http_boot" TEXT,
  "loaders_from" TEXT,
  "enable_ipxe" INTEGER,
  "enable_menu" INTEGER,
  "menu" TEXT REFERENCES menus (name) ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  "repos" TEXT,
  "install_tries" INTEGER,
  "install_hours" INTEGER,
  "boot_loaders" TEXT,
  "name_servers" TEXT,
  "name_servers_search" TEXT,
  "installer_network" TEXT,
  "proxy" TEXT,
  "kernel_options" TEXT,
  "kernel_options_post" TEXT,
  "autoinstall_meta" TEXT,
  "template_files" TEXT,
  "hypervisor_options" TEXT,
  "root" TEXT,
  "rescue" INTEGER,
  "virt_type" TEXT,
  "virt_ram" INTEGER,
  "virt_cpus" INTEGER,
  "virt_file_size" TEXT,
  "virt_path" TEXT,
  "virt_disk_driver" TEXT,
  "virt_bridge" TEXT,
  "virt_auto_boot" INTEGER,
  "virt_graphics" TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS profiles_parent ON profiles ("parent", name);
CREATE INDEX IF NOT EXISTS profiles_distro ON profiles ("distro", name);
CREATE INDEX IF NOT EXISTS profiles_menu ON profiles ("menu", name);

CREATE TABLE IF NOT EXISTS systems (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL,
  version INTEGER NOT NULL,
  ctime REAL NOT NULL,
  mtime REAL NOT NULL,
  "comment" TEXT,
  "owners" TEXT,
  "profile" TEXT REFERENCES profiles (name) ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  "image" TEXT REFERENCES images (name) ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  "groups" TEXT,
  "protected" INTEGER,
  "hostname" TEXT,
  "gateway" TEXT,
  "ipv6_default_device" TEXT,
  "ipv6_autoconfiguration" INTEGER,
  "status" TEXT,
  "netboot_enabled" INTEGER,
  "autoinstall" TEXT,
  "server" TEXT,
  "next_server_v4" TEXT,
  "next_server_v6" TEXT,
  "filename" TEXT,
  "http_boot" TEXT,
  "loaders_from" TEXT,
  "enable_ipxe" INTEGER,
  "serial_device" TEXT,
  "serial_baud_rate" TEXT,
  "power_type" TEXT,
  "power_address" TEXT,
  "power_id" TEXT,
  "power_user" TEXT,
  "power_pass" TEXT,
  "power_options" TEXT,
  "install_tries" INTEGER,
  "install_hours" INTEGER,
  "boot_loaders" TEXT,
  "name_servers" TEXT,
  "name_servers_search" TEXT,
  "installer_network" TEXT,
  "proxy" TEXT,
  "kernel_options" TEXT,
  "kernel_options_post" TEXT,
  "autoinstall_meta" TEXT,
  "template_files" TEXT,
  "hypervisor_options" TEXT,
  "root" TEXT,
  "rescue" INTEGER,
  "virt_host" TEXT,
  "virt_pxe_boot" INTEGER,
  "virt_type" TEXT,
  "virt_ram" INTEGER,
  "virt_cpus" INTEGER,
  "virt_file_size" TEXT,
  "virt_path" TEXT,
  "virt_disk_driver" TEXT,
  "virt_bridge" TEXT,
  "virt_auto_boot" INTEGER,
  "virt_graphics" TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS systems_profile ON systems ("profile", name);
CREATE INDEX IF NOT EXISTS systems_image ON systems ("image", name);
CREATE INDEX IF NOT EXISTS systems_hostname ON systems ("hostname", name);
CREATE INDEX IF NOT EXISTS systems_virt_host ON systems ("virt_host", name);

CREATE TABLE IF NOT EXISTS interfaces (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  system TEXT NOT NULL REFERENCES systems (name) ON UPDATE CASCADE ON DELETE CASCADE,
  "mac_address" TEXT,
  "ip_address" TEXT,
  "netmask" TEXT,
  "if_gateway" TEXT,
  "ipv6_address" TEXT,
  "ipv6_prefix" INTEGER,
  "ipv6_secondaries" TEXT,
  "ipv6_default_gateway" TEXT,
  "ipv6_static_routes" TEXT,
  "ipv6_mtu" INTEGER,
  "dns_name" TEXT,
  "cnames" TEXT,
  "dhcp_tag" TEXT,
  "static" INTEGER,
  "static_routes" TEXT,
  "mtu" INTEGER,
  "interface_type" TEXT,
  "interface_master" TEXT,
  "bonding_opts" TEXT,
  "bridge_opts" TEXT,
  "connected_mode" INTEGER,
  "virt_bridge" TEXT,
  "management" INTEGER,
  UNIQUE (system, name)
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS interfaces_mac_address ON interfaces ("mac_address") WHERE "mac_address" <> '';
CREATE UNIQUE INDEX IF NOT EXISTS interfaces_ip_address ON interfaces ("ip_address") WHERE "ip_address" <> '';
CREATE UNIQUE INDEX IF NOT EXISTS interfaces_ipv6_address ON interfaces ("ipv6_address") WHERE "ipv6_address" <> '';

CREATE TABLE IF NOT EXISTS images (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL,
  version INTEGER NOT NULL,
  ctime REAL NOT NULL,
  mtime REAL NOT NULL,
  "comment" TEXT,
  "owners" TEXT,
  "file" TEXT,
  "image_type" TEXT,
  "arch" TEXT,
  "breed" TEXT,
  "os_version" TEXT,
  "autoinstall" TEXT,
  "menu" TEXT REFERENCES menus (name) ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  "enable_menu" INTEGER,
  "boot_loaders" TEXT,
  "kernel_options" TEXT,
  "kernel_options_post" TEXT,
  "autoinstall_meta" TEXT,
  "template_files" TEXT,
  "network_count" INTEGER,
  "virt_type" TEXT,
  "virt_ram" INTEGER,
  "virt_cpus" INTEGER,
  "virt_file_size" TEXT,
  "virt_path" TEXT,
  "virt_disk_driver" TEXT,
  "virt_bridge" TEXT,
  "virt_auto_boot" INTEGER,
  "virt_graphics" TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS images_menu ON images ("menu", name);

CREATE TABLE IF NOT EXISTS repos (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL,
  version INTEGER NOT NULL,
  ctime REAL NOT NULL,
  mtime REAL NOT NULL,
  "comment" TEXT,
  "owners" TEXT,
  "breed" TEXT,
  "arch" TEXT,
  "mirror" TEXT,
  "mirror_type" TEXT,
  "mirror_locally" INTEGER,
  "keep_updated" INTEGER,
  "apt_components" TEXT,
  "apt_dists" TEXT,
  "gpg_key" TEXT,
  "priority" INTEGER,
  "proxy" TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS menus (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL,
  version INTEGER NOT NULL,
  ctime REAL NOT NULL,
  mtime REAL NOT NULL,
  "comment" TEXT,
  "owners" TEXT,
  "display_name" TEXT,
  "parent" TEXT REFERENCES menus (name) ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX IF NOT EXISTS menus_parent ON menus ("parent", name);

CREATE TABLE IF NOT EXISTS templates (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL,
  version INTEGER NOT NULL,
  ctime REAL NOT NULL,
  mtime REAL NOT NULL,
  "comment" TEXT,
  "owners" TEXT,
  "content" TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS snippets (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL,
  version INTEGER NOT NULL,
  ctime REAL NOT NULL,
  mtime REAL NOT NULL,
  "comment" TEXT,
  "owners" TEXT,
  "content" TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS groups (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL,
  version INTEGER NOT NULL,
  ctime REAL NOT NULL,
  mtime REAL NOT NULL,
  "comment" TEXT,
  "owners" TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS networks (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL,
  version INTEGER NOT NULL,
  ctime REAL NOT NULL,
  mtime REAL NOT NULL,
  "comment" TEXT,
  "owners" TEXT,
  "address" TEXT,
  "dhcp_mode" TEXT,
  "dhcp_interface" TEXT,
  "vlan" INTEGER,
  "dhcp_range" TEXT,
  "gateway" TEXT,
  "name_servers" TEXT,
  "name_servers_search" TEXT,
  "server" TEXT,
  "next_server_v4" TEXT,
  "next_server_v6" TEXT,
  "lease_time" INTEGER,
  "mtu" INTEGER
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS networks_address ON networks ("address") WHERE "address" <> '';

CREATE TABLE IF NOT EXISTS profiles_repos (
  profile TEXT NOT NULL REFERENCES profiles (name) ON UPDATE CASCADE ON DELETE CASCADE,
  position INTEGER NOT NULL,
  value TEXT NOT NULL REFERENCES repos (name) ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (profile, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS profiles_repos_value ON profiles_repos (value);

CREATE TABLE IF NOT EXISTS systems_groups (
  system TEXT NOT NULL REFERENCES systems (name) ON UPDATE CASCADE ON DELETE CASCADE,
  position INTEGER NOT NULL,
  value TEXT NOT NULL REFERENCES groups (name) ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (system, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS systems_groups_value ON systems_groups (value);

PRAGMA user_version = 4;
