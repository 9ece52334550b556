# From a bare checkout to a running hub or a finished test run. Needs Python >= 3.11 with venv, git and make; brings the rest.
# Each step leaves a mark named after what it was made from, so a second run starts at once.

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench browser locks clean

PORT ?= 8000
WORKERS ?= 2
ARGS ?=
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$each -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install --no-input --no-deps
SAY_SO := { echo "set-up: pip could not install the requirements; is the network there?" >&2; exit 1; }
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"

mark = $(shell (cat $(1); pwd) | cksum | tr ' ' '-')
HUB_READY := .venv/ready/hub-$(call mark,requirements.txt pyproject.toml)
TOOLS_READY := .venv/ready/tools-$(call mark,requirements.txt requirements-dev.txt pyproject.toml)
ASSETS_READY := partnerhub/static/vendor/ready-$(call mark,package-lock.json partnerhub/assets.py partnerhub/vendor.sha256)
DRIVER_READY := .venv/ready/playwright
BROWSER_READY := .venv/ready/playwright-chromium
debian = { [ "$$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release && { apt-get -qq update; DEBIAN_FRONTEND=noninteractive \
	apt-get -qq install -y --no-install-recommends -o DPkg::Lock::Timeout=120 $(1); } >/dev/null 2>&1; }

help: ## say what can be asked for
	@echo "make demo    set everything up and serve the demonstration office on http://127.0.0.1:$(PORT)  (PORT=8001 for another port)"
	@echo "make test    set everything up and run all tests  (ARGS='tests/rules -k percent' for some)"
	@echo "make check   linters, types, import contracts"
	@echo "make bench   how fast it is, beside its floors  (ARGS='--databases sqlite --size 90000 --scale' for a look)"
	@echo "make browser bring the browser that the tests use, where there is none"
	@echo "make setup   only install what the hub needs"
	@echo "make locks   write the locked requirement files anew from the .in files"
	@echo "make clean   remove what set-up made; the databases under instance/ stay"

setup: $(HUB_READY) $(ASSETS_READY)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "set-up: Python 3.11 or newer with venv is needed (on Debian: apt-get install python3-venv)" >&2; exit 1; }
	@echo "set-up: a virtual environment for $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear .venv

$(HUB_READY): | .venv/bin/python
	@echo "set-up: what the hub runs on"
	@$(PIP) --require-hashes -r requirements.txt || $(SAY_SO)
	@$(PIP) --no-build-isolation --editable .
	@mkdir -p $(@D) && touch $@

$(TOOLS_READY): | $(HUB_READY)
	@echo "set-up: what the tests run on"
	@$(PIP) --require-hashes -r requirements-dev.txt || $(SAY_SO)
	@mkdir -p $(@D) && touch $@

$(ASSETS_READY): | $(HUB_READY)
	@echo "set-up: styles and scripts"
	@$(WITH_NODE); test "$$(node -p 'parseInt(process.versions.node) >= 20' 2>/dev/null)" = true && command -v npm >/dev/null || { \
		echo "set-up: no node 20 here, so one from PyPI"; $(PIP) --require-hashes -r requirements-node.txt || $(SAY_SO); }
	@$(WITH_NODE) npm ci --silent || { echo "set-up: npm could not fetch the packages in package-lock.json" >&2; exit 1; }
	@$(BIN)/python -P partnerhub/assets.py
	@touch $@

# Playwright's own node needs a library that a small Debian lacks.
$(DRIVER_READY): | $(TOOLS_READY)
	@starts() { $(BIN)/python -m playwright --version >/dev/null 2>&1; }; \
	starts || { $(call debian,libatomic1) && starts; } || { \
		echo "set-up: Playwright does not start; it needs libatomic.so.1 (on Debian: apt-get install libatomic1)" >&2; exit 1; }
	@mkdir -p $(@D) && touch $@

# The order is also that of the tests: a Chromium on the PATH, else the one that Playwright brings.
browser: $(DRIVER_READY)
	@found() { for each in chromium chromium-browser google-chrome; do $$each --version >/dev/null 2>&1 && return; done; return 1; }; \
	brought() { $(BIN)/python -c 'from playwright.sync_api import sync_playwright as s; p = s().start(); p.chromium.launch().close(); p.stop()'; }; \
	found || test -e $(BROWSER_READY) && exit 0; \
	echo "set-up: a browser for the tests"; \
	$(call debian,chromium) && found && exit 0; \
	{ $(BIN)/python -m playwright install chromium && brought; } >/dev/null 2>&1 && touch $(BROWSER_READY) && exit 0; \
	echo "set-up: no browser for the tests: install Chromium (Debian: apt-get install chromium) so that “chromium” is on the PATH" >&2; exit 1

demo: setup
	@export HUB_ENV=development PUBLIC_URL="http://127.0.0.1:$(PORT)"; \
	$(BIN)/partnerhub migrate && $(BIN)/partnerhub demo --if-empty && exec $(BIN)/partnerhub serve --port $(PORT)

test: setup browser $(TOOLS_READY)
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

bench: setup
	@$(BIN)/python -m benchmarks $(ARGS)

check: setup $(TOOLS_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m djlint templates --lint --quiet
	$(BIN)/ty check
	$(BIN)/lint-imports --no-logo

locks: $(TOOLS_READY)
	@for each in requirements requirements-dev requirements-node; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
			--custom-compile-command "make locks" $$each.in -o $$each.txt $(ARGS) || exit 1; done

clean:
	rm -rf .venv node_modules partnerhub/static/vendor
