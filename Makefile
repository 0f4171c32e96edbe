# QNT Peer Review. `make run` and `make test` each do the whole set-up on a fresh Debian or Ubuntu machine.
# PORT=8001 moves the site; PYTHON names another Python 3.11 or later; PYTEST_ADDOPTS adds options to the tests.

BIN := .venv/bin
PORT ?= 8000
export PORT

# What `check --deploy` sees: a production set-up in which only the values are invented.
PRODUCTION_LIKE := QNT_PROFILE=production DJANGO_SECRET_KEY=Xk2pV9sQ7rT4wY8zB3nM6cF1gH5jL0aDdEeRrUuIiOoPpSsWw \
	ALLOWED_HOSTS=qnt.example DATABASE_URL=postgres://qnt@127.0.0.1/qnt CELERY_BROKER_URL=redis://127.0.0.1/0 \
	MEDIA_ROOT=/tmp EMAIL_URL=smtp://127.0.0.1:25

.PHONY: run run-clean test check bench format lock

run:
	@scripts/setup run
	@exec $(BIN)/python scripts/run.py

run-clean:
	rm -rf .data
	@$(MAKE) --no-print-directory run

test:
	@scripts/setup test
	$(BIN)/python -m pytest -n 2 -m "not postgres and not redis and not browser"

check:
	@scripts/setup test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	git ls-files -z 'templates/**.html' 'templates/**.txt' | xargs -0 $(BIN)/djade --target-version 5.2 --check
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION_LIKE) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py dump_routes >/dev/null

bench:
	@echo "not yet built" >&2; exit 2

format:
	@scripts/setup test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	git ls-files -z 'templates/**.html' 'templates/**.txt' | xargs -0 $(BIN)/djade --target-version 5.2

# Write the locks anew; versions that still fit are kept (add UV_UPGRADE=1 to move them).
lock:
	@scripts/setup test
	for name in requirements requirements-node tests/requirements; do \
		UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
			--generate-hashes $$name.in -o $$name.txt || exit 1; \
	done
	npm install --package-lock-only
