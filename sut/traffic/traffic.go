package traffic

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/workflow"
)

const (
	hospitals = 400
	banks     = 12
	tokenLife = 7 * 24 * time.Hour // longer than any drill
)

// Traffic makes requests. It is not written after New: goroutines may share it.
type Traffic struct {
	people *population.Population
	book   *rules.Book
	keys   Keys
	issued time.Time
	run    string // the issue time in names that must be new for every run against one database
	makers map[string]maker
}

var _ scenarios.Requests = (*Traffic)(nil)

// A maker fills in what is special to an operation. Its chance comes from the sequence number alone.
type maker struct {
	op   Operation
	make func(a *arrival, r *scenarios.Request) error
}

// made are the operations that there are makers for.
func made() []string {
	return []string{
		"sessions.create", "account.get", "contributions.list", "claims.preview", "claims.settle", "payments.push", "pension.estimate", "policies.search",
	}
}

// An arrival is one person coming at one place in the sequence.
type arrival struct {
	seq  uint64
	who  population.Person
	rand *rand.Rand

	partner string // the bank or hospital that sends it; empty: a citizen, or anyone
}

// New prepares the traffic of a population whose tokens were issued at a time and are good for a week.
func New(people *population.Population, book *rules.Book, keys Keys, issued time.Time) (*Traffic, error) {
	t := &Traffic{people: people, book: book, keys: keys, issued: issued, run: strconv.FormatInt(issued.Unix(), 36), makers: make(map[string]maker)}
	makes := map[string]func(*arrival, *scenarios.Request) error{
		"sessions.create":    t.session,
		"account.get":        t.own,
		"contributions.list": t.own,
		"claims.preview":     t.bill,
		"claims.settle":      t.bill,
		"payments.push":      t.push,
		"pension.estimate":   t.estimate,
		"policies.search":    t.search,
	}
	for _, op := range Operations() {
		t.makers[op.Name] = maker{op, makes[op.Name]}
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
	a := arrival{seq: seq, who: t.people.Person(int(r.Person)), rand: rand.New(rand.NewPCG(seq, chance))}
	if err := m.make(&a, &r); err != nil {
		return scenarios.Request{}, fmt.Errorf("making %s of arrival %d: %w", op, seq, err)
	}
	if r.Body != nil {
		r.Header = append(r.Header, scenarios.Header{Name: "Content-Type", Value: "application/json"})
	}
	if m.op.Mutates {
		r.Header = append(r.Header, scenarios.Header{Name: "Idempotency-Key", Value: t.idempotencyKey(seq, op)})
	}
	if a.partner != "" {
		return r, t.keys.Sign(a.partner, &r, t.issued, tokenLife)
	}
	return r, nil
}

// Person is who comes as arrival seq, whatever for: the Person of every request of that arrival, without making one.
func (t *Traffic) Person(seq uint64) uint64 { return uint64(t.people.Pick(seq)) }

// chance tells this package's stream of chance from others on the same numbers.
const chance = 0x7472616666696331 // "traffic1"

// idempotencyKey is the same for the same arrival and operation, and for nothing else.
func (t *Traffic) idempotencyKey(seq uint64, op string) string {
	return op + "-" + t.run + "-" + strconv.FormatUint(seq, 10)
}

func (t *Traffic) session(a *arrival, r *scenarios.Request) error {
	return body(r, agency.Login{IDNo: a.who.IDNumber, PIN: t.keys.PIN(a.who.IDNumber)})
}

// own asks for what belongs to the person.
func (t *Traffic) own(a *arrival, r *scenarios.Request) error {
	token, err := t.keys.Token(agency.Caller{Role: workflow.Citizen, Subject: strconv.Itoa(a.who.Index)}, t.issued, tokenLife)
	authorize(r, "Bearer "+token)
	return err
}

// bill is one visit to a hospital: preview and settlement of an arrival are of the same visit. One in twenty
// was made the day before the policy day and falls under the old policy.
func (t *Traffic) bill(a *arrival, r *scenarios.Request) error {
	h := a.rand.IntN(hospitals)
	a.partner = hospitalID(h)
	b := agency.Bill{
		IDNo: a.who.IDNumber, Hospital: a.partner, Tier: h % 4, Date: population.Opening,
		Lines: make([]agency.BillLine, 2+a.rand.IntN(19)),
	}
	if a.rand.IntN(20) == 0 {
		b.Date = dayBefore
	}
	b.Visit = b.Hospital + "-" + strconv.Itoa(int(b.Date)) + "-" + t.run + "-" + strconv.FormatUint(a.seq, 10)
	for i := range b.Lines {
		b.Lines[i] = agency.BillLine{
			Item: fmt.Sprintf("A%04d", a.rand.IntN(10_000)), Qty: 1 + a.rand.Int64N(3),
			Unit: 100 + a.rand.Int64N(20_000), InPolicy: a.rand.IntN(10) > 0,
		}
	}
	return body(r, b)
}

// dayBefore is the last day before [population.Opening].
const dayBefore rules.Date = 20221231

// push is the employer's payment for the person's month: the first month since the opening for the first time that
// the person comes, the next for the second. What is paid for people without a declaration ends in suspense.
func (t *Traffic) push(a *arrival, r *scenarios.Request) error {
	b := a.rand.IntN(banks)
	a.partner = bankID(b)
	month := population.Opening.Month().Add(int(a.seq / uint64(t.people.Size())))
	c, err := t.book.Contribute(rules.Wage{Region: a.who.Region, Month: month, Wage: a.who.Wage})
	if err != nil {
		return err
	}
	return body(r, agency.Push{
		Bank: a.partner, BankTxn: t.run + "-" + strconv.FormatUint(a.seq, 10), Employer: t.people.Employer(a.who.Employer).ID,
		IDNo: a.who.IDNumber, Month: month, Amount: ledger.Fen(c.Total()), Value: month.First(),
	})
}

// estimate asks what pension a person of this class, months and account can expect, born in the same month of 1980 to
// 2004, so that retirement lies ahead. It asks for Beijing in 2026, whose packs hold every part of an estimate.
func (t *Traffic) estimate(a *arrival, r *scenarios.Request) error {
	if err := t.own(a, r); err != nil {
		return err
	}
	born := a.who.Birth.Month()
	return body(r, agency.Facts{
		Birth: (1980+born/100%25)*100 + born%100, Class: a.who.Class, Months: 180 + a.rand.IntN(240),
		Index: 600_000 + a.rand.Int64N(2_400_000), Account: a.who.Pension, Deemed: a.rand.IntN(37),
		AsOf: 202608, Region: "110000",
	})
}

// search looks for one of the words that people look for.
func (t *Traffic) search(a *arrival, r *scenarios.Request) error {
	words := [...]string{"outpatient", "deductible", "pension", "retirement", "contribution", "rate", "payout months", "base"}
	q := url.Values{"q": {words[a.rand.IntN(len(words))]}}
	if a.rand.IntN(2) == 0 {
		q.Set("as_of", population.Opening.String())
	}
	r.Path += "?" + q.Encode()
	return nil
}

func authorize(r *scenarios.Request, value string) {
	r.Header = append(r.Header, scenarios.Header{Name: "Authorization", Value: value})
}

func body(r *scenarios.Request, v any) (err error) {
	r.Body, err = json.Marshal(v)
	return err
}

func hospitalID(i int) string { return fmt.Sprintf("H%04d", i) }
func bankID(i int) string     { return fmt.Sprintf("B%02d", i) }
