package journey_test

import (
	"fmt"
	"io"
	"os"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/journey"
)

// A person logs in and asks for something with the token.
func ExampleCompile() {
	s, err := scenarios.Parse("visit.yaml", []byte(`
name: visit
shape: {base: 5/s, phases: [{hold: 10s}]}
requests:
  - op: login
    method: POST
    path: /login
    body: '{"id": "${people.id}"}'
    check: [json data.token exists]
    extract: {token: json data.token}
  - {op: query, path: "/claims/${people.id}", headers: {Authorization: "Bearer ${token}"}}
journeys: [{name: visit, steps: [login, {think: 2s}, query]}]
feeders: [{name: people, file: testdata/people.csv}]
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := journey.Compile(s, s.Seed, os.LookupEnv, func(name string) (io.ReadCloser, error) { return os.Open(name) })
	if err != nil {
		fmt.Println(err)
		return
	}
	visit, err := p.Begin(2, "visit")
	if err != nil {
		fmt.Println(err)
		return
	}
	var r scenarios.Request
	fmt.Println(visit.Request(&r), r.Op, string(r.Body))
	fmt.Println(visit.Answer(scenarios.Answer{Status: 200, Body: []byte(`{"data": {"token": "t-1"}}`)}))
	fmt.Println(visit.Next(0))
	fmt.Println(visit.Request(&r), r.Path, r.Header)
	// Output:
	// <nil> login {"id": "A 1003"}
	//  false
	// 2s true
	// <nil> /claims/A%201003 [{Authorization Bearer t-1}]
}
