package agency

import (
	"context"
	"regexp"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A Move is the body of transfers.create: a person's pension is to go to another region.
type Move struct {
	To string `json:"to_region"` // six digits
}

// A Moving is where a transfer stands.
type Moving struct {
	Transfer string     `json:"transfer"`
	Status   string     `json:"status"`
	From     string     `json:"from_region"`
	To       string     `json:"to_region"`
	Months   int64      `json:"months"`
	Personal ledger.Fen `json:"account_fen"` // the whole personal account
	Pool     ledger.Fen `json:"pool_fen"`    // that goes with the person (O20)
	Money    MoneyAt    `json:"money"`
	Due      rules.Date `json:"due,omitzero"`
	Reason   string     `json:"reason,omitempty"` // why it went back
	Packs    string     `json:"packs"`
}

// A Moved is the answer of every mutation of a transfer.
type Moved struct {
	Moving
	Proof
}

var regionCode = regexp.MustCompile(`^[1-9][0-9]{5}$`)

// A Withdrawal is the body of transfers.withdraw and transfers.return.
type Withdrawal struct {
	Reason string `json:"reason"` // a code such as stays, never a person's data
}

// hopPostings are what a transfer posts, in order. A transfer is a saga: each hop is an Update of its own with its posting, its message and its clock, so that after a
// crash it stands in one of its states, and the next call goes on from there or takes it back. A state is as many of
// the four postings as stand in the book; going from one to another posts those that are missing, or takes back, last
// one first, those that are too many.
//
// One of before the opening stands with its information sent, which in the book is the first posting: it is posted when
// the transfer is first touched, against OPENING, for the money never was in a pool or an account of this book.
func hopPostings() [4]func(ledger.Transfer) ledger.Txn {
	return [...]func(ledger.Transfer) ledger.Txn{
		ledger.TransferReleased, ledger.TransferSent, ledger.TransferReceived, ledger.TransferCredited,
	}
}

// A MoneyAt is the one place where a transfer's money is.
type MoneyAt string

const (
	atFrom  MoneyAt = "from"
	transit MoneyAt = "transit"
	atTo    MoneyAt = "to"
)

// posted is how many of hopPostings stand in a state, and where that leaves the money.
func posted(s workflow.State) (n int, money MoneyAt) {
	switch s {
	case "info_sent", "funds_returned":
		return 1, transit
	case "funds_sent":
		return 2, transit
	case "funds_matched":
		return 3, transit
	case "credited", "closed":
		return 4, atTo
	}
	return 0, atFrom
}

// forward is the next state of a transfer that goes on. An end leads to itself, which no machine allows.
func forward(s workflow.State) workflow.State {
	switch s {
	case "requested":
		return "certificate"
	case "certificate":
		return "accepted"
	case "accepted":
		return "info_sent"
	case "info_sent":
		return "funds_sent"
	case "funds_sent":
		return "funds_matched"
	case "funds_matched":
		return "credited"
	case "credited":
		return "closed"
	case "funds_returned":
		return "reopened"
	}
	return s
}

// Transfer is a transfer as its person, or a clerk of one of its regions, sees it.
func (a *Agency) Transfer(ctx context.Context, caller Caller, id string) (m Moving, err error) {
	err = a.Store.View(ctx, func(v store.View) error {
		t, err := a.transfer(v, caller, id)
		m = moving(t)
		return err
	})
	return m, err
}

// Request begins the transfer of the calling citizen's pension to another region. Who has one under way, or draws a pension, is refused.
func (a *Agency) Request(ctx context.Context, c Call, m Move) (store.Answer, bool, error) {
	who, err := a.self(c.Caller)
	if err != nil {
		return store.Answer{}, false, err
	}
	if !regionCode.MatchString(m.To) {
		return store.Answer{}, false, refuse(Malformed, "bad-region", "to_region %.20q: want six digits such as 510000", m.To)
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.request(who, m.To) })
}

