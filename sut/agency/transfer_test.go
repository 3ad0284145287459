package agency_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A saga is a transfer in a test: who moves, and how it began.
type saga struct {
	*agency.Agency
	id    string
	who   population.Person
	begin agency.Moving
	old   bool // stood at the opening
	calls int
}

func newSaga(t testing.TB, old bool) *saga {
	t.Helper()
	s := &saga{Agency: newAgency(t), old: old}
	s.who = someone(t, s.Agency, population.Active)
	s.id = population.TransferID(s.who.Index, 3)
	if !old {
		answer, _, err := s.Request(t.Context(), as(workflow.Citizen, fmt.Sprint(s.who.Index), "transfers.create", "T"), agency.Move{To: "510000"})
		if err != nil {
			t.Fatal(err)
		}
		var m agency.Moved
		if err := json.Unmarshal(answer.Body, &m); err != nil {
			t.Fatal(err)
		}
		s.id = m.Transfer
	}
	s.begin = s.at(t)
	return s
}

func (s *saga) at(t testing.TB) agency.Moving {
	t.Helper()
	m, err := s.Transfer(t.Context(), agency.Caller{Role: workflow.System}, s.id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (s *saga) call() agency.Call {
	s.calls++
	return as(workflow.System, "scheduler", "transfers.advance", fmt.Sprint(s.calls))
}

// places are how much money left the old pool and account, is in transit there, was sent by the old bank, received by the
// new one, is in transit there, and has arrived in the new pool and account.
type places struct{ left, transitFrom, sent, received, transitTo, arrived ledger.Fen }

// sound is invariant I6: the money is in one place, that of the state, and months and money are what they were.
func (s *saga) sound(t testing.TB) {
	t.Helper()
	m := s.at(t)
	money := m.Pool + m.Personal
	p, _ := s.person(t)
	on := func(kind ledger.Kind, owner string) ledger.Fen {
		return balanceOf(t, s.Store, ledger.Account{Kind: kind, Fund: ledger.Pension, Owner: owner})
	}
	got := places{
		transitFrom: -on(ledger.Transit, s.id+"/"+m.From), sent: -on(ledger.Bank, m.From),
		received: on(ledger.Bank, m.To), transitTo: -on(ledger.Transit, m.To), arrived: -on(ledger.Pool, m.To),
	}
	got.transitTo = -on(ledger.Transit, s.id+"/"+m.To)
	came := ledger.Fen(0) // to the account, since the opening
	if p.Ver > 0 {
		came = -on(ledger.PA, fmt.Sprint(s.who.Index)) - ledger.Fen(s.who.Pension)
	}
	arrived := m.Money == "to"
	switch {
	case s.old:
		got.left = on(ledger.Opening, m.From)
		got.arrived += came
	case arrived: // what left the account came back to it
		got.left = on(ledger.Pool, m.From) + m.Personal
		got.arrived += m.Personal + came
	default:
		got.left = on(ledger.Pool, m.From) - came
	}
	want := map[string]places{
		"requested": {}, "certificate": {}, "accepted": {}, "reopened": {},
		"info_sent":      {left: money, transitFrom: money},
		"funds_returned": {left: money, transitFrom: money},
		"funds_sent":     {left: money, sent: money},
		"funds_matched":  {left: money, sent: money, received: money, transitTo: money},
		"credited":       {left: money, sent: money, received: money, arrived: money},
		"closed":         {left: money, sent: money, received: money, arrived: money},
	}[m.Status]
	if s.old && p.Ver == 0 {
		want = places{} // the book has not met it
	}
	if got != want {
		t.Errorf("%s %s: money at %+v, want %+v", s.id, m.Status, got, want)
	}
	if m.Months != s.begin.Months || money != s.begin.Pool+s.begin.Personal || m.Months == 0 || money == 0 {
		t.Errorf("%s: %d months and %d fen, began with %d and %d", m.Status, m.Months, money, s.begin.Months, s.begin.Pool+s.begin.Personal)
	}
}

// person is the row of who moves and of the pension enrolment; Ver 0: there is none.
func (s *saga) person(t testing.TB) (p store.Person, e store.Enrolment) {
	t.Helper()
	p.ID, e.Person, e.Scheme = uint64(s.who.Index), uint64(s.who.Index), "pension"
	err := s.Store.View(t.Context(), func(v store.View) error {
		found, err := v.Get(&p)
		if found && p.Ver == 0 {
			p.Ver = 1
		}
		if err == nil {
			_, err = v.Get(&e)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, e
}

// ended checks what is left of a transfer at its end.
func (s *saga) ended(t *testing.T) {
	t.Helper()
	p, e := s.person(t)
	m := s.at(t)
	if p.Moving != "" || m.Due != 0 {
		t.Errorf("%s has ended and is still open: %+v, %+v", s.id, m, p)
	}
	wantRegion, wantState, brought := region, "", int64(0)
	switch {
	case m.Status == "closed" && s.old:
		brought = s.begin.Months
	case m.Status == "closed":
		wantRegion, wantState = "510000", "transferred_out"
	}
	if p.Region != wantRegion || p.Brought != brought || e.State != wantState {
		t.Errorf("%s %s: person %+v with enrolment %+v, want region %s, %d months brought and %q", s.id, m.Status, p, e, wantRegion, brought, wantState)
	}
	_, _, err := s.Advance(t.Context(), s.call(), s.id)
	wantCode(t, err, "illegal-step")
	wantSound(t, s.Agency)
}

// TestATransferStopsAnywhereAndGoesOnOrBack stops after every prefix of the saga, of a new transfer and of one that stood
// at the opening, and from there takes it to its end, or back by every way that the machine has.
func TestATransferStopsAnywhereAndGoesOnOrBack(t *testing.T) {
	machine := workflow.Transfer()
	taken := make(map[[2]workflow.State]bool)
	for _, old := range []bool{false, true} {
		states := []workflow.State{"requested", "certificate", "accepted", "info_sent", "funds_sent", "funds_matched", "credited", "closed"}
		if old {
			states = states[3:]
		}
		for stop, state := range states {
			for _, way := range []string{"on", "withdraw", "return"} {
				s := newSaga(t, old)
				step := func(way string) (from workflow.State, err error) {
					from = workflow.State(s.at(t).Status)
					switch way {
					case "on":
						_, _, err = s.Advance(t.Context(), s.call(), s.id)
					case "withdraw":
						_, _, err = s.Withdraw(t.Context(), s.call(), s.id, agency.Withdrawal{Reason: "changed-mind"})
					case "return":
						_, _, err = s.Return(t.Context(), s.call(), s.id, agency.Withdrawal{Reason: "account-closed"})
					}
					s.sound(t)
					if err == nil {
						taken[[2]workflow.State{from, workflow.State(s.at(t).Status)}] = true
					}
					return from, err
				}
				for range stop {
					if _, err := step("on"); err != nil {
						t.Fatal(err)
					}
				}
				if got := s.at(t).Status; got != string(state) {
					t.Fatalf("after %d hops %s, want %s", stop, got, state)
				}
				if way != "on" {
					target := map[string]workflow.State{"withdraw": "reopened", "return": "funds_returned"}[way]
					_, lawful := machine.Step(state, target)
					from, err := step(way)
					if lawful == nil && err != nil {
						t.Fatalf("%s from %s: %v", way, from, err)
					}
					if lawful != nil {
						wantCode(t, err, "illegal-step")
					}
				}
				for !machine.Terminal(workflow.State(s.at(t).Status)) {
					if _, err := step("on"); err != nil {
						t.Fatal(err)
					}
				}
				s.ended(t)
			}
		}
	}
	for _, e := range machine.Edges {
		if !taken[[2]workflow.State{e.From, e.To}] {
			t.Errorf("no test took %s from %s to %s", e.Verb, e.From, e.To)
		}
	}
}

// TestAHopHappensWholeOrNotAtAll breaks every write of every hop in turn, going on and going back.
func TestAHopHappensWholeOrNotAtAll(t *testing.T) {
	for _, back := range []bool{false, true} {
		s := newSaga(t, false)
		whole := s.Store
		for s.at(t).Status != "closed" && s.at(t).Status != "reopened" {
			before, c := s.at(t), s.call()
			for n := 0; ; n++ {
				broken := &brokenStore{Store: whole, at: n}
				s.Store = broken
				var err error
				if back && before.Status == "credited" {
					_, _, err = s.Return(t.Context(), c, s.id, agency.Withdrawal{})
				} else {
					_, _, err = s.Advance(t.Context(), c, s.id)
				}
				s.Store = whole
				s.sound(t)
				if !broken.hit {
					if err != nil {
						t.Fatal(err)
					}
					break
				}
				if after := s.at(t); err == nil || after != before {
					t.Fatalf("write %d of a hop was broken (%v): %+v, before %+v", n, err, after, before)
				}
			}
		}
		s.ended(t)
	}
}

func TestTransfersThatAreRefused(t *testing.T) {
	a := newAgency(t)
	active, retired := someone(t, a, population.Active), someone(t, a, population.Retired)
	request := func(role workflow.Roles, subject, to string) error {
		_, _, err := a.Request(t.Context(), as(role, subject, "transfers.create", subject+to), agency.Move{To: to})
		return err
	}
	me := fmt.Sprint(active.Index)
	wantCode(t, request(workflow.Clerk, "zhang", "510000"), "unknown-subject")
	wantCode(t, request(workflow.Citizen, "99999999", "510000"), "unknown-subject")
	wantCode(t, request(workflow.Citizen, me, "Chengdu"), "bad-region")
	wantCode(t, request(workflow.Citizen, me, region), "same-region")
	wantCode(t, request(workflow.Citizen, fmt.Sprint(retired.Index), "510000"), "draws-pension")
	if err := request(workflow.Citizen, me, "510000"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, request(workflow.Citizen, me, "440000"), "transfer-open")

	mine := population.TransferID(active.Index, 1)
	for name, caller := range map[string]agency.Caller{
		"another citizen":   {Role: workflow.Citizen, Subject: fmt.Sprint(retired.Index)},
		"a clerk elsewhere": {Role: workflow.Clerk, Subject: "li", Region: "110000"},
		"an auditor":        {Role: workflow.Auditor, Subject: "wu"},
		"an employer":       {Role: workflow.Employer, Subject: "E000001"},
	} {
		for _, id := range []string{mine, "TR-1-x"} {
			_, err := a.Transfer(t.Context(), caller, id)
			wantCode(t, err, "not-found")
			_, _, err = a.Advance(t.Context(), agency.Call{Caller: caller, Op: "transfers.advance", Now: now, Key: name}, id)
			wantCode(t, err, "not-found")
		}
	}
	_, _, err := a.Advance(t.Context(), as(workflow.Clerk, "li", "transfers.advance", "k"), mine)
	wantCode(t, err, "not-your-step") // the scheduler sends funds
	_, _, err = a.Withdraw(t.Context(), as(workflow.Citizen, me, "transfers.withdraw", "k2"), mine, agency.Withdrawal{})
	wantCode(t, err, "not-your-step") // the information is sent
	for _, back := range []func(context.Context, agency.Call, string, agency.Withdrawal) (store.Answer, bool, error){a.Withdraw, a.Return} {
		_, _, err = back(t.Context(), as(workflow.Citizen, me, "transfers.withdraw", "k3"), mine, agency.Withdrawal{Reason: "call 13800000000"})
		wantCode(t, err, "bad-identifier") // a reason is kept in clear
	}
	wantSound(t, a)
}

func TestHopsTellTheirPartnersAndRunAClock(t *testing.T) {
	s := newSaga(t, false)
	clock, err := workflow.ClockOf("transfer_hop")
	if err != nil {
		t.Fatal(err)
	}
	day := workflow.China().Due(clock, 20261121)
	list, err := s.Clocks(t.Context(), agency.Caller{Role: workflow.Clerk, Region: region}, "transfer", day+1, day, "", 0)
	if err != nil || len(list.Clocks) != 1 || list.Burst != 1 || list.Clocks[0].ID != s.id || list.Clocks[0].Due != day {
		t.Errorf("clocks %+v %v, want %s due on %s", list, err, s.id, day)
	}
	if list, err := s.Clocks(t.Context(), agency.Caller{Role: workflow.Clerk, Region: "110000"}, "transfer", day, day, "", 0); err != nil || len(list.Clocks) != 0 {
		t.Errorf("a clerk elsewhere sees %+v %v", list, err)
	}
	for range 7 {
		if _, _, err := s.Advance(t.Context(), s.call(), s.id); err != nil {
			t.Fatal(err)
		}
	}
	var kinds []string
	for cursor, first := "", true; first || cursor != ""; first = false {
		w, err := s.Undelivered(t.Context(), cursor, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range w.Messages {
			kinds = append(kinds, m.Kind)
			for range 2 * len(w.Messages) { // noting it again changes nothing
				if first {
					if err := s.Delivered(t.Context(), m.ID, now); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		cursor = w.Next
	}
	slices.Sort(kinds)
	want := []string{"transfer.accepted", "transfer.certificate", "transfer.closed", "transfer.credited", "transfer.funds_matched", "transfer.funds_sent", "transfer.info_sent", "transfer.requested"}
	if !slices.Equal(kinds, want) {
		t.Errorf("messages %v, want %v", kinds, want)
	}
	if w, err := s.Undelivered(t.Context(), "", 0); err != nil || len(w.Messages) != 5 {
		t.Errorf("%d messages wait after three of eight were delivered (%v)", len(w.Messages), err)
	}
	if list, err := s.Clocks(t.Context(), agency.Caller{Role: workflow.System}, "transfer", day, 99991231, "", 0); err != nil || len(list.Clocks) != 0 {
		t.Errorf("clocks of a closed transfer: %+v %v", list, err)
	}
	_, err = s.Undelivered(t.Context(), "x", 0)
	wantCode(t, err, "bad-cursor")
}
