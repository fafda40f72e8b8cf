#!/bin/sh
# Installs the Python tools of the checks and tests into .venv of the checkout,
# again when infra/check/requirements.txt changes.
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
