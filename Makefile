# QNT Peer Review. `make run` and `make test` each do the whole set-up on a fresh Debian or Ubuntu machine.
# PORT=8001 moves the site; PYTHON names another Python 3.11 or later; PYTEST_ADDOPTS adds options to the tests.

BIN := .venv/bin
PORT ?= 8000
export PORT

# What `check --deploy` sees: a production set-up in which only the values are invented.
PRODUCTION_LIKE := QNT_PROFILE=production DJANGO_SECRET_KEY=not-a-secret-Xk2pV9sQ7rT4wY8zB3nM6cF1gH5jL0aDdEeRrUuIiOoPpSsWw \
	ALLOWED_HOSTS=qnt.example DATABASE_URL=postgres://qnt@127.0.0.1/qnt CELERY_BROKER_URL=redis://127.0.0.1/0 \
	MEDIA_ROOT=/tmp EMAIL_URL=smtp://127.0.0.1:25

.PHONY: run run-clean test check bench format lock

run:
	@scripts/setup run
	@exec $(BIN)/python scripts/run.py

run-clean:
	rm -rf .data
	@$(MAKE) --no-print-directory run

test: set-up-for-tests
	$(BIN)/python -m pytest -n 2 -m "not postgres and not redis and not browser"

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

bench:
	@scripts/setup run
	@$(BIN)/python manage.py bench --json

format: set-up-for-tests
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	git ls-files -z templates | xargs -0 $(BIN)/djade --target-version 5.2

# Write the locks anew; scripts/lock --upgrade moves the versions.
lock: set-up-for-tests
	scripts/lock
