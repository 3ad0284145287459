package drill

import (
	"fmt"
	"os"
	"strings"

	"github.com/peakday/peakday/scenarios"
)

// Literal makes requests from those written out in a scenario, with ${NAME} in headers replaced from the environment.
type Literal struct {
	Secrets []string // what came from the environment, to be kept out of results
	byOp    map[string]scenarios.Request
}

// NewLiteral expands the headers; lookup is os.LookupEnv outside tests. A name that is not set is an error, since an
// empty token would make every answer a refusal.
func NewLiteral(requests []scenarios.Literal, lookup func(string) (string, bool)) (*Literal, error) {
	l := &Literal{byOp: map[string]scenarios.Request{}}
	var missing []string
	for _, r := range requests {
		made := scenarios.Request{Op: r.Op, Class: r.Class, Method: r.Method, Path: r.Path, Body: []byte(r.Body)}
		if made.Method == "" {
			made.Method = "GET"
		}
		if made.Class == "" {
			made.Class = "P2"
		}
		for _, h := range r.Headers {
			value := os.Expand(h.Value, func(name string) string {
				v, ok := lookup(name)
				if !ok {
					missing = append(missing, name)
				}
				l.Secrets = append(l.Secrets, v)
				return v
			})
			made.Header = append(made.Header, scenarios.Header{Name: h.Name, Value: value})
		}
		l.byOp[r.Op] = made
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("the scenario's headers need %s from the environment; set them and run again", strings.Join(missing, ", "))
	}
	return l, nil
}

// At is the request of that name; each arrival is a person of its own.
func (l *Literal) At(seq uint64, op string) (scenarios.Request, error) {
	r, ok := l.byOp[op]
	if !ok {
		return r, fmt.Errorf("no request named %s in the scenario", op)
	}
	r.Person = seq
	return r, nil
}
