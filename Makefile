# `make run` starts Gatehouse, `make test` runs every test. Both set up what is missing first.

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
# Everything but the tool that packs the pages, with the same features for tests and program: nothing
# is compiled a second time. What the pages reckon is tested here, too; what they show, in the browser.
NATIVE := --locked --workspace --exclude bindgen --all-features

.PHONY: help run dev test test-rust test-browser bench fuzz lint clippy docs pictures setup clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: setup ## build and start Gatehouse; ARGS="--listen 0.0.0.0:8070 …" for settings
	@echo "== the pages (once: about 4 minutes on 2 cores)"
	@frontend/build.sh --release
	@echo "== the server (once: about 10 minutes on 2 cores, as OpenSSL is built along)"
	@$(CARGO) build --locked --release -p gatehouse
	@exec $(TARGET)/release/gatehouse serve $(ARGS)

dev: setup ## the same, unoptimised, with the pages served from frontend/dist
	@frontend/build.sh --dev
	@$(CARGO) build --locked -p gatehouse
	@exec $(TARGET)/debug/gatehouse serve --assets frontend/dist $(ARGS)

test: setup-tests lint test-rust test-browser ## every test of every crate, and the browser tests

test-rust:
	@echo "== tests of the crates"
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
		$(CARGO) nextest run $(NATIVE) --no-fail-fast; \
	else \
		$(CARGO) test $(NATIVE) --no-fail-fast; \
	fi

test-browser:
	@echo "== the pages"
	@frontend/build.sh --dev
	@echo "== the server"
	@$(CARGO) build $(NATIVE) --bins --tests
	@echo "== browser tests"
	@cd e2e && npx --no-install playwright test $(E2E)

bench: setup-tests ## the bars: speed and memory, as ratios
	@scripts/bench.sh

fuzz: ## look for policy text that the reader does not stand, 10 minutes for each target
	@scripts/fuzz.sh $(FUZZ)

lint:
	@$(CARGO) fmt --check
	@scripts/check-secrets.sh

clippy: ## what clippy has to say, which is to be nothing
	@$(CARGO) clippy $(NATIVE) --all-targets -- -D warnings
	@cd frontend && CARGO_TARGET_DIR=$(abspath $(TARGET))/wasm $(CARGO) clippy --locked --target wasm32-unknown-unknown --profile wasm-dev -- -D warnings

docs: ## write the generated pages of docs/ again
	@UPDATE_DOCS=1 $(CARGO) test --locked -p generator --all-features --test docs
	@UPDATE_DOCS=1 $(CARGO) test --locked -p server --test settings_docs

pictures: ## draw the pictures of docs/ again, from the pages in frontend/dist
	@mkdir -p docs/pictures
	@cd e2e && PICTURES=1 npx --no-install playwright test pictures

.PHONY: setup-tests
setup: ## install what building needs
	@scripts/setup.sh

setup-tests:
	@scripts/setup.sh --tests

clean:
	@$(CARGO) clean
	@rm -rf frontend/dist frontend/web/node_modules e2e/node_modules e2e/test-results e2e/shots
