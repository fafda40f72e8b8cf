#!/bin/sh
# Lints template.yaml, and the CloudFormation that it becomes. The tools live in
# .venv of the checkout and are installed when infra/check/requirements.txt
# changes.
set -eu
cd "$(dirname "$0")/../.."

wanted=infra/check/requirements.txt
installed=.venv/requirements.txt
if ! cmp -s "$wanted" "$installed"; then
	python3 -m venv .venv
	echo '*' >.venv/.gitignore
	.venv/bin/pip install --quiet --disable-pip-version-check --requirement "$wanted"
	cp "$wanted" "$installed"
fi

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
.venv/bin/cfn-lint --non-zero-exit-code informational template.yaml
.venv/bin/python infra/check/transform.py template.yaml >"$made/template.json"
.venv/bin/cfn-lint --non-zero-exit-code informational "$made/template.json"
