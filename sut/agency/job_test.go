package agency_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

func enqueue(t testing.TB, a *agency.Agency, c agency.Call, body string) string {
	t.Helper()
	answer, _, err := a.Enqueue(t.Context(), c, c.Op, []byte(body))
	if err != nil || answer.Status != 202 {
		t.Fatal(answer.Status, err)
	}
	return decoded[agency.Queued](t, answer).Job
}

func TestAQueuedDeclarationIsThatOfTheOneWhoAsked(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 2)
	handlers := map[string]agency.Handler{
		"declarations.create": func(ctx context.Context, c agency.Call, body []byte) (store.Answer, bool, error) {
			return a.Declare(ctx, c, ndjson, bytes.NewReader(body), false)
		},
	}
	c := filedBy(e, "1")
	id := enqueue(t, a, c, fileOf(agency.Filing{Employer: e.ID, Month: january}, people))
	if again := enqueue(t, a, c, fileOf(agency.Filing{Employer: e.ID, Month: january}, people)); again != id {
		t.Errorf("the same key made jobs %s and %s", id, again)
	}
	refused := enqueue(t, a, filedBy(e, "2"), fileOf(agency.Filing{Employer: "E000000", Month: january}, people))
	unheard := enqueue(t, a, as(workflow.Employer, e.ID, "declarations.sing", "3"), "")

	if j, err := a.Job(t.Context(), c.Caller, id); err != nil || j.State != "queued" {
		t.Errorf("%+v, %v", j, err)
	}
	for range 3 {
		if worked, err := a.Work(t.Context(), now, handlers); !worked || err != nil {
			t.Fatal(worked, err)
		}
	}
	if worked, err := a.Work(t.Context(), now, handlers); worked || err != nil {
		t.Error("a fourth job", worked, err)
	}
	for id, want := range map[string]struct {
		state  workflow.State
		status int
		text   string
	}{
		id: {"done", 201, `"state":"assessed"`}, refused: {"failed", 0, `"code":"other-employer"`}, unheard: {"failed", 0, `"code":"unknown-operation"`},
	} {
		j, err := a.Job(t.Context(), c.Caller, id)
		if err != nil || j.State != want.state || j.Status != want.status || !bytes.Contains(j.Result, []byte(want.text)) {
			t.Errorf("%+v with %s, %v; want %+v", j, j.Result, err, want)
		}
		_, err = a.Job(t.Context(), agency.Caller{Role: workflow.Employer, Subject: "E000000"}, id)
		wantCode(t, err, "not-found")
	}
	_, _, err := a.Retry(t.Context(), filedBy(e, "7"), refused)
	wantCode(t, err, "role")
	operator := func(key string) agency.Call { return as(workflow.Operator, "op1", "jobs.retry", key) }
	_, _, err = a.Retry(t.Context(), operator("4"), "J-X")
	wantCode(t, err, "not-found")
	_, _, err = a.Retry(t.Context(), operator("5"), id)
	wantCode(t, err, "illegal-step")
	if _, _, err := a.Retry(t.Context(), operator("6"), refused); err != nil {
		t.Fatal(err)
	}
	if worked, err := a.Work(t.Context(), now, handlers); !worked || err != nil {
		t.Error(worked, err)
	}
	wantSound(t, a)
}

// A process that dies between a job's effect and its end does it once all the same: the job's id is the key.
func TestAJobIsDoneOnceWhateverStopsIt(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 2)
	id := enqueue(t, a, filedBy(e, "1"), fileOf(agency.Filing{Employer: e.ID, Month: january}, people))
	for left := 0; ; left++ {
		b := &agency.Agency{People: a.People, Rules: a.Rules, Store: &dyingStore{Store: a.Store, left: left}, Vault: a.Vault, Random: a.Random}
		ctx, die := context.WithCancel(t.Context())
		_, err := b.Work(ctx, now, map[string]agency.Handler{
			"declarations.create": func(ctx context.Context, c agency.Call, body []byte) (store.Answer, bool, error) {
				answer, replayed, err := b.Declare(ctx, c, ndjson, bytes.NewReader(body), false)
				if errors.Is(err, errBroken) {
					die()
				}
				return answer, replayed, err
			},
		})
		die()
		if err == nil {
			break
		}
		if _, err := a.Requeue(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		wantSound(t, a)
	}
	if j, err := a.Job(t.Context(), filedBy(e, "").Caller, id); err != nil || j.State != "done" || !bytes.Contains(j.Result, []byte(`"assessed"`)) {
		t.Errorf("%+v with %s, %v", j, j.Result, err)
	}
	wantSound(t, a)
}

