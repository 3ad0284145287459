package agency_test

import (
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store/postgres"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
	"github.com/peakday/peakday/sut/workflow"
)

// TestPayoutsAndTransfersOnPostgres takes two months of pensions and a transfer through PostgreSQL, which may run an Update
// again from its start: what an Update captures must not be changed by it.
func TestPayoutsAndTransfersOnPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("starting PostgreSQL takes seconds")
	}
	p := &paymaster{Agency: onPostgres(t)}
	who, e := pensioner(t, p)
	p.month(t, 202301)
	p.stop(t, population.CaseID(who.Index, 0), 202212)
	p.month(t, 202302) // the accounts are not what they were at the opening
	if got := p.overpaid(t, who.Index); got != ledger.Fen(e.Monthly) {
		t.Errorf("%d are owed, want %d", got, e.Monthly)
	}
	moves := population.TransferID(someone(t, p.Agency, population.Active).Index, 1)
	for _, want := range []string{"funds_sent", "funds_matched", "credited", "closed"} {
		if _, _, err := p.Advance(t.Context(), p.as(workflow.System, "schedule", "transfers.advance"), moves); err != nil {
			t.Fatal(err)
		}
		if m, err := p.Transfer(t.Context(), agency.Caller{Role: workflow.System}, moves); err != nil || m.Status != want {
			t.Fatalf("%+v %v, want %s", m, err, want)
		}
	}
	wantSound(t, p.Agency)
}

// onPostgres is newAgency on a database of PostgreSQL.
func onPostgres(t testing.TB) *agency.Agency {
	t.Helper()
	s, err := postgres.Open(t.Context(), servertest.Database(t, servertest.Start(t)), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	a := newAgency(t)
	a.Store = s
	return a
}
