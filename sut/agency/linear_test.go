package agency_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A question is what a client asks of one person's account.
type question struct {
	verb   string     // settle, reverse, push or account
	visit  int        // of settle and reverse
	amount ledger.Fen // of a bill
	month  int        // of push: months since the opening
}

// A reply is what a client was told. A refusal has its code and nothing else.
type reply struct {
	code                        string
	deductible, fund, own, cash ledger.Fen // of settle and reverse; own is from the medical account
	status                      string     // of push
	account                     standing
}

// standing is what account.get shows.
type standing struct{ pension, medical, deductible, fund, months ledger.Fen }

// The size of a history: porcupine's search is exponential in what overlaps.
const (
	historyClients = 6
	historyEach    = 10
	historyVisits  = 12
	historyMonths  = 4
)

// A book is the state of the sequential model: one person's balances, what the year has used, the visits and the months.
type book struct {
	standing
	visits [historyVisits]struct {
		stands, reversed      bool
		deductible, fund, own ledger.Fen
	}
	paid [historyMonths]bool
}

// A patientFile is one person, and what the law says of them: all that the model needs to know of the world.
type patientFile struct {
	who     population.Person
	law     *rules.Splitter
	total   ledger.Fen // of a month's contribution
	pension ledger.Fen // of it, to the accounts
	medical ledger.Fen
}

func open(t testing.TB, a *agency.Agency, who population.Person) patientFile {
	t.Helper()
	law, err := a.Rules.Splitter(who.Region, population.Opening)
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Rules.Contribute(rules.Wage{Region: who.Region, Month: population.Opening.Month(), Wage: who.Wage})
	if err != nil {
		t.Fatal(err)
	}
	p := patientFile{who: who, law: law, total: ledger.Fen(c.Total())}
	for _, part := range c.Parts {
		switch part.Scheme {
		case "pension":
			p.pension += ledger.Fen(part.Person)
		case "medical":
			p.medical += ledger.Fen(part.Person)
		}
	}
	return p
}

