#!/bin/sh
# Finds coturn, with its test client, for the comparison and the tests of the
# TURN server, or installs Debian's where apt-get may.
set -eu
if command -v turnutils_uclient >/dev/null 2>&1 && command -v turnserver >/dev/null 2>&1; then
	exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends coturn >/dev/null
	exit 0
fi
echo "coturn is missing: install Debian's package coturn, or one of that name elsewhere." >&2
exit 1
