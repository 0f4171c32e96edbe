# QNT Peer Review. `make run` and `make test` each do the whole set-up on a fresh Debian or Ubuntu machine.
# PORT=8001 moves the site; PYTHON names another Python 3.11 or later; PYTEST_ADDOPTS adds options to the tests.
# `make bench` measures what acts cost (docs/performance.md); with DATABASE_URL=postgres://... on PostgreSQL.
# `make bench-national` seeds a site of national size in NATIONAL_DATABASE_URL (10 to 30 minutes the first time) and measures on it too.
# `make soak` kills servers under 50 editors for 5 minutes; SOAK_SECONDS and SOAK_EDITORS change that.

BIN := .venv/bin
PORT ?= 8000
export PORT
SOAK_SECONDS ?= 300
SOAK_EDITORS ?= 50
# As many test processes as processors, but two at least and four at most: each makes a database of its own.
WORKERS ?= $(shell n=$$(nproc); echo $$((n < 2 ? 2 : n > 4 ? 4 : n)))

# What `check --deploy` sees: a production set-up in which only the values are invented.
PRODUCTION_LIKE := QNT_PROFILE=production DJANGO_SECRET_KEY=not-a-secret-Xk2pV9sQ7rT4wY8zB3nM6cF1gH5jL0aDdEeRrUuIiOoPpSsWw \
	ALLOWED_HOSTS=qnt.example DATABASE_URL=postgres://qnt@127.0.0.1/qnt CELERY_BROKER_URL=redis://127.0.0.1/0 \
	MEDIA_ROOT=/tmp EMAIL_URL=smtp://127.0.0.1:25

.PHONY: run run-clean test check bench bench-national soak format lock

run:
	@scripts/setup run
	@exec $(BIN)/python scripts/run.py

run-clean:
	rm -rf .data
	@$(MAKE) --no-print-directory run

test: set-up-for-tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not postgres and not redis and not browser"

# `make -k check` goes on after the first fault.
check: check-python check-types check-imports check-templates check-django

.PHONY: check-python check-types check-imports check-templates check-django set-up-for-tests

set-up-for-tests:
	@scripts/setup test

check-python: set-up-for-tests
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .

check-types: set-up-for-tests
	$(BIN)/mypy

check-imports: set-up-for-tests
	$(BIN)/lint-imports --no-logo

check-templates: set-up-for-tests
	$(BIN)/djlint --lint --quiet templates
	git ls-files -z templates | xargs -0 $(BIN)/djade --target-version 5.2 --check

check-django: set-up-for-tests
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION_LIKE) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py dump_routes >/dev/null

# JSON on standard output, the table on standard error; exit 1 when something costs more than its limit.
bench:
	@scripts/setup run >&2
	@$(BIN)/python manage.py bench --json

# Needs an empty database, or one that it seeded before. A second seeding changes nothing.
bench-national:
	@scripts/setup run >&2
	@test -n "$(NATIONAL_DATABASE_URL)" || { echo "Set NATIONAL_DATABASE_URL=postgres://..." >&2; exit 1; }
	@DATABASE_URL=$(NATIONAL_DATABASE_URL) $(BIN)/python manage.py migrate -v0 >&2
	@DATABASE_URL=$(NATIONAL_DATABASE_URL) $(BIN)/python manage.py seed_demo --size national >&2
	@NATIONAL_DATABASE_URL=$(NATIONAL_DATABASE_URL) $(BIN)/python manage.py bench --json

# Editors save while gunicorn and PostgreSQL are killed, in a cluster of its own; needs PostgreSQL's programs.
soak: set-up-for-tests
	SOAK_SECONDS=$(SOAK_SECONDS) SOAK_EDITORS=$(SOAK_EDITORS) $(BIN)/python -m pytest -m postgres tests/robustness

format: set-up-for-tests
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	git ls-files -z templates | xargs -0 $(BIN)/djade --target-version 5.2

# Write the locks anew; scripts/lock --upgrade moves the versions.
lock: set-up-for-tests
	scripts/lock
