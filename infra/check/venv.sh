#!/bin/sh
# Installs the tools of the checks and tests into .venv of the checkout, again
# when this file or infra/check/requirements.txt changes.
set -eu
cd "$(dirname "$0")/../.."

wanted="infra/check/venv.sh infra/check/requirements.txt"
installed=.venv/installed
if [ "$(cat $wanted | cksum)" = "$(cat $installed 2>/dev/null)" ]; then
	exit 0
fi
python3 -m venv .venv
echo '*' >.venv/.gitignore
.venv/bin/pip install --quiet --disable-pip-version-check --requirement infra/check/requirements.txt

# cfn-guard is one static binary, which this package of npm carries for each
# system. npm holds it against the registry's digest.
case "$(uname -s)-$(uname -m)" in
Linux-x86_64) guard=ubuntu/x86_64 ;;
Linux-*) guard=ubuntu/aarch64 ;;
*-x86_64) guard=macos/x86_64 ;;
*) guard=macos/aarch64 ;;
esac
packed=$(mktemp -d)
trap 'rm -rf "$packed"' EXIT
npm pack --silent --pack-destination "$packed" @cdklabs/cdk-validator-cfnguard@0.0.62 >"$packed/name"
tar -xzf "$packed/$(cat "$packed/name")" -C "$packed" "package/bin/$guard/cfn-guard"
install -m 755 "$packed/package/bin/$guard/cfn-guard" .venv/bin/cfn-guard

cat $wanted | cksum >$installed
