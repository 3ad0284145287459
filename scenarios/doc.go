// Package scenarios is a rehearsal as data: what arrives, who sends it, what counts as good, and which budgets decide.
//
//  1. [Parse] reads a YAML document into a [Scenario]; every fault names its file, line and column.
//  2. library.Resolve fills in the shares of a mix that the document names, and [Renormalise] leaves out what the service
//     lacks. Scenario.Validate then checks the names of operations.
//  3. profile.Of makes the [Shape] a curve of arrivals per second.
//  4. [Marshal] writes the scenario in its canonical form, which every result keeps.
//
// # The document
//
// Every key but name and shape may be left out; [Schema] gives them all with their defaults.
//
//	name: reform-day                  # lower case words joined by dashes
//	title: A reform takes effect      # one line for people; description may have more
//	seed: 20230101                    # of every stream of chance
//	service: {profile: legacy-2018, workers: 64, people: 100000}  # the bundled service
//	shape:
//	  base: 5/s                       # what 1x means
//	  forecast: {history: worldcup98, quantile: 0.95}   # a forecast fills in points and peak_at before the run, or
//	  points: [{at: "00:00", rate: 1x}, {at: "24:00", rate: 4/s}]   # they are written out, joined by straight lines
//	  compress: 7200                  # calendar seconds in a wall second; points only, never rates
//	  peak_at: "21:00"                # where in the day the phases are laid
//	  phases:                         # the event, in wall time
//	    - {ramp: 5s, to: 300x}        # a straight line
//	    - {hold: 24s}                 # the rate reached; or hold another: {hold: 24s, rate: 2x}
//	    - {half_life: 2s, for: 6s, to: 1x}
//	arrivals: even                    # or poisson; replay needs instants: due.txt, seconds from the start, one a line
//	mix: {home: 3, order: 1}          # shares of operations, or the name of a mix of the library: R
//	requests:                         # for a service of one's own; the bundled one knows its operations
//	  - {op: home, path: /, headers: {Authorization: "Bearer ${TOKEN}"}}   # filled in from the environment
//	  - {op: order, class: P0, method: POST, path: /orders, body: '{"item": 1}'}   # P0 must not fail, P3 is shed first
//	actors:                           # who sends
//	  - {name: citizen, share: 1, patience: 30s, retry: {attempts: 3, backoff: constant, delay: 1s, jitter: 0.5, budget: 0.1}}
//	timeout: 30s                      # the client gives up, from due
//	good_within: 3s                   # an answer is good, from due
//	drain: 32s                        # wait for answers after the last arrival
//	max_in_flight: 8192               # more, and the overload policy decides
//	overload: drop                    # or {queue: 500}, {late: 2s}, {spawn: 20000}; a phase may have its own
//	abort: [failed <= 50% over 2s]    # sending stops as soon as one does not hold over its window, 100ms to 10m
//	capacity: 80/s                    # declared, for budgets against it
//	variants: [{name: unprotected}, {name: protected, guard: true, law: vegas}]
//	judge: {from: 10s}                # what budgets look at, from the first phase to the end of the hold
//	budgets: [goodput >= 0.90*capacity, admitted p95 <= 3s]   # must hold in the last variant
//	oracles: [answered mean >= 25.2s]   # must hold in the first, or the instrument is off
//
// In the closed model so many users ask, wait for the answer, think and ask again. A shape of multiples says how many:
//
//	users: 64                         # 1x; the shape has no base, no points and no rates such as 5/s
//	think: 1s..3s                     # after each answer; or of one length: 1s
//
// # Journeys
//
// A journey is a visit of several requests: a mix names it as it names a request. Package journey runs them.
//
//	name: claim-day
//	shape: {base: 5/s, phases: [{hold: 24s}]}   # journeys begin at this rate
//	requests:
//	  - op: login
//	    method: POST
//	    path: /login
//	    body: '{"id": "${people.id}", "password": "${PASSWORD}"}'   # see Piece for all that a template may hold
//	    check: [status == 200, json data.token exists]       # a failed check is counted under its text, see Check
//	    extract: {token: json data.token, csrf: header X-CSRF}   # see Pick
//	  - {op: query, path: "/claims?person=${people.id}", headers: {Authorization: "Bearer ${token}"}}
//	  - {op: submit, method: POST, path: /claims, headers: {Authorization: "Bearer ${token}", X-CSRF: "${csrf}"}, body: "n=${random:1..9}"}
//	  - {op: query-limits, path: /limits}
//	journeys:
//	  - name: claim
//	    pace: 0s                      # closed model only: a user begins it at most once in this time
//	    steps:
//	      - login
//	      - {think: 1s..3s}
//	      - branch:                   # one of them, by share; without steps the journey just goes on
//	          - {share: 3, steps: [query, {think: 2s}]}
//	          - {share: 1}
//	      - submit
//	feeders: [{name: people, file: people.csv, order: unique}]   # or sequential, random; .csv or .jsonl
//	cookies: true                     # a session sends back the cookies it was given
//	setup: [query-limits]             # run once before; what it extracts, every session knows
//	teardown: [query-limits]          # run once after
//
// Rates are 5/s or 300x, durations 1m30s, times of day "21:00" in quotes, shares in budgets 99.9%. Anchors, tags and a
// second document are refused.
//
// # Budgets
//
// One grammar serves budgets, oracles and the command line, see [ParseBudget]:
//
//	[scope] metric op value
//	scope   a class, P0 to P3, or an operation; none for all
//	metric  [admitted|answered] p50 … p99.9, [admitted|answered] mean, lateness p99,
//	        goodput, answered, success, shed, failed, timeouts
//	op      <= or >=
//	value   300ms; 80/s or 0.90*capacity; 99.9% or 0.999
//
// # Why one table of keys
//
// document.go lists each key once, with how it is read, written and described. The parser, the canonical form and the
// JSON Schema come from that list and cannot drift apart. Struct tags would give the YAML library's faults, one at a time
// and in its words; a schema file kept by hand would be right until the next key.
package scenarios
