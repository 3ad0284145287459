package main

import "time"

// A Place is a server and a pinning.
type Place struct {
	Name   string
	Mix    bool // of sizes, chunked and closing; else small answers
	Pinned bool // generator and server each on a core of its own
}

var (
	smallPinned = Place{Name: "small answers, pinned", Pinned: true}
	smallFree   = Place{Name: "small answers, unpinned"}
	mixPinned   = Place{Name: "mix, pinned", Mix: true, Pinned: true}
	mixFree     = Place{Name: "mix, unpinned", Mix: true}
	places      = []Place{smallPinned, smallFree, mixPinned, mixFree}
)

// A Row is a load, the tools that are given it, and the places where it is measured.
type Row struct {
	Name string
	Load
	Extra
	Tools  []string
	Places []Place
	Once   bool // memory, which a repeat would not change
}

const connections = 64

// The names of rows stand in the tables and in goals.go.
const (
	flatOut   = "flat out"
	watched   = "flat out, observed"
	calm      = "5,000/s"
	calmMilli = "5,000/s --precision 1ms"
	busyMilli = "20,000/s --precision 1ms"
	rush      = "50,000/s"
	step      = "100 to 30,000/s in one arrival"
	stepBare  = "flat out, 1 KB answers"
	stepAsked = "flat out, journey steps with 1 KB answers"
	thinking  = "1,000,000 sessions in think time"
)

var rows = []Row{
	{Name: flatOut, Load: Load{0, 4 * time.Second, connections}, Places: places,
		Tools: []string{"wrk", "peakday", "vegeta", "k6", "fortio", "hey"}},
	{Name: watched, Load: Load{0, 4 * time.Second, connections}, Extra: Extra{Observed: true}, Places: []Place{smallPinned},
		Tools: []string{"peakday"}},
	{Name: calm, Load: Load{5000, 5 * time.Second, connections}, Places: places,
		Tools: []string{"peakday", "vegeta", "k6", "fortio"}},
	{Name: calmMilli, Load: Load{5000, 5 * time.Second, connections}, Extra: Extra{Precision: "1ms"}, Places: []Place{smallPinned, smallFree},
		Tools: []string{"peakday"}},
	{Name: busyMilli, Load: Load{20000, 3 * time.Second, connections}, Extra: Extra{Precision: "1ms"}, Places: []Place{smallPinned, smallFree},
		Tools: []string{"peakday", "vegeta", "fortio"}},
	{Name: rush, Load: Load{50000, 3 * time.Second, connections}, Places: []Place{smallPinned},
		Tools: []string{"peakday", "fortio"}},
	{Name: step, Load: Load{0, 3 * time.Second, connections}, Extra: Extra{Scenario: stepScenario}, Places: []Place{smallPinned},
		Tools: []string{"peakday"}},
	{Name: stepBare, Load: Load{0, 4 * time.Second, connections}, Extra: Extra{Scenario: stepBareScenario}, Places: []Place{smallPinned},
		Tools: []string{"peakday"}},
	{Name: stepAsked, Load: Load{0, 4 * time.Second, connections}, Extra: Extra{Scenario: stepAskedScenario}, Places: []Place{smallPinned},
		Tools: []string{"peakday"}},
	{Name: thinking, Load: Load{For: 25 * time.Second}, Extra: Extra{Scenario: thinkingScenario}, Places: []Place{smallPinned},
		Tools: []string{"peakday"}, Once: true},
}

// The run ends one second after the step, so that its quantiles are those of the first second: the arrivals before it are
// 0.7 % of all.
const stepScenario = `name: step
shape:
  base: 100/s
  phases:
    - {hold: 2s, rate: 1x}
    - {hold: 1s, rate: 300x}
requests:
  - {op: get, path: ` + path + `}
mix: {get: 1}
timeout: 2s
good_within: 1s
drain: 2s
`

// The same request with and without what makes it a step of a journey: six variables, a check of the status, a JSON and a
// header extraction. Its answer is that of stepPath.
const (
	stepBareScenario = `name: step-bare
users: 64
shape: {phases: [{hold: FOR, rate: 1x}]}
requests:
  - op: get
    path: ` + stepPath + `/1234567/items/50?person=23456&id=6ba7b810-9dad-41d1-80b4-00c04fd430c8
    headers: {Authorization: Bearer 0123456789abcdef0123456789abcdef, X-CSRF: 0123456789abcdef}
mix: {get: 1}
timeout: 2s
good_within: 1s
drain: 2s
`
	stepAskedScenario = `name: step-asked
users: 64
shape: {phases: [{hold: FOR, rate: 1x}]}
requests:
  - {op: login, path: ` + stepPath + `, extract: {token: json data.token, csrf: header X-CSRF}}
  - op: get
    path: "` + stepPath + `/${seq}/items/${random:1..100}?person=${person}&id=${uuid}"
    headers: {Authorization: "Bearer ${token}", X-CSRF: "${csrf}"}
    check: [status == 200]
    extract: {token: json data.token, csrf: header X-CSRF}
setup: [login]
mix: {get: 1}
timeout: 2s
good_within: 1s
drain: 2s
`
)

// At the end of the hold every one of a million sessions has had its first answer and waits for its next step, which never
// comes.
const thinkingScenario = `name: thinking
shape: {base: 40000/s, phases: [{hold: 25s}]}
requests:
  - {op: get, path: ` + path + `}
journeys:
  - {name: visit, steps: [get, {think: 10m}, get]}
mix: {visit: 1}
timeout: 2s
good_within: 1s
drain: 2s
`
