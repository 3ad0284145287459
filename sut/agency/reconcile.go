package agency

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A DayFile is the header of a reconciliation: the first line of a bank's or hospital's file of a day. Behind it stands a
// line for each of its payments or visits, {"id": …, "amount_fen": …}: the bank's own number and the amount, or the visit
// and what fund and account pay for it. What was reversed has a second line with the negative amount. From and To, both
// included, say that the file covers only a part of the day's numbers.
type DayFile struct {
	Day    rules.Date `json:"day"`              // value date, or day of the visit
	Lines  int        `json:"lines,omitempty"`  // 0: not said
	SHA256 string     `json:"sha256,omitempty"` // of all that follows the header, in hexadecimal; empty: not said
	From   string     `json:"from,omitempty"`
	To     string     `json:"to,omitempty"`
}

// A Reconciled is the answer of reconciliations.create.
type Reconciled struct {
	Day          rules.Date   `json:"day"`
	Matched      int          `json:"matched"`
	Closed       int          `json:"closed_in_recon"` // matched visits that are at their end by now
	MissingHere  []string     `json:"missing_here"`    // in the file only; these lists hold the first hundred
	MissingThere []string     `json:"missing_there"`   // here only
	Differ       []Difference `json:"amount_differs"`
	Differences  int          `json:"differences"` // all of the three
	Proof
}

// A Difference is one thing with two amounts.
type Difference struct {
	ID    string     `json:"id"`
	Here  ledger.Fen `json:"here_fen"`
	There ledger.Fen `json:"there_fen"`
}

const (
	mostCompared    = 10_000
	mostDifferences = 100 // listed of each kind
	closeStep       = 250 // visits closed in one Update
)

// Reconcile compares a bank's or a hospital's file of a day to what stands here, once per key, and closes the visits on
// which both agree. Nothing else is changed: what differs is for people to look into. A file given twice finds the same.
func (a *Agency) Reconcile(ctx context.Context, c Call, media string, body io.Reader) (store.Answer, bool, error) {
	if c.Role != workflow.Bank && c.Role != workflow.Hospital {
		return store.Answer{}, false, refuse(Forbidden, "role", "reconciling is for banks and hospitals")
	}
	if answer, known, err := a.replay(ctx, c); known || err != nil {
		return answer, known, err
	}
	f, err := readDay(media, body)
	if err != nil {
		return store.Answer{}, false, err
	}
	r := Reconciled{Day: f.Day, MissingHere: []string{}, MissingThere: []string{}, Differ: []Difference{}}
	agreed, err := a.compare(ctx, c, f, &r)
	if err != nil {
		return store.Answer{}, false, err
	}
	for visits := range slices.Chunk(agreed, closeStep) {
		n, err := a.closeVisits(ctx, c, f.Day, visits)
		if err != nil {
			return store.Answer{}, false, err
		}
		r.Closed += n
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		ch.about = "day " + f.Day.String()
		if err := ch.Count("reconciled-by-day", f.Day.String(), int64(r.Matched), 0); err != nil {
			return 0, nil, err
		}
		r.Proof = ch.proof()
		return created, r, nil
	})
}

// A day is a file as it was read.
type day struct {
	DayFile
	there map[string]entry
	order []string
	fault error
}

// An entry is what a file says of one thing: a reversed one has two lines that come to nothing.
type entry struct {
	amount ledger.Fen
	lines  int
}

func readDay(media string, body io.Reader) (*day, error) {
	u, err := openUpload(media, body)
	if err != nil {
		return nil, err
	}
	f := &day{there: map[string]entry{}}
	if err := u.header(&f.DayFile, f.cells, "id,amount_fen"); err != nil {
		return nil, err
	}
	if f.Day == 0 || f.Lines < 0 || f.SHA256 != "" && len(f.SHA256) != hex.EncodedLen(32) {
		return nil, refuse(Malformed, "bad-header", "day, lines or sha256: want a day such as 2023-01-16, a number of lines and 64 hexadecimal digits")
	}
	if f.From != "" && identified("from", f.From) != nil || f.To != "" && identified("to", f.To) != nil {
		return nil, refuse(Malformed, "bad-header", "from or to: want ids of 1 to 64 letters, digits, dots and dashes")
	}
	if f.To == "" {
		f.To = "~" // after every identifier
	}
	if err := u.each(mostCompared, f.Lines, f.SHA256, parseAmount, func(id string, fen int64, fault LineCode) { f.take(u.line, id, fen, fault) }); err != nil {
		return nil, err
	}
	return f, f.fault
}

func (f *day) cells(list []string) (err error) {
	if len(list) < 1 || len(list) > 5 {
		return fmt.Errorf("%d cells: want the day, and maybe the number of lines, their SHA-256, from and to", len(list))
	}
	list = append(list, "", "", "", "")
	if f.Day, err = rules.ParseDate(list[0]); err != nil {
		return err
	}
	if list[1] != "" {
		if f.Lines, err = strconv.Atoi(list[1]); err != nil {
			return fmt.Errorf("cell 2: want the number of lines")
		}
	}
	f.SHA256, f.From, f.To = list[2], list[3], list[4]
	return nil
}

func parseAmount(text []byte) (string, int64, error) {
	var line struct {
		ID     string `json:"id"`
		Amount int64  `json:"amount_fen"`
	}
	err := strict(text, &line)
	return line.ID, line.Amount, err
}

