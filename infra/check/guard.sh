#!/bin/sh
# Holds the CloudFormation that a template becomes against our own rules:
# infra/check/guard.sh template.yaml
set -eu
template=$(realpath "$1")
cd "$(dirname "$0")/../.."
export PATH="$PWD/.venv/bin:$PATH"

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
python infra/check/transform.py "$template" >"$made/template.json"
cfn-guard validate --rules infra/check/parley.guard --data "$made/template.json" --show-summary fail
