package agency

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/sqlite"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

// TestAnIllegalStepOfLongWorkIsRefusedAndWrittenDown takes one inside each kind of Update that is not a whole mutation.
func TestAnIllegalStepOfLongWorkIsRefusedAndWrittenDown(t *testing.T) {
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), store.Pool{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	a := &Agency{Store: s}
	c := Call{Caller: Caller{Role: workflow.System, Subject: "schedule"}, Op: "declarations.lapse", Now: time.UnixMilli(1), Key: "k"}
	for i, do := range []func(context.Context, Call, func(*change) error) error{a.inSteps, a.update} {
		err := do(t.Context(), c, func(ch *change) error {
			ch.about = "declaration D1"
			return fmt.Errorf("chunk 3: %w", ch.move(workflow.Declaration(), "D1", 1, "paid", "overdue"))
		})
		if r, is := errors.AsType[*Refusal](err); !is || r.Code != "illegal-step" || r.Reason != Conflict {
			t.Errorf("got %v, want a conflict, illegal-step", err)
		}
		var list []vault.Event
		if err := s.View(t.Context(), func(v store.View) error {
			return store.EachEvent(v, 0, store.Forever, func(r vault.Record) error {
				list = append(list, r.Event)
				return nil
			})
		}); err != nil {
			t.Fatal(err)
		}
		if len(list) != i+1 || list[i].Outcome != "refused" || list[i].Subject != "declaration D1" || list[i].Op != c.Op || list[i].Detail == "" {
			t.Errorf("the audit log says %+v", list)
		}
	}
	if err := a.inSteps(t.Context(), c, func(*change) error { return errMoved }); !errors.Is(err, errMoved) {
		t.Errorf("another error came back as %v", err)
	}
}
