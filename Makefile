SHELL := /bin/bash
.DEFAULT_GOAL := help

FUNCTIONS := $(notdir $(wildcard functions/*))
# The flags of a function's binary, here and on AWS; only the platform differs.
GOFLAGS_FUNCTION := -tags lambda.norpc -trimpath -ldflags='-s -w'
GOFLAGS_SERVER := -trimpath -ldflags='-s -w'

.PHONY: help
help: ## Print what make can do.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

.PHONY: run
run: build ## Start all of Parley on this machine and print where it is.
	@exec build/local

.PHONY: token
token: ## Print a token: make token ROLE=technician NAME=alice
	@go run ./infra/local token "$(ROLE)" "$(NAME)"

.PHONY: build
build: $(FUNCTIONS:%=build/functions/%/bootstrap) build/turnserver build/local portal/dist ## Build the functions, the servers and the portal.

build/functions/%/bootstrap: FORCE
	@CGO_ENABLED=0 go build $(GOFLAGS_FUNCTION) -o $@ ./functions/$*

build/turnserver: FORCE
	@CGO_ENABLED=0 go build $(GOFLAGS_SERVER) -o $@ ./turnserver

build/local: FORCE
	@CGO_ENABLED=0 go build -o $@ ./infra/local

AGENTS := linux-amd64 linux-arm64 darwin-amd64 darwin-arm64 windows-amd64 windows-arm64

.PHONY: agents
agents: $(AGENTS:%=build/agent/%) ## Build the device agent for Linux, macOS and Windows, with what installs it.

build/agent/%: FORCE
	@mkdir -p $@ && cp agent/install/* $@
	@GOOS=$(word 1,$(subst -, ,$*)) GOARCH=$(word 2,$(subst -, ,$*)) CGO_ENABLED=0 go build $(GOFLAGS_SERVER) -o $@/parley-agent$(if $(findstring windows,$*),.exe) ./agent

portal/node_modules: portal/package-lock.json
	@cd portal && npm ci --no-audit --no-fund --loglevel=error && touch node_modules

portal/dist: portal/node_modules $(shell find portal -path portal/node_modules -prune -o -path portal/dist -prune -o -type f -print 2>/dev/null)
	@cd portal && npm run --silent build && touch dist

# sam build asks for build-MessageFunction with ARTIFACTS_DIR set.
build-%Function: FORCE
	GOOS=linux GOARCH=arm64 CGO_ENABLED=0 go build $(GOFLAGS_FUNCTION) -o $(ARTIFACTS_DIR)/bootstrap ./functions/$(shell echo $* | tr A-Z a-z)


.PHONY: test
test: build browser venv ## Run every test, the story in a real browser included.
	go test -race ./...
	go test ./infra/chaos
	cd portal && npm run --silent test
	cd portal && npm run --silent test:pages

.PHONY: bench
bench: build ## Measure what a message costs, how fast it is, how big functions are.
	@go run ./infra/bench -dynalite

.PHONY: bench-turn
bench-turn: build/turnserver ## Measure the TURN server beside coturn. Takes one processor whole, and four minutes.
	@infra/check/coturn.sh
	@go run ./turnserver/bench

.PHONY: soak
soak: build browser ## Renew the connections of two chatting browsers 240 times each, which takes 11 minutes.
	@cd portal && PARLEY_SOAK=240 npx playwright test tests/renewal.spec.ts --grep "nobody ever sees"

.PHONY: browser
browser: portal/node_modules ## Find a Chromium for the tests, or install one.
	@infra/check/browser.sh

.PHONY: venv
venv: ## Install the Python tools of the tests and checks.
	@infra/check/venv.sh

.PHONY: check
check: portal/node_modules ## Lint everything; generated files must be fresh.
	infra/check/source.sh
	go test ./infra/wire ./infra/house
	infra/check/template.sh
	cd portal && npm run --silent types && npm run --silent lint

.PHONY: wire
wire: ## Generate the TypeScript types and docs/asyncapi.yaml anew.
	go run ./infra/wire

.PHONY: clean
clean: ## Remove what was built; the data in .parley stays.
	rm -rf build portal/dist portal/node_modules .venv

FORCE:
