package sut

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"syscall"
	"time"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

// anchorEvery is how often the service looks whether a checkpoint is due.
const anchorEvery = 250 * time.Millisecond

// An anchorer signs where the audit log stands, about each second, into the anchor file. Keep a
// copy of that file where those who keep the database cannot write: what was signed cannot be cut off unseen.
type anchorer struct {
	store  store.Store
	signer ed25519.PrivateKey
	file   *os.File
	last   vault.Checkpoint
	now    func() time.Time
	log    *slog.Logger
}

// newAnchorer opens the anchor file and reads the last checkpoint in it.
func newAnchorer(s store.Store, signer ed25519.PrivateKey, path string, now func() time.Time, log *slog.Logger) (*anchorer, error) {
	a := &anchorer{store: s, signer: signer, now: now, log: log}
	var err error
	if a.file, err = os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, fmt.Errorf("anchor file: %w", err)
	}
	if err := hold(a.file); err != nil {
		return nil, errors.Join(err, a.file.Close())
	}
	line, err := seekEnd(a.file)
	if err == nil && line != nil {
		a.last, err = vault.ParseCheckpoint(line, signer.Public().(ed25519.PublicKey))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("anchor file %s, the last line: %w", path, err), a.file.Close())
	}
	return a, nil
}

// begunAnew says, to whoever started the service and in the audit log for good, that the anchors of a log which had begun are
// gone: what was cut off it before does not show any more.
func begunAnew(ctx context.Context, s store.Store, path string, log *slog.Logger) error {
	log.Warn("the anchor file of the audit log is gone and is begun anew: what was cut off the log before does not show; stop and put a copy of the file back if there is one", "file", path)
	return s.Update(ctx, func(tx store.Tx) error {
		return tx.Audit(vault.Event{
			At: time.Now().UnixMilli(), Actor: "service", Role: workflow.System.String(), Op: "anchors.begin", Subject: "audit log", Outcome: "done",
		})
	})
}

// hold takes the anchor file for this process until it is closed: one service works on a database at a time, or the
// anchors of two would stand mixed.
func hold(f *os.File) error {
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("a service works on the database of %s: stop it first, or name another database (%w)", f.Name(), err)
	}
	return nil
}

// seekEnd goes to the end of the last whole line, which it returns, and cuts off what a crash left of one after it.
func seekEnd(f *os.File) (line []byte, err error) {
	var end int64
	for in := bufio.NewReader(f); ; {
		next, err := in.ReadBytes('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		line, end = next[:len(next)-1], end+int64(len(next))
	}
	if err := f.Truncate(end); err != nil {
		return nil, err
	}
	_, err = f.Seek(end, io.SeekStart)
	return line, err
}

// run signs until ctx ends, and once more then.
func (a *anchorer) run(ctx context.Context) {
	tick := time.NewTicker(anchorEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			a.try(ctx, vault.Due)
		case <-ctx.Done():
			a.try(context.WithoutCancel(ctx), unsigned)
			return
		}
	}
}

// unsigned tells whether anything was written since the last checkpoint: a service that ends leaves nothing of its log
// without a signature.
func unsigned(last vault.Checkpoint, _, count int64) bool { return count > last.Count() }

// try reports what went wrong to the log only: a service goes on without anchors, and the next one covers what was missed.
func (a *anchorer) try(ctx context.Context, due func(last vault.Checkpoint, now, count int64) bool) {
	if err := a.anchor(ctx, due); err != nil && ctx.Err() == nil {
		a.log.Error("signing the audit log", "error", err)
	}
}

func (a *anchorer) anchor(ctx context.Context, due func(last vault.Checkpoint, now, count int64) bool) error {
	c := vault.Checkpoint{Log: store.AuditLog, At: max(a.now().UnixMilli(), a.last.At)} // the clock may be set back
	err := a.store.View(ctx, func(v store.View) (err error) {
		c.Heads, err = store.AuditHeads(v)
		return err
	})
	if err != nil || !due(a.last, c.At, c.Count()) {
		return err
	}
	line := c.AppendLine(nil, a.signer)
	if _, err := a.file.Write(line); err != nil {
		return err
	}
	if err := a.file.Sync(); err != nil {
		return err
	}
	a.last = c
	return nil
}

// close closes the file.
func (a *anchorer) close() error { return a.file.Close() }

// copyFile writes what a file holds now.
func copyFile(w io.Writer, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return errors.Join(err, f.Close())
}