// What cannot be opened fails, and is no work that never ends.
func TestAJobThatDoesNotOpenFails(t *testing.T) {
	a := newBureau(t, 500)
	e := a.People.Employer(7)
	c := filedBy(e, "1")
	id := enqueue(t, a, c, "x")
	err := a.Store.Update(t.Context(), func(tx store.Tx) error {
		j := store.Job{ID: id}
		if _, err := tx.Get(&j); err != nil {
			return err
		}
		j.Request[len(j.Request)-1] ^= 1
		return tx.Set(&j)
	})
	if err != nil {
		t.Fatal(err)
	}
	if worked, err := a.Work(t.Context(), now, nil); !worked || err == nil {
		t.Error(worked, err)
	}
	if j, err := a.Job(t.Context(), c.Caller, id); err != nil || j.State != "failed" || !bytes.Contains(j.Result, []byte(`"code":"fault"`)) {
		t.Errorf("%+v with %s, %v; want it failed with a fault", j, j.Result, err)
	}
}

func TestAJobOfBeforeTheOpening(t *testing.T) {
	a := newBureau(t, 500)
	e := a.People.Employer(7)
	j, err := a.Job(t.Context(), filedBy(e, "").Caller, population.JobID(7))
	if err != nil || j.State != "done" || !bytes.Contains(j.Result, []byte(population.DeclarationID(7))) {
		t.Errorf("%+v, %v", j, err)
	}
	_, err = a.Job(t.Context(), filedBy(a.People.Employer(8), "").Caller, population.JobID(7))
	wantCode(t, err, "not-found")
}

func TestStatisticsAreCountedAndSmallCellsSuppressed(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 2)
	for i := range 6 {
		push(t, a, pushOf(e, fmt.Sprint("T", i), 100))
	}
	declare(t, a, filedBy(e, "d"), fileOf(agency.Filing{Employer: e.ID, Month: january}, people), false)
	auditor := agency.Caller{Role: workflow.Auditor, Subject: "au1"}
	s, err := a.Statistics(t.Context(), auditor, "payments-by-state", "")
	if err != nil || len(s.Items) != 1 || s.Items[0].N == nil || *s.Items[0].N != 6 || *s.Items[0].Sum != 600 {
		t.Errorf("%+v, %v", s, err)
	}
	s, err = a.Statistics(t.Context(), auditor, "declarations-by-state", "")
	if err != nil || len(s.Items) != 1 || s.Items[0].N != nil || s.Items[0].Sum != nil || !s.Items[0].Suppressed {
		t.Errorf("%+v, %v", s, err)
	}
	_, err = a.Statistics(t.Context(), auditor, "names", "")
	wantCode(t, err, "not-found")
	_, err = a.Statistics(t.Context(), agency.Caller{Role: workflow.Citizen, Subject: "1"}, "payments-by-state", "")
	wantCode(t, err, "role")
	_, err = a.Statistics(t.Context(), auditor, "wages-by-month", "")
	wantCode(t, err, "report-off")
	byEmployer, byPersons := duesOf(t, a, january, people)
	push(t, a, pushOf(e, "whole", byEmployer+byPersons))
	a.HeavyReports = true
	s, err = a.Statistics(t.Context(), auditor, "wages-by-month", "")
	if err != nil || len(s.Items) == 0 || s.Items[0].Bucket[:6] != "202301" {
		t.Errorf("%+v, %v", s, err)
	}
}
