#!/bin/sh
# The end of the installation of system web7: debian-installer runs this in its own
# environment, with the new system below /target.
# From Bootwright's template debian.late.sh; to change it, copy it to STATE/kickstarts/.
set -e

mkdir -p /target/etc/apt/keyrings
cat >/target/etc/apt/keyrings/debs.asc <<'END'
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZUsedNowhere
-----END PGP PUBLIC KEY BLOCK-----
END
cat >/target/etc/apt/sources.list.d/debs.list <<'END'
deb [signed-by=/etc/apt/keyrings/debs.asc] http://repo.example.org/debian stable main extra
deb [signed-by=/etc/apt/keyrings/debs.asc] http://repo.example.org/debian stable-updates main extra
END

# The last thing: the machine boots from its disk from now on.
wget -q -O /dev/null http://10.77.0.1/cblr/svc/op/trig/mode/post/system/web7 || true
