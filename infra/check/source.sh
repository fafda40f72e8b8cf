#!/bin/sh
# Looks at the Go code without running it: format, vet, staticcheck. What the
# tools leave open, infra/house tests.
set -eu
cd "$(dirname "$0")/../.."

misformatted=$(gofmt -l agent functions infra shared turnserver)
if [ -n "$misformatted" ]; then
	printf 'gofmt would change:\n%s\n' "$misformatted" >&2
	exit 1
fi
go vet ./...
go tool staticcheck ./...
