#!/bin/sh
# Lints template.yaml, and the CloudFormation that it becomes.
set -eu
cd "$(dirname "$0")/../.."
infra/check/venv.sh

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
.venv/bin/cfn-lint --non-zero-exit-code informational template.yaml
.venv/bin/python infra/check/transform.py template.yaml >"$made/template.json"
.venv/bin/cfn-lint --non-zero-exit-code informational "$made/template.json"
