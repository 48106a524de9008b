# The house's few commands. Python 3.11 or newer with venv, and make, are all that must be there first.
.DEFAULT_GOAL := help
.PHONY: help run test test-servers lint format bench lock install install-dev system-packages
python := .venv/bin/python
# Enough for the types of the settings to be read; nothing is connected to.
nowhere := DATABASE_URL=postgres://nobody@nowhere/nothing REDIS_URL=redis://nowhere SECRET_KEY=none VAULT_KEYS=none ALLOWED_HOSTS=none

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' Makefile | awk '{ name = $$1; sub(/^[^ ]* /, ""); sub(/:$$/, "", name); printf "  make %-14s %s\n", name, $$0 }'

run: export EMBEDDED := 1
run: install ## everything on this machine: a database, a broker, two demonstration post offices, the webmail
	@exec $(python) -I -S mailbox/management/leash.py SIGTERM - - $(python) manage.py up --demo

test: install-dev system-packages ## the tests, against real servers
	$(python) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-servers: install-dev system-packages ## the slow rest: other kinds of servers, long faults
	$(python) -m pytest -n 2 --dist loadfile -m servers

lint: install-dev ## style, types, import contracts, templates
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(nowhere) $(python) -m mypy
	.venv/bin/lint-imports
	$(python) -m djlint templates --check --quiet
	$(python) -m djlint templates --lint --quiet

format: install-dev ## let the formatters write
	$(python) -m ruff check --fix .
	$(python) -m ruff format .
	$(python) -m djlint templates --reformat --quiet

bench: install-dev ## measure, peers side by side
	$(python) bench/run.py

lock: install-dev ## write requirements/*.txt anew from *.in
	requirements/lock

install:
	@requirements/install base embedded

install-dev:
	@requirements/install base embedded dev

system-packages:
	@tests/system-packages