// model answers questions one at a time, as the law and arithmetic have it. It knows nothing of stores and ledgers.
func (p patientFile) model() porcupine.Model {
	return porcupine.Model{
		Init: func() any {
			return book{standing: standing{pension: ledger.Fen(p.who.Pension), medical: ledger.Fen(p.who.Medical), months: ledger.Fen(p.who.Months)}}
		},
		Step: func(state, input, output any) (bool, any) {
			next, want := p.answer(state.(book), input.(question))
			return want == output.(reply), next
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %+v", input, output) },
	}
}

func (p patientFile) answer(b book, q question) (book, reply) {
	switch q.verb {
	case "settle":
		v := &b.visits[q.visit]
		if v.stands {
			return b, reply{code: "visit-settled"}
		}
		s, err := p.law.Split(rules.Visit{
			Region: p.who.Region, Date: population.Opening, Tier: 1, Lines: []rules.Line{{Item: "A", Qty: 1, Unit: int64(q.amount), InPolicy: true}},
			Year: rules.YearToDate{Deductible: int64(b.deductible), Fund: int64(b.fund)}, Account: int64(b.medical),
		})
		if err != nil {
			return b, reply{code: err.Error()}
		}
		r := reply{deductible: ledger.Fen(s.Deductible), fund: ledger.Fen(s.Fund), own: ledger.Fen(s.Account), cash: ledger.Fen(s.Cash)}
		v.stands, v.deductible, v.fund, v.own = true, r.deductible, r.fund, r.own
		b.deductible, b.fund, b.medical = b.deductible+r.deductible, b.fund+r.fund, b.medical-r.own
		return b, r
	case "reverse":
		v := &b.visits[q.visit]
		switch {
		case !v.stands:
			return b, reply{code: "not-found"}
		case v.reversed:
			return b, reply{code: "illegal-step"}
		}
		v.reversed = true
		b.deductible, b.fund, b.medical = b.deductible-v.deductible, b.fund-v.fund, b.medical+v.own
		return b, reply{fund: v.fund, own: v.own}
	case "push":
		if b.paid[q.month] {
			return b, reply{status: "suspense"}
		}
		b.paid[q.month] = true
		b.pension, b.medical, b.months = b.pension+p.pension, b.medical+p.medical, b.months+1
		return b, reply{status: "matched"}
	}
	return b, reply{account: b.standing}
}

// A clientele asks an agency about one person from several goroutines and writes down when each asked and was told.
type clientele struct {
	a    *agency.Agency
	file patientFile
	time atomic.Int64 // counts what happens: an order is all that a history needs of a clock
}

// history is what the clients were told. The questions follow from r.
func (c *clientele) history(t testing.TB, r *rand.Rand) []porcupine.Operation {
	t.Helper()
	var mu sync.Mutex
	var list []porcupine.Operation
	var clients sync.WaitGroup
	ready := make(chan struct{})
	for client := range historyClients {
		questions := make([]question, historyEach)
		for i := range questions {
			questions[i] = question{
				verb:  []string{"settle", "settle", "settle", "reverse", "push", "account", "account"}[r.IntN(7)],
				visit: r.IntN(historyVisits), month: r.IntN(historyMonths), amount: ledger.Fen(100_00 + r.Int64N(1500_00)),
			}
		}
		clients.Go(func() {
			<-ready
			for i, q := range questions {
				called := c.time.Add(1)
				told, err := c.ask(t.Context(), q, fmt.Sprintf("%d-%d-%d", c.file.who.Index, client, i))
				returned := c.time.Add(1)
				if err != nil {
					t.Errorf("%+v: %v", q, err)
					return
				}
				mu.Lock()
				list = append(list, porcupine.Operation{ClientId: client, Input: q, Call: called, Output: told, Return: returned})
				mu.Unlock()
			}
		})
	}
	close(ready)
	clients.Wait()
	return list
}

func (c *clientele) ask(ctx context.Context, q question, key string) (reply, error) {
	who := c.file.who
	visit := fmt.Sprintf("V%d-%d", who.Index, q.visit)
	switch q.verb {
	case "settle":
		var s agency.Settlement
		code, err := told(&s)(c.a.Settle(ctx, as(workflow.Hospital, "H0001", "claims.settle", "settle-"+key), agency.Bill{
			Visit: visit, IDNo: who.IDNumber, Hospital: "H0001", Tier: 1, Date: population.Opening,
			Lines: []agency.BillLine{{Item: "A", Qty: 1, Unit: int64(q.amount), InPolicy: true}},
		}))
		return reply{code: code, deductible: s.Deductible, fund: s.Fund, own: s.Account, cash: s.Cash}, err
	case "reverse":
		var r agency.Reversed
		code, err := told(&r)(c.a.Reverse(ctx, as(workflow.Hospital, "H0001", "claims.reverse", "reverse-"+key), visit))
		return reply{code: code, fund: r.Fund, own: r.Account}, err
	case "push":
		var r agency.Received
		code, err := told(&r)(c.a.Receive(ctx, as(workflow.Bank, "B01", "payments.push", "push-"+key), agency.Push{
			Bank: "B01", BankTxn: key, Employer: c.a.People.Employer(who.Employer).ID, IDNo: who.IDNumber,
			Month: population.Opening.Month().Add(q.month), Amount: c.file.total, Value: population.Opening,
		}))
		return reply{code: code, status: r.Status}, err
	}
	a, err := c.a.Account(ctx, who.Index)
	return reply{account: standing{a.Pension, a.Medical, a.Spent.Deductible, a.Spent.Fund, ledger.Fen(a.Months)}}, err
}

// told reads a mutation's answer into v, or gives the code of its refusal.
func told(v any) func(store.Answer, bool, error) (string, error) {
	return func(a store.Answer, _ bool, err error) (string, error) {
		if r, ok := errors.AsType[*agency.Refusal](err); ok {
			return r.Code, nil
		}
		if err != nil {
			return "", err
		}
		return "", json.Unmarshal(a.Body, v)
	}
}

// TestAccountIsLinearizable: whatever six clients do to one account at once, each was told what it could have been told
// if they had come one after the other, in an order that no client can tell from the one it saw.
func TestAccountIsLinearizable(t *testing.T) {
	histories := 50
	if testing.Short() {
		histories = 10
	}
	linearizable(t, newAgency(t), histories)
}

// TestAccountIsLinearizableOnPostgres is the same where several connections write at once, each in its lane.
func TestAccountIsLinearizableOnPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("starting PostgreSQL takes seconds")
	}
	linearizable(t, onPostgres(t), 6)
}