// take adds a line. One bad line makes the file worthless: who compares money must be able to write it down.
func (f *day) take(n int, id string, fen int64, fault LineCode) {
	if fault != "" || identified("id", id) != nil || id < f.From || id > f.To || fen > int64(maxAmount) || fen < -int64(maxAmount) {
		if f.fault == nil {
			f.fault = refuse(Unprocessable, "bad-line", "line %d: want an id within from and to, and an amount in fen of at most %d", n, maxAmount)
		}
		return
	}
	e, known := f.there[id]
	if !known {
		f.order = append(f.order, id)
	}
	f.there[id] = entry{e.amount + ledger.Fen(fen), e.lines + 1}
}

// here is a thing of ours: its amount, and how many lines tell of it.
type here struct {
	entry
	state string // of a visit since the opening; else empty
}

// A visit is one that both agree on, in the state in which it was compared.
type visit struct{ id, state string }

// compare fills in r and returns the visits on which both agree and that are not closed yet.
func (a *Agency) compare(ctx context.Context, c Call, f *day, r *Reconciled) (agreed []visit, err error) {
	ours := map[string]here{}
	var order []string
	err = a.Store.View(ctx, func(v store.View) (err error) {
		if c.Role == workflow.Bank {
			order, err = paymentsOf(v, c.Subject, f, ours)
		} else {
			order, err = visitsOf(v, c.Subject, f, ours)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(order) > mostCompared {
		return nil, refuse(Unprocessable, "day-too-large", "over %d of that day stand here: give the file in parts, with from and to", mostCompared)
	}
	for _, id := range f.order {
		there := f.there[id]
		h, known := ours[id]
		if !known {
			if h, known, err = a.before(c.Caller, f.Day, id); err != nil {
				return nil, err
			}
		}
		switch {
		case !known:
			note(&r.MissingHere, r, id)
		case h.entry != there:
			note(&r.Differ, r, Difference{id, h.amount, there.amount})
		default:
			r.Matched++
			switch h.state {
			case "": // none to close
			case "closed_in_recon":
				r.Closed++
			default:
				agreed = append(agreed, visit{id, h.state})
			}
		}
	}
	for _, id := range order {
		if _, known := f.there[id]; !known {
			note(&r.MissingThere, r, id)
		}
	}
	return agreed, nil
}

// note counts a difference and lists the first ones.
func note[T any](list *[]T, r *Reconciled, v T) {
	if r.Differences++; len(*list) < mostDifferences {
		*list = append(*list, v)
	}
}

func paymentsOf(v store.View, bank string, f *day, ours map[string]here) (order []string, err error) {
	list, err := store.List[store.Payment](v, store.PaymentsOn, bank, int(f.Day), f.From, f.To, mostCompared+1)
	for _, p := range list {
		ours[p.BankTxn] = here{entry: twice(p.Amount, p.State == "reversed")}
		order = append(order, p.BankTxn)
	}
	return order, err
}

func visitsOf(v store.View, hospital string, f *day, ours map[string]here) (order []string, err error) {
	list, err := store.List[store.Claim](v, store.ClaimsOn, hospital, int(f.Day), f.From, f.To, mostCompared+1)
	for _, m := range list {
		h, reversed := here{state: m.State}, m.State == "reversed"
		if m.State == "closed_in_recon" { // whether it was reversed before, its posting tells
			back, err := v.Posted(ledger.EventSettled+".reversed", claimRef(m.Hospital, m.Visit))
			if err != nil {
				return nil, err
			}
			reversed = back.Seq != 0
		}
		h.entry = twice(m.Fund+m.Account, reversed)
		ours[m.Visit] = h
		order = append(order, m.Visit)
	}
	return order, err
}

// twice is an amount, or the two lines of one that was reversed.
func twice(amount ledger.Fen, reversed bool) entry {
	if reversed {
		return entry{0, 2}
	}
	return entry{amount, 1}
}

// before finds what stood at the opening. It was reconciled then, so there is nothing to close.
func (a *Agency) before(c Caller, day rules.Date, id string) (h here, known bool, err error) {
	if c.Role == workflow.Bank {
		old, found := a.People.Payment(c.Subject + "/" + id)
		if !found || old.Value != day {
			return h, false, nil
		}
		row, err := a.paymentBefore(old)
		return here{entry: twice(row.Amount, false)}, true, err
	}
	old, found := a.claimBefore(c.Subject, id)
	if !found || old.Date != day {
		return h, false, nil
	}
	return here{entry: twice(ledger.Fen(old.Fund+old.Account), false)}, true, nil
}

// closeVisits closes some of a hospital's visits, and counts them. One that was reversed since the file was compared stays
// open. The audit log is told at once, and not when the file is answered: the service may end before.
func (a *Agency) closeVisits(ctx context.Context, c Call, on rules.Date, visits []visit) (n int, err error) {
	c.Key = "" // that of the answer
	err = a.Store.Update(ctx, func(tx store.Tx) error {
		n = 0
		ch := &change{Tx: tx, Call: c, agency: a, about: "day " + on.String()}
		for _, agreed := range visits {
			m := store.Claim{Hospital: c.Subject, Visit: agreed.id}
			if _, err := tx.Get(&m); err != nil {
				return err
			}
			if m.State != agreed.state {
				continue
			}
			if err := ch.move(workflow.Claim(), claimRef(m.Hospital, m.Visit), m.Ver, workflow.State(m.State), "closed_in_recon"); err != nil {
				return err
			}
			m.State = "closed_in_recon"
			if err := ch.Set(&m); err != nil {
				return err
			}
			n++
		}
		if n == 0 {
			return nil
		}
		e := ch.event("done")
		e.Detail = fmt.Sprintf("%d visits closed", n)
		return tx.Audit(e)
	})
	return n, err
}
