# Every target is one line over .venv/bin/roster; what a target needs is installed by .venv/.ready.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := generate
.PHONY: generate lock check test bench up down status embeddings sbom sbom-sign sbom-verify verify-provenance accept accept-local accept-governance accept-cluster mutations golden clean

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Roster needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

generate: .venv/.ready ## Compile the specs into generated/, and have it judged independently.
	$(BIN)/roster generate && $(BIN)/roster verify

lock: .venv/.ready .venv/stack/.ready ## Digests of images, and tools of servers, as they are now: make lock [ONLY="ghcr.io/ stripe"]
	$(BIN)/roster lock $(ONLY)

up: .venv/stack/.ready .venv/node/.ready ## A project's agents and servers on this machine: make up STACK=<project> [WITHOUT="docker"] [ENV=dev]
	@.venv/stack/bin/python -m stack up $(STACK) $(foreach name,$(WITHOUT),--without $(name)) $(if $(ENV),--env $(ENV))

down: .venv/stack/.ready .venv/node/.ready ## Stop what `make up` started: make down [STACK=<project>]
	@.venv/stack/bin/python -m stack down $(STACK)

status: .venv/stack/.ready .venv/node/.ready ## How it is.
	@.venv/stack/bin/python -m stack status $(STACK)

embeddings: .venv/.ready .venv/embeddings/.ready ## Compute the vectors by which agents are found by meaning, for texts that have none.
	$(BIN)/roster generate && .venv/embeddings/bin/python -m stack.embeddings && $(BIN)/roster generate

verify-provenance: .venv/.ready ## Is generated/ byte by byte what its statement of provenance says?
	$(BIN)/roster provenance --check

SBOM := .roster/sbom
COSIGN := .venv/signing/cosign
BOM = .venv/governance/bin/cyclonedx-py requirements --sv 1.7 --output-reproducible
SIGNED := compiler.cdx.json stack.cdx.json provenance.json
sbom: .venv/.ready .venv/governance/.ready ## CycloneDX SBOMs of the compiler and the local stack, and what generated/ was made from.
	mkdir -p $(SBOM)
	$(BOM) requirements.lock --pyproject pyproject.toml -o $(SBOM)/compiler.cdx.json
	$(BOM) stack/requirements.lock -o $(SBOM)/stack.cdx.json
	$(BIN)/roster provenance > $(SBOM)/provenance.json

sbom-sign: sbom .venv/signing/.ready ## Sign them: make sbom-sign COSIGN_KEY=<file or KMS URI>
	@test -n "$(COSIGN_KEY)" || { echo "say with which key: make sbom-sign COSIGN_KEY=<file or KMS URI>; \`$(COSIGN) generate-key-pair\` makes one"; exit 2; }
	$(COSIGN) signing-config create > $(SBOM)/signing-config.json
	for file in $(SIGNED); do $(COSIGN) sign-blob --yes --key "$(COSIGN_KEY)" --signing-config $(SBOM)/signing-config.json --bundle $(SBOM)/$$file.sigstore.json $(SBOM)/$$file || exit 1; done

sbom-verify: .venv/.ready .venv/governance/.ready .venv/signing/.ready ## Are they signed, and still true? make sbom-verify COSIGN_PUB=<file or KMS URI>
	@test -n "$(COSIGN_PUB)" || { echo "say whose signature: make sbom-verify COSIGN_PUB=<file or KMS URI>"; exit 2; }
	for file in $(SIGNED); do $(COSIGN) verify-blob --key "$(COSIGN_PUB)" --insecure-ignore-tlog=true --bundle $(SBOM)/$$file.sigstore.json $(SBOM)/$$file || exit 1; done
	$(BOM) requirements.lock --pyproject pyproject.toml -o - | cmp - $(SBOM)/compiler.cdx.json
	$(BOM) stack/requirements.lock -o - | cmp - $(SBOM)/stack.cdx.json
	cmp generated/provenance.json $(SBOM)/provenance.json
	$(BIN)/roster provenance --check

check: .venv/.ready .venv/stack/.ready ## The project's own checks: style, types, floors, and the specs.
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/mypy -p stack --python-executable .venv/stack/bin/python && $(BIN)/lint-imports && $(BIN)/roster check --strict

test: .venv/.ready ## All tests that need nothing but Python.
	$(BIN)/python -m pytest -n 2 tests --ignore tests/accept --ignore tests/cluster --ignore tests/local --ignore tests/governance

accept: .venv/.ready .venv/node/.ready .venv/judges/.ready .venv/debian/.ready .venv/checkov/.ready ## Real consumers judge the output.
	$(BIN)/python -m pytest tests/accept