// Advance takes a transfer one hop on: forward, or after funds came back to its end.
func (a *Agency) Advance(ctx context.Context, c Call, id string) (store.Answer, bool, error) {
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.hop(id, forward, "") })
}

// Withdraw opens the relation in the old region again, as long as no funds were sent.
func (a *Agency) Withdraw(ctx context.Context, c Call, id string, w Withdrawal) (store.Answer, bool, error) {
	return a.goBack(ctx, c, id, "reopened", w)
}

// Return sends funds back to the old region. [Agency.Advance] then opens the relation there again.
func (a *Agency) Return(ctx context.Context, c Call, id string, w Withdrawal) (store.Answer, bool, error) {
	return a.goBack(ctx, c, id, "funds_returned", w)
}

func (a *Agency) goBack(ctx context.Context, c Call, id string, to workflow.State, w Withdrawal) (store.Answer, bool, error) {
	if err := coded(w.Reason); err != nil {
		return store.Answer{}, false, err
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		return ch.hop(id, func(workflow.State) workflow.State { return to }, w.Reason)
	})
}

func (c *change) request(who population.Person, to string) (int, any, error) {
	id := newID("TR", c.Op, c.Key)
	c.about = "transfer " + id
	p, err := c.meet(who)
	if err != nil {
		return 0, nil, err
	}
	switch {
	case p.Moving != "":
		return 0, nil, refuse(Conflict, "transfer-open", "%s is under way: withdraw it, or wait for its end", p.Moving)
	case p.Region == to:
		return 0, nil, refuse(Unprocessable, "same-region", "the pension is in region %s already", to)
	}
	if err := c.movable(who); err != nil {
		return 0, nil, err
	}
	t := store.Transfer{ID: id, Person: p.ID, From: p.Region, To: to, State: "requested"}
	if err := c.reckon(who, &t); err != nil {
		return 0, nil, err
	}
	p.Moving = id
	if err := c.Set(&p); err != nil {
		return 0, nil, err
	}
	return c.keepTransfer(t, "requested", created)
}

// movable refuses people whose pension cannot be transferred.
func (c *change) movable(who population.Person) error {
	state, err := standing(c, who, "pension")
	if err != nil {
		return err
	}
	switch state {
	case "active", "suspended":
		return nil
	case "retired":
		return refuse(Unprocessable, "draws-pension", "the person is retired: a pension that is drawn is not transferred")
	}
	return refuse(Unprocessable, "not-enrolled", "the pension enrolment is %s: enrol first", state)
}

// reckon sets months and money as the rules have them today (O20).
func (c *change) reckon(who population.Person, t *store.Transfer) error {
	years := paidYears(who)
	var year, base, months int64
	err := c.Select(store.PaidYears, []any{&year, &base, &months}, func() error {
		years = append(years, rules.PaidYear{Base: base, Months: int(months)})
		return nil
	}, who.Index)
	if err != nil {
		return err
	}
	account, _, err := balances(c, who)
	if err != nil {
		return err
	}
	r, err := c.agency.Rules.Transfer(rules.Leaving{Region: t.From, Date: rules.Date(c.Date()), Years: years, Account: int64(account)})
	if err != nil {
		return ruled(err)
	}
	t.Months, t.Pool, t.Personal, t.Packs = int64(r.Months), ledger.Fen(r.Pool), ledger.Fen(r.Account), strings.Join(r.Packs, " ")
	return nil
}

// paidYears are the calendar years before the opening that a person paid in, on half of today's wage: as the population
// has it for accounts and for transfers.
func paidYears(who population.Person) (years []rules.PaidYear) {
	for left, last := who.Months, who.LastPaid; left > 0; {
		n := min(left, int(last%100))
		years = append(years, rules.PaidYear{Base: who.Wage / 200 * 100, Months: n})
		left, last = left-n, last.Add(-n)
	}
	return years
}

