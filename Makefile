# Bare make prints the targets. Nothing but Go and make is needed; race adds a C compiler.

export CGO_ENABLED ?= 0

.DEFAULT_GOAL := help

help: ## print this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/peakday, one static binary
	go build -trimpath -o bin/peakday .

drill: build ## the main job: forecast a policy day, drill it without and with protection, judge it, size for it
	bin/peakday drill reform-day-300x

test: ## every test; the ones that need the machine to themselves run last, alone
	@out=$$(go test -count 1 -v -run '^TestWhichPostgres$$' ./sut/store/postgres/server/servertest) || { echo "$$out"; exit 1; }; echo "$$out" | sed -n 's/^.*which_test\.go:[0-9]*: /this machine: /p; s/^.*\(no PostgreSQL.*\)/this machine: \1/p'
	go test -timeout 10m -skip '^(TestOracle|TestWhichPostgres$$)' ./...
	go test -timeout 10m -p 1 -count 1 -run '^TestOracle' ./internal/drill ./internal/selftest
	cd internal/bench && go test ./...

check: fmt vet test race calm ## exactly what CI runs

fmt:
	@out=$$(gofmt -l .); test -z "$$out" || { echo "gofmt would change:"; echo "$$out"; exit 1; }

vet:
	go vet ./...
	go tool staticcheck ./...
	staticcheck=$$(go tool -n staticcheck) && cd internal/bench && go vet ./... && $$staticcheck ./...

race: ## the short tests under the race detector
	CGO_ENABLED=1 go test -timeout 15m -race -short ./...

# An invalid drill says that the machine was too busy to measure: it is repeated once, and the reason is printed above.
# A failed one is never repeated.
calm: build ## the 20-second drill of CI
	bin/peakday drill calm-day || { test $$? -eq 5 && echo "the measurement was invalid; once more" && bin/peakday drill calm-day; }

bench-engine: build ## what the engine costs beside wrk, vegeta, k6, fortio and hey, into engine/BENCHMARKS.md; 25 minutes
	cd internal/bench && go run .

bench-sut: build ## how fast the reference service is, client included, into sut/BENCHMARKS.md; 15 minutes
	cd internal/bench && go run ./service

bench-admission: build ## what admission does for an overloaded service, beside a fixed oracle and failsafe-go, into sut/admission/BENCHMARKS.md; 45 minutes
	go test -count 1 -timeout 60m -run '^TestTables$$' ./sut/admission/simulate -update
	cd internal/bench && go run ./admission

bench-forecast: build ## how good and how fast the forecasts are, beside R's forecast package and Prophet, into forecast/BENCHMARKS.md; 10 minutes, wants PEAKDAY_DATA
	go run ./forecast/bench

soak: build ## the slow proofs: tests called TestSoak, which are skipped elsewhere
	PEAKDAY_SOAK=1 go test -timeout 60m -p 1 -count 1 -v -run '^TestSoak' ./...
	cd internal/bench && go run ./admission -soak

clean: ## remove what was built and drilled
	rm -rf bin peakday-runs

.PHONY: help build drill test check fmt vet race calm bench-engine bench-sut bench-admission bench-forecast soak clean
