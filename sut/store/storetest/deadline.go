package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// endless numbers: all is there before the first row of a count, and no row is the last.
const endless store.Query = `WITH RECURSIVE n(i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n) SELECT `

func endsInTime(t *testing.T, s store.Store) {
	var n int64
	for name, ask := range map[string]func(store.View) error{
		"a count without end": func(v store.View) error {
			return v.Select(endless+"count(*) FROM n", []any{&n}, func() error { return nil })
		},
		"rows without end": func(v store.View) error {
			return v.Select(endless+"i FROM n", []any{&n}, func() error { return nil })
		},
		"what is asked afterwards": func(v store.View) error {
			time.Sleep(250 * time.Millisecond)
			_, err := v.Get(&store.Batch{ID: "none"})
			return err
		},
	} {
		const patience = 200 * time.Millisecond
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		began := time.Now()
		err := s.View(ctx, ask)
		took := time.Since(began)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || took < patience-5*time.Millisecond || took > patience+time.Second {
			t.Errorf("%s: %v after %v, want the deadline of %v", name, err, took, patience)
		}
		// The connection is as good as before.
		err = s.View(t.Context(), func(v store.View) error { _, err := v.Posted(ledger.EventSuspended, "B1/1"); return err })
		if err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
}
