package invariant_test

import (
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/invariant"
)

// TestFirstPersonsLogIsOneLikeAnother: the number of the first person is nought.
func TestFirstPersonsLogIsOneLikeAnother(t *testing.T) {
	s := open(t)
	w := newWeek(t, s)
	w.check(w.Found(w.ctx, w.now, 1))
	w.done(w.ReportDeath(w.ctx, w.clerk("deaths.report"), agency.Death{Person: w.People.Person(0).ID, Date: 20230115}))
	for _, failed := range w.failed {
		t.Error(failed)
	}
	findings, err := invariant.Of(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if !f.OK || f.Name == "I10" && f.Checked == 0 {
			t.Error(f)
		}
	}
}
