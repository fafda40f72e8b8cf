#!/bin/sh
# Finds a Chrome or Chromium for the browser tests, or installs one: Debian's
# where apt-get may, else the one that Playwright brings.
set -eu
for name in "${PARLEY_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
	if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then
		exit 0
	fi
done
if [ -d "/Applications/Google Chrome.app" ]; then
	exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
	exit 0
fi
cd "$(dirname "$0")/../../portal"
npx playwright install chromium
