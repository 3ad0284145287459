package traffic

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
)

// tokenLife is longer than any drill.
const tokenLife = 7 * 24 * time.Hour

// Traffic makes requests. Its fields are set before the first one; from then on goroutines may share it.
type Traffic struct {
	Lines int  // of a declaration, at most: an employer has the people it has; 20 after New
	Heavy bool // statistics.report asks for the report that scans every contribution, which a service may have off

	people *population.Population
	book   *rules.Book
	keys   Keys
	issued time.Time
	run    string // the issue time in names that must be new for every run against one database
	makers map[string]maker
	tokens tokens
	laws   laws
	filing int     // the first employer that files: see once.go
	movers []int32 // people whose employment may change
}

var _ scenarios.Requests = (*Traffic)(nil)

// A maker fills in what is special to an operation. Its chance comes from the sequence number alone.
type maker struct {
	op   Operation
	make func(t *Traffic, a *arrival, r *scenarios.Request) error
}

// makes are the operations that there are makers for, in the order of the interface.
func makes() []maker {
	of := func(name string, make func(*Traffic, *arrival, *scenarios.Request) error) maker {
		return maker{Operation{Name: name}, make}
	}
	return []maker{
		of("sessions.create", (*Traffic).session),
		of("account.get", (*Traffic).own),
		of("contributions.list", (*Traffic).own),
		of("eligibility.get", (*Traffic).eligibility),
		of("claims.preview", (*Traffic).bill),
		of("claims.settle", (*Traffic).bill),
		of("claims.reverse", (*Traffic).reversal),
		of("payments.push", (*Traffic).push),
		of("payments.get", (*Traffic).payment),
		of("reconciliations.create", (*Traffic).reconciliation),
		of("declarations.submit", (*Traffic).declaration),
		of("declarations.get", (*Traffic).declared),
		of("enrolments.create", (*Traffic).enrolment),
		of("persons.update", (*Traffic).patch),
		of("transfers.create", (*Traffic).move),
		of("transfers.get", (*Traffic).transfer),
		of("benefits.apply", (*Traffic).application),
		of("benefits.get", (*Traffic).benefit),
		of("benefits.decide", (*Traffic).decision),
		of("pension.estimate", (*Traffic).estimate),
		of("certificates.issue", (*Traffic).certificate),
		of("certificates.verify", (*Traffic).verification),
		of("policies.search", (*Traffic).search),
		of("outlets.near", (*Traffic).near),
		of("statistics.report", (*Traffic).statistics),
		of("jobs.get", (*Traffic).job),
		of("feedback.create", (*Traffic).feedback),
		of("codes.issue", (*Traffic).code),
		of("payouts.plan", (*Traffic).planPayout),
		of("payouts.lock", (*Traffic).lockPayout),
		of("payouts.send", (*Traffic).sendPayout),
		of("payouts.receipts", (*Traffic).receipts),
		of("payouts.close", (*Traffic).closePayout),
	}
}

// made are the names of those operations.
func made() []string {
	var names []string
	for _, m := range makes() {
		names = append(names, m.op.Name)
	}
	return names
}

// An arrival is one person coming at one place in the sequence.
type arrival struct {
	seq    uint64
	person int // index
	rand   *rand.Rand

	partner string // the bank or hospital that sends it; empty: a citizen, or anyone
	media   string // of the body; empty: JSON
	key     string // Idempotency-Key; empty: the arrival's own
}

// New prepares the traffic of a population whose tokens were issued at a time and are good for a week.
func New(people *population.Population, book *rules.Book, keys Keys, issued time.Time) (*Traffic, error) {
	t := &Traffic{
		Lines: 20, people: people, book: book, keys: keys, issued: issued, run: strconv.FormatInt(issued.Unix(), 36),
		makers: make(map[string]maker), filing: firstFiling(people),
	}
	t.movers = movers(people, t.filing)
	operations := Operations()
	for i, m := range makes() {
		m.op = operations[i]
		t.makers[m.op.Name] = m
	}
	return t, nil
}

// At is the request of arrival seq for an operation: complete but for its deadline.
func (t *Traffic) At(seq uint64, op string) (scenarios.Request, error) {
	m, ok := t.makers[op]
	if !ok {
		return scenarios.Request{}, fmt.Errorf("operation %q: want one of the %d in traffic.Operations", op, len(t.makers))
	}
	r := scenarios.Request{Op: op, Class: m.op.Class, Person: t.Person(seq), Method: m.op.Method, Path: m.op.Path}
	a := arrival{seq: seq, person: int(r.Person), rand: rand.New(rand.NewPCG(seq, chance))}
	if err := m.make(t, &a, &r); err != nil {
		return scenarios.Request{}, fmt.Errorf("making %s of arrival %d: %w", op, seq, err)
	}
	if r.Body != nil {
		media := a.media
		if media == "" {
			media = "application/json"
		}
		r.Header = append(r.Header, scenarios.Header{Name: "Content-Type", Value: media})
	}
	if m.op.Mutates {
		r.Header = append(r.Header, scenarios.Header{Name: "Idempotency-Key", Value: cmp.Or(a.key, t.idempotencyKey(seq, op))})
	}
	if a.partner != "" {
		return r, t.keys.Sign(a.partner, &r, t.issued, tokenLife)
	}
	return r, nil
}

// Person is who comes as arrival seq, whatever for: the Person of every request of that arrival, without making one. Who
// acts for an employer or the agency, or does what can be done once, does it for others: see the package comment.
func (t *Traffic) Person(seq uint64) uint64 { return uint64(t.people.Pick(seq)) }

// chance tells this package's stream of chance from others on the same numbers.
const chance = 0x7472616666696331 // "traffic1"

// idempotencyKey is the same for the same arrival and operation, and for nothing else.
func (t *Traffic) idempotencyKey(seq uint64, op string) string {
	return op + "-" + t.run + "-" + strconv.FormatUint(seq, 10)
}

// about puts an id into the path.
func about(r *scenarios.Request, id string) {
	r.Path = strings.Replace(r.Path, "{id}", id, 1)
}

func body(r *scenarios.Request, v any) (err error) {
	r.Body, err = json.Marshal(v)
	return err
}

// begin is where this run begins in 0..n-1: runs that were issued at different times begin far from each other (the
// golden ratio's multiples; Knuth, The Art of Computer Programming, volume 3, section 6.4).
func (t *Traffic) begin(n int) int {
	high, _ := bits.Mul64(uint64(t.issued.Unix())*0x9e3779b97f4a7c15, uint64(n))
	return int(high)
}
