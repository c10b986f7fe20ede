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

CREATE TABLE IF NOT EXISTS settings (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  uid TEXT NOT NULL,
  version INTEGER NOT NULL,
  ctime REAL NOT NULL,
  mtime REAL NOT NULL,
  "server" TEXT,
  "next_server_v4" TEXT,
  "http_port" INTEGER,
  "default_password_crypted" TEXT,
  "manage_dhcp" INTEGER,
  "dhcp_interface" TEXT,
  "dhcp_range" TEXT,
  "dhcp_netmask" TEXT,
  "dhcp_router" TEXT,
  "enable_ipxe" INTEGER,
  "enable_menu" INTEGER,
  "pxe_just_once" INTEGER,
  "boot_loaders" TEXT,
  "name_servers" TEXT,
  "name_servers_search" TEXT,
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
  "kernel_size" INTEGER,
  "kernel_sha256" TEXT,
  "initrd_size" TEXT,
  "initrd_sha256" TEXT,
  "tree" TEXT,
  "signature" TEXT,
  "autoinstall" TEXT,
  "boot_loaders" TEXT,
  "kernel_options" TEXT,
  "kernel_options_post" TEXT,
  "autoinstall_meta" TEXT
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
  "dhcp_tag" TEXT,
  "filename" TEXT,
  "enable_menu" INTEGER,
  "boot_loaders" TEXT,
  "name_servers" TEXT,
  "name_servers_search" TEXT,
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
CREATE INDEX IF NOT EXISTS profiles_parent ON profiles ("parent");
CREATE INDEX IF NOT EXISTS profiles_distro ON profiles ("distro");

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
  "hostname" TEXT,
  "gateway" TEXT,
  "status" TEXT,
  "netboot_enabled" INTEGER,
  "autoinstall" TEXT,
  "server" TEXT,
  "next_server_v4" TEXT,
  "filename" TEXT,
  "serial_device" TEXT,
  "serial_baud_rate" TEXT,
  "boot_loaders" TEXT,
  "name_servers" TEXT,
  "name_servers_search" TEXT,
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
CREATE INDEX IF NOT EXISTS systems_profile ON systems ("profile");

CREATE TABLE IF NOT EXISTS interfaces (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  system TEXT NOT NULL REFERENCES systems (name) ON UPDATE CASCADE ON DELETE CASCADE,
  "mac_address" TEXT,
  "ip_address" TEXT,
  "netmask" TEXT,
  "if_gateway" TEXT,
  "ipv6_address" TEXT,
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
  "virt_bridge" TEXT,
  "management" INTEGER,
  UNIQUE (system, name)
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS interfaces_mac_address ON interfaces ("mac_address") WHERE "mac_address" <> '';
CREATE UNIQUE INDEX IF NOT EXISTS interfaces_ip_address ON interfaces ("ip_address") WHERE "ip_address" <> '';
CREATE UNIQUE INDEX IF NOT EXISTS interfaces_ipv6_address ON interfaces ("ipv6_address") WHERE "ipv6_address" <> '';

PRAGMA user_version = 1;
