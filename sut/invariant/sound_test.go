package invariant_test

import (
	"path/filepath"
	"testing"

	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/sqlite"
)

func open(t testing.TB) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), store.Pool{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestWeekIsSound lives the week on a sound store: nothing fails, every invariant holds, and each was put to the test.
func TestWeekIsSound(t *testing.T) {
	s := open(t)
	w := newWeek(t, s)
	w.live()
	for _, failed := range w.failed {
		t.Error(failed)
	}
	findings, err := invariant.Of(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Log(f)
		if !f.OK || f.Checked == 0 || f.Note != "" {
			t.Errorf("%s: %+v", f.Name, f)
		}
	}
}
