package sut

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// A Report is the proof of a database: one finding a checker, in a fixed order.
type Report struct {
	Sound    bool                `json:"sound"` // every checker holds
	Findings []invariant.Finding `json:"findings"`
}

// Check opens a database that a service left behind, or still uses, and proves its ledger, and its audit log by the anchor
// file beside it; where an anchor file of PostgreSQL stands is not known here. An unsound ledger is a report; the error is
// of reading. The file must exist.
func Check(ctx context.Context, path string) (Report, error) {
	s, err := openExisting(ctx, path)
	if err != nil {
		return Report{}, err
	}
	defer s.Close()
	r, err := check(ctx, s)
	if err == nil && !IsDSN(path) {
		var f invariant.Finding
		f, err = anchored(ctx, s, path)
		r.Findings, r.Sound = append(r.Findings, f), r.Sound && f.OK
	}
	if err != nil {
		return Report{}, fmt.Errorf("checking the database: %w", err)
	}
	return r, nil
}

func check(ctx context.Context, s store.Store) (r Report, err error) {
	if r.Findings, err = invariant.Of(ctx, s); err != nil {
		return r, err
	}
	r.Sound = true
	for _, f := range r.Findings {
		r.Sound = r.Sound && f.OK
	}
	return r, nil
}

// anchored holds the audit log against the checkpoints beside the database: without them its end can be cut off unseen.
func anchored(ctx context.Context, s store.Store, path string) (f invariant.Finding, err error) {
	f.Name, f.Claim = "anchors", "the audit log is what its signed checkpoints say, and these are there"
	broken := func(format string, args ...any) (invariant.Finding, error) {
		f.Broken, f.First = 1, fmt.Sprintf(format, args...)
		return f, nil
	}
	anchors, err := os.ReadFile(path + ".anchors") // before the log, which may still grow
	if errors.Is(err, fs.ErrNotExist) {
		return broken("%s.anchors is gone: put a copy of it back; without one, nothing shows what was cut off the audit log", path)
	}
	if err != nil {
		return f, err
	}
	whole := anchors[:bytes.LastIndexByte(anchors, '\n')+1] // of a last line a crash leaves a part
	f.Checked = bytes.Count(whole, []byte("\n"))
	key, err := AuditKey(path + ".keys")
	if err != nil {
		f.OK, f.Note = true, "the keys are not beside the database: signatures are not checked"
		return f, nil
	}
	log, w := io.Pipe()
	var export sync.WaitGroup
	export.Go(func() { w.CloseWithError(exportAudit(ctx, s, w)) })
	defer export.Wait()
	defer log.Close() // which ends the export
	sum, err := vault.Verify(log, bytes.NewReader(whole), key)
	if fault, is := errors.AsType[*vault.Fault](err); is {
		return broken("%v", fault)
	}
	f.OK, f.Note = true, fmt.Sprintf("%d events stand after the last checkpoint", sum.Unanchored())
	return f, err
}
