# Everything a person does with Concord. `make` alone lists it.
# Needs Python 3.11 or newer and make; the rest is installed into .venv from hash-checked locks.

PORT ?= 8000
TESTS ?= tests
PYTEST_ARGS ?= -q -n 2 --dist loadfile
SEEDS ?= 10000
PYTHON ?=
VENV := .venv/bin/python
BOOTSTRAP := portal/embedded/bootstrap.py
export PORT

# The checks read the settings but touch no database.
DRY := CONCORD_SECRET_KEY=dry CONCORD_DATABASE_URL=postgresql://dry@127.0.0.1:1/dry
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

# The first Python that is new enough and can make environments; else the first that is new enough.
define find_python
for need in 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))' \
	'import sys; sys.exit(sys.version_info < (3, 11))'; do \
  for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14 python; do \
    if "$$python" -c "$$need" 2>/dev/null; then found="$$python"; break 2; fi; \
  done; \
done; \
if [ -z "$$found" ]; then \
  echo "  No Python 3.11 or newer was found. Install one (Debian: apt-get install python3 python3-venv)," >&2; \
  echo "  or name yours: make PYTHON=/path/to/python3.12" >&2; exit 1; \
fi
endef

.PHONY: help demo demo-reset start-zendesk stop-zendesk start-jira stop-jira serve \
	test test-services test-real check simulate bench connectors lock demo-packages dev-packages

help: ## what can be made
	@echo "Concord"
	@grep -hE '^[a-z -]+:.*## ' Makefile | sed -E 's/^([a-z -]+):.*## (.*)/\1|\2/' | \
	  awk -F'|' '{printf "  make %-26s %s\n", $$1, $$2}'

demo: demo-packages ## the whole story, live; Ctrl-C stops it, PORT=8080 moves it
	@exec $(VENV) -m portal.embedded.demo

demo-reset: demo-packages ## forget all that the demo kept
	@exec $(VENV) -m portal.embedded.demo --reset

stop-zendesk stop-jira: demo-packages ## stop a practice system of the running demo
	@exec $(VENV) -m portal.embedded.demo --stop $(@:stop-%=%)

start-zendesk start-jira: demo-packages ## start it again
	@exec $(VENV) -m portal.embedded.demo --start $(@:start-%=%)

serve: dev-packages ## the demo with Django's own server, for work on pages
	@exec $(VENV) -m portal.embedded.demo --serve

test: dev-packages ## every test, on an embedded PostgreSQL and broker
	@$(VENV) -m pytest $(PYTEST_ARGS) $(TESTS)

test-services: dev-packages ## the same tests on the services that the environment names
	@if [ -z "$$CONCORD_TEST_DATABASE_URL" ] || [ -z "$$CONCORD_TEST_BROKER_URL" ]; then \
	  echo "  Name the services: CONCORD_TEST_DATABASE_URL=postgresql://postgres@127.0.0.1:5432/postgres" >&2; \
	  echo "  CONCORD_TEST_BROKER_URL=redis://127.0.0.1:6379/9, and, for a second run of the tests with a worker," >&2; \
	  echo "  CONCORD_TEST_SECOND_BROKER_URL=amqp://guest:guest@127.0.0.1:5672//" >&2; exit 1; \
	fi
	@$(VENV) -m pytest $(PYTEST_ARGS) $(TESTS)
	@if [ -n "$$CONCORD_TEST_SECOND_BROKER_URL" ]; then \
	  CONCORD_TEST_BROKER_URL="$$CONCORD_TEST_SECOND_BROKER_URL" $(VENV) -m pytest $(PYTEST_ARGS) -m worker $(TESTS); \
	fi

test-real: dev-packages ## the connectors against a real Redmine and Request Tracker; CONCORD_REAL_ITEMS=1000
	@.ci/real

check: dev-packages ## style, types, floors, templates, migrations
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy .
	.venv/bin/lint-imports
	.venv/bin/djlint --quiet --lint --check templates
	$(DRY) $(VENV) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

simulate: dev-packages ## seeded fault histories of the engine; SEEDS=10000
	@$(VENV) -m tests.simulation --seeds $(SEEDS)

bench: dev-packages ## speed and memory, as ratios measured in the same run
	@$(VENV) -m tests.bench

connectors: dev-packages ## write docs/connectors.md from the code
	@$(DRY) $(VENV) manage.py document_connectors

lock: dev-packages ## resolve requirements/*.in again
	@for name in uv base demo dev; do \
	  $(VENV) -m $(LOCK) requirements/$$name.in -o requirements/$$name.lock || exit 1; \
	done
	@if grep -l '://' requirements/*.lock; then echo "  A lock file names a host." >&2; exit 1; fi

demo-packages dev-packages:
	@if [ -x $(VENV) ] && $(VENV) -I $(BOOTSTRAP) $(@:%-packages=%) 2>/dev/null; then exit 0; fi; \
	$(find_python); "$$found" -I $(BOOTSTRAP) $(@:%-packages=%)