// hop takes a transfer to the state after the one it stands in.
func (c *change) hop(id string, next func(workflow.State) workflow.State, reason string) (int, any, error) {
	c.about = "transfer " + id
	t, err := c.agency.transfer(c, c.Caller, id)
	if err != nil {
		return 0, nil, err
	}
	from := workflow.State(t.State)
	to := next(from)
	edge, err := workflow.Transfer().Step(from, to)
	if err != nil {
		return 0, nil, err
	}
	if !edge.Roles.Has(c.Role) {
		return 0, nil, refuse(Forbidden, "not-your-step", "%s from %s is for %s", edge.Verb, from, edge.Roles)
	}
	if reason != "" {
		t.Reason = reason
	}
	who := c.agency.People.Person(int(t.Person))
	p, err := c.meet(who)
	if err != nil {
		return 0, nil, err
	}
	if err := c.pass(&t, &p, who, from, to); err != nil {
		return 0, nil, err
	}
	if err := c.Set(&p); err != nil { // its account may have been read to decide
		return 0, nil, err
	}
	t.State = string(to)
	return c.keepTransfer(t, from, okay)
}

// pass moves the money of a hop, and what else ends with it.
func (c *change) pass(t *store.Transfer, p *store.Person, who population.Person, from, to workflow.State) error {
	before, _ := posted(from)
	after, _ := posted(to)
	if before == 0 && after == 1 { // the certificate was of an earlier day: what goes is what is there now
		if err := c.movable(who); err != nil {
			return err
		}
		if err := c.reckon(who, t); err != nil {
			return err
		}
	}
	if before == 4 && after == 1 {
		account, _, err := balances(c, who)
		if err == nil && account < t.Personal {
			err = refuse(Unprocessable, "account-used", "the account holds %d fen of the %d that came", account, t.Personal)
		}
		if err != nil {
			return err
		}
	}
	if err := c.repost(*t, before, after); err != nil {
		return err
	}
	switch to {
	case "closed":
		if err := c.arrive(*t, p, who); err != nil {
			return err
		}
	case "reopened":
	default:
		return nil
	}
	if p.Moving == t.ID {
		p.Moving = ""
	}
	return nil
}

// repost posts the hops that are missing, or takes back those that are too many.
func (c *change) repost(t store.Transfer, before, after int) error {
	money := ledger.Transfer{ID: t.ID, Person: t.Person, From: t.From, To: t.To, Pool: t.Pool, Personal: t.Personal}
	postings := hopPostings()
	if _, old := c.agency.People.Transfer(t.ID); old {
		postings[0] = ledger.TransferOpened
		if t.Ver == 0 {
			if err := c.post(ledger.TransferOpened(money)); err != nil {
				return err
			}
		}
	}
	for ; before < after; before++ {
		if err := c.post(postings[before](money)); err != nil {
			return err
		}
	}
	for ; before > after; before-- {
		if err := c.post(ledger.Reverse(postings[before-1](money), t.ID)); err != nil {
			return err
		}
	}
	return nil
}

// arrive is the end of a transfer: the person belongs to the new region, and the enrolment of the old one is over. Months
// that came from a region outside the service are added to those of the person; others they had all along.
func (c *change) arrive(t store.Transfer, p *store.Person, who population.Person) error {
	if _, old := c.agency.People.Transfer(t.ID); old {
		p.Brought += t.Months
		return nil
	}
	p.Region = t.To
	e := store.Enrolment{Person: p.ID, Scheme: "pension", State: string(who.Status), Region: t.From}
	if who.Status == population.Active {
		e.Employer = c.agency.People.Employer(who.Employer).ID
	}
	if _, err := c.Get(&e); err != nil {
		return err
	}
	if err := c.move(workflow.Enrolment(), key(who.Index)+"/pension", e.Ver, workflow.State(e.State), "transferred_out"); err != nil {
		return err
	}
	e.State, e.Until = "transferred_out", c.Date()
	if e.Ver == 0 {
		e.Ver = 1
		return c.Add(&e)
	}
	return c.Set(&e)
}

