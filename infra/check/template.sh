#!/bin/sh
# Looks at the templates as far as that goes without an account: their lint, the
# CloudFormation that they become, our own rules for it, and what the SAM CLI
# makes of it all.
set -eu
cd "$(dirname "$0")/../.."
infra/check/venv.sh
export PATH="$PWD/.venv/bin:$PATH" SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
for template in template.yaml infra/turn.yaml infra/site.yaml; do
	infra/check/lint.sh "$template"
	infra/check/guard.sh "$template"
done
sam validate --lint

# The SAM CLI copies its folder for every function, so it gets one without what
# was installed and built.
mkdir "$made/source"
git ls-files --cached --others --exclude-standard -z | tar --null --ignore-failed-read --files-from - -cf - | tar -xf - -C "$made/source"
cd "$made/source"
sam build --parallel --build-dir "$made/build" --cache-dir "$made/cache" >"$made/log" 2>&1 || {
	cat "$made/log" >&2
	exit 1
}
