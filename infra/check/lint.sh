#!/bin/sh
# Lints a template as it is written, and the CloudFormation that it becomes,
# in which cfn-lint sees more: infra/check/lint.sh template.yaml
set -eu
template=$(realpath "$1")
cd "$(dirname "$0")/../.."
export PATH="$PWD/.venv/bin:$PATH" AWS_DEFAULT_REGION=us-east-1

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
cfn-lint --non-zero-exit-code informational "$template"
python infra/check/transform.py "$template" >"$made/template.json"
cfn-lint --non-zero-exit-code informational "$made/template.json"