accept-local: .venv/.ready .venv/stack/.ready .venv/local/.ready .venv/embeddings/.ready .venv/node/.ready .venv/debian/.ready ## The local stack runs, and real clients judge it.
	.venv/local/bin/python -m pytest tests/local

accept-governance: .venv/.ready .venv/governance/.ready .venv/collector/.ready .venv/signing/.ready ## CycloneDX, in-toto, OSCAL and cosign judge the governance output.
	.venv/governance/bin/python -m pytest tests/governance
	$(BIN)/python -m pytest -n 2 tests/test_ai_act.py tests/test_placeholders.py tests/test_supply_chain.py tests/test_golden.py

accept-cluster: .venv/.ready ## A real Kubernetes and a real Argo CD judge the output.
	$(BIN)/python -m tests.cluster.binaries
	$(BIN)/python -m pytest tests/cluster

.venv/stack/.ready: stack/requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Roster needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv/stack
	.venv/stack/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r stack/requirements.lock
	touch $@

.venv/local/.ready: tests/local/requirements.lock .venv/.ready
	$(PYTHON) -m venv .venv/local
	.venv/local/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/local/requirements.lock
	touch $@

.venv/governance/.ready: tests/governance/requirements.lock
	$(PYTHON) -m venv .venv/governance
	.venv/governance/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/governance/requirements.lock
	touch $@

.venv/signing/.ready: tests/governance/signing/go.mod tests/governance/signing/go.sum
	@command -v go >/dev/null || { echo "signing needs Go 1.26.8 or newer, to build cosign"; exit 2; }
	mkdir -p .venv/signing
	cd tests/governance/signing && CGO_ENABLED=0 go build -mod=readonly -trimpath -ldflags "-s -w" -o ../../../.venv/signing/ tool
	touch $@

.venv/embeddings/.ready: stack/embeddings-requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Roster needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv/embeddings
	.venv/embeddings/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r stack/embeddings-requirements.lock
	touch $@

.venv/node/.ready: stack/package-lock.json
	@command -v npm >/dev/null || { echo "PM2 needs npm, of Node.js 20 or newer"; exit 2; }
	mkdir -p .venv/node && cp stack/package.json stack/package-lock.json .venv/node/
	npm ci --prefix .venv/node --no-audit --no-fund --silent
	touch $@

.venv/judges/.ready: $(wildcard tests/accept/*/main.go tests/accept/*/go.*) .venv/.ready
	@command -v go >/dev/null || { echo "make accept needs Go 1.26 or newer, to build ToolHive's and Istio's own judges"; exit 2; }
	mkdir -p .venv/judges
	for judge in toolhive istio; do (cd tests/accept/$$judge && go build -mod=readonly -o ../../../.venv/judges/$$judge .) || exit 2; done
	touch $@

DEBIAN := prometheus prometheus-alertmanager redis-server redis-tools libjemalloc2 liblzf1 libatomic1
.venv/debian/.ready: Makefile .venv/.ready
	@for tool in apt-get dpkg-deb; do command -v $$tool >/dev/null || { echo "make accept needs Debian's $$tool, to fetch promtool, amtool and Redis"; exit 2; }; done
	rm -rf .venv/debian && mkdir -p .venv/debian/archives
	cd .venv/debian/archives && { apt-get -qq download $(DEBIAN) || { apt-get -qq update && apt-get -qq download $(DEBIAN); }; }
	for archive in .venv/debian/archives/*.deb; do dpkg-deb --extract $$archive .venv/debian || exit 2; done
	touch $@

.venv/checkov/.ready: tests/accept/checkov/requirements.lock .venv/.ready
	$(PYTHON) -m venv .venv/checkov
	.venv/checkov/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/accept/checkov/requirements.lock
	touch $@

.venv/collector/.ready: tests/governance/collector/main.go tests/governance/collector/go.mod tests/governance/collector/go.sum
	@command -v go >/dev/null || { echo "make accept-governance needs Go 1.26 or newer, to build the OpenTelemetry collector"; exit 2; }
	mkdir -p .venv/collector
	cd tests/governance/collector && go build -mod=readonly -trimpath -ldflags "-s -w" -o ../../../.venv/collector/collector .
	touch $@

mutations: .venv/.ready ## Spoil the artefacts in every way, and list what verify says of each.
	$(BIN)/python -m tests.mutations

bench: .venv/.ready ## Ratios against a bare script, within one run.
	$(BIN)/python -m tests.bench

golden: .venv/.ready ## Rewrite the snapshots and pages, then read the diff.
	$(BIN)/python -m pytest -n 2 tests --snapshot-update --ignore tests/accept --ignore tests/cluster --ignore tests/local --ignore tests/governance

clean: ## Remove what the targets installed and cached; never generated/.
	rm -rf .venv .roster .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