// keepTransfer writes a transfer in its new state, with its clock and its message, and answers.
func (c *change) keepTransfer(t store.Transfer, from workflow.State, status int) (int, any, error) {
	path := []workflow.State{from, workflow.State(t.State)}
	if from == path[1] {
		path = path[:1] // a new one
	}
	if err := c.move(workflow.Transfer(), t.ID, t.Ver, path...); err != nil {
		return 0, nil, err
	}
	t.Due = 0
	if !workflow.Transfer().Terminal(path[len(path)-1]) {
		t.Due = int64(dueHop(rules.Date(c.Date())))
	}
	var err error
	if t.Ver == 0 {
		t.Ver = 1
		err = c.Add(&t)
	} else {
		err = c.Set(&t)
	}
	if err != nil {
		return 0, nil, err
	}
	m := moving(t)
	to := t.To
	if m.Money == atFrom || t.State == "funds_returned" {
		to = t.From
	}
	if err := c.tell("agency-"+to, "transfer."+t.State, t.ID+"/"+t.State, m); err != nil {
		return 0, nil, err
	}
	if err := c.Count("transfers-by-state", t.State, 1, t.Pool+t.Personal); err != nil {
		return 0, nil, err
	}
	return status, Moved{m, c.proof()}, nil
}

// dueHop is the last day of the hop that begins on a day.
func dueHop(from rules.Date) rules.Date {
	clock, err := workflow.ClockOf("transfer_hop")
	if err != nil {
		panic(err) // the table of clocks lacks a row that its own test names
	}
	return workdays.Due(clock, from)
}

// transfer is the row of a transfer that the caller may see, made up from the population where it was not touched yet.
func (a *Agency) transfer(v store.View, caller Caller, id string) (store.Transfer, error) {
	t := store.Transfer{ID: id}
	found, err := v.Get(&t)
	if err != nil {
		return t, err
	}
	if !found {
		t, found, err = a.oldTransfer(id)
	}
	if err != nil {
		return t, err
	}
	visible := false
	switch caller.Role {
	case workflow.Citizen:
		visible = caller.Subject == key(int(t.Person))
	case workflow.Clerk:
		visible = caller.Region == t.From || caller.Region == t.To
	case workflow.System:
		visible = true
	}
	if !found || !visible {
		return store.Transfer{}, hidden("transfer")
	}
	return t, nil
}

// oldTransfer is one that stood at the opening.
func (a *Agency) oldTransfer(id string) (t store.Transfer, found bool, err error) {
	b, found := a.People.Transfer(id)
	if !found {
		return t, false, nil
	}
	t = store.Transfer{
		ID: id, Person: uint64(b.Person), From: b.From, To: b.To, Months: int64(b.Months), Personal: ledger.Fen(b.Account), Pool: ledger.Fen(b.Pool), State: string(b.State),
	}
	leaving := rules.Leaving{Region: b.From, Date: b.Requested, Account: b.Account}
	for left := b.Months; left > 0; left -= 12 {
		leaving.Years = append(leaving.Years, rules.PaidYear{Base: b.Base, Months: min(left, 12)})
	}
	r, err := a.Rules.Transfer(leaving)
	if err != nil {
		return t, false, ruled(err)
	}
	t.Packs = strings.Join(r.Packs, " ")
	if !workflow.Transfer().Terminal(b.State) {
		t.Due = int64(dueHop(b.Requested))
	}
	return t, true, nil
}

func moving(t store.Transfer) Moving {
	_, money := posted(workflow.State(t.State))
	return Moving{
		Transfer: t.ID, Status: t.State, From: t.From, To: t.To, Months: t.Months, Personal: t.Personal, Pool: t.Pool,
		Money: money, Due: rules.Date(t.Due), Reason: t.Reason, Packs: t.Packs,
	}
}