func linearizable(t *testing.T, a *agency.Agency, histories int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	seen := make(map[string]int)
	for _, who := range active(t, a, histories) {
		c := &clientele{a: a, file: open(t, a, who)}
		list := c.history(t, r)
		for _, o := range list {
			seen[o.Input.(question).verb+" "+o.Output.(reply).code+o.Output.(reply).status]++
		}
		if got := porcupine.CheckOperationsTimeout(c.file.model(), list, 30*time.Second); got != porcupine.Ok {
			t.Fatalf("the history of person %d is %s:\n%s", who.Index, got, narrated(c.file.model(), list))
		}
	}
	for _, want := range []string{"settle ", "settle visit-settled", "reverse ", "reverse not-found", "reverse illegal-step", "push matched", "push suspense", "account "} {
		if seen[want] == 0 {
			t.Errorf("no history has %q; they have %v", want, seen)
		}
	}
	wantSound(t, a)
}

// TestLostUpdatesAreNotLinearizable shows that the test above can fail: over a store that loses updates of what a year's
// claims have used, as reading outside the transaction that writes would, a history is soon found that no order explains.
func TestLostUpdatesAreNotLinearizable(t *testing.T) {
	a := newAgency(t)
	r := rand.New(rand.NewPCG(1, 2))
	honest := a.Store
	for _, who := range active(t, a, 50) {
		a.Store = &forgetful{Store: honest, person: uint64(who.Index)}
		c := &clientele{a: a, file: open(t, a, who)}
		if porcupine.CheckOperationsTimeout(c.file.model(), c.history(t, r), 30*time.Second) == porcupine.Illegal {
			return
		}
	}
	t.Error("50 histories over a store that loses updates were all found linearizable")
}

func narrated(m porcupine.Model, list []porcupine.Operation) (text string) {
	for _, o := range list {
		text += fmt.Sprintf("client %d, %d to %d: %s\n", o.ClientId, o.Call, o.Return, m.DescribeOperation(o.Input, o.Output))
	}
	return text
}

// active are n people at work, with money on both accounts.
func active(t testing.TB, a *agency.Agency, n int) (list []population.Person) {
	t.Helper()
	for i := 0; len(list) < n; i++ {
		if i == a.People.Size() {
			t.Fatalf("%d of %d people are active, want %d", len(list), i, n)
		}
		if who := a.People.Person(i); who.Status == population.Active && who.Medical > 0 {
			list = append(list, who)
		}
	}
	return list
}

// A forgetful store shows its Updates what a person has used up as it stood before they had to wait for their turn, and
// lets them overwrite what others wrote since.
type forgetful struct {
	store.Store
	person uint64
}

func (s *forgetful) Update(ctx context.Context, do func(store.Tx) error) error {
	stale := store.Spent{Person: s.person, Year: int64(population.Opening.Year())}
	var found bool
	err := s.View(ctx, func(v store.View) (err error) {
		found, err = v.Get(&stale)
		return err
	})
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx store.Tx) error { return do(&forgetfulTx{tx, stale, found}) })
}

type forgetfulTx struct {
	store.Tx
	stale store.Spent
	found bool
}

func (t *forgetfulTx) Get(r store.Record) (bool, error) {
	if s, ok := r.(*store.Spent); ok {
		*s = t.stale
		return t.found, nil
	}
	return t.Tx.Get(r)
}

func (t *forgetfulTx) Add(rows ...store.Record) error {
	if s, ok := rows[0].(*store.Spent); ok {
		return t.write(*s)
	}
	return t.Tx.Add(rows...)
}

func (t *forgetfulTx) Set(r store.Record) error {
	if s, ok := r.(*store.Spent); ok {
		return t.write(*s)
	}
	return t.Tx.Set(r)
}

// write takes whatever version stands for the one that was read.
func (t *forgetfulTx) write(s store.Spent) error {
	now := store.Spent{Person: s.Person, Year: s.Year}
	found, err := t.Tx.Get(&now)
	if err != nil {
		return err
	}
	if !found {
		return t.Tx.Add(&s)
	}
	s.Ver = now.Ver
	return t.Tx.Set(&s)
}
