package sut

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"errors"
	"io"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// ExportAudit writes the audit log of a database as lines of JSON, the form that [vault.Verify] reads. It holds ids and
// codes, no personal data.
func ExportAudit(ctx context.Context, path string, w io.Writer) error {
	s, err := openExisting(ctx, path)
	if err != nil {
		return err
	}
	return errors.Join(exportAudit(ctx, s, w), s.Close())
}

func exportAudit(ctx context.Context, s store.Store, w io.Writer) error {
	out := bufio.NewWriter(w)
	line := vault.AppendHeader(nil, store.AuditLog)
	if _, err := out.Write(line); err != nil {
		return err
	}
	err := s.View(ctx, func(v store.View) error {
		return store.EachEvent(v, 0, store.Forever, func(r vault.Record) error {
			line = r.AppendLine(line[:0])
			_, err := out.Write(line)
			return err
		})
	})
	return errors.Join(err, out.Flush())
}

// AuditKey is the public key of a key file: what it takes to verify the audit log, and no secret.
func AuditKey(keys string) (ed25519.PublicKey, error) {
	ring, err := openRing(keys, false)
	if err != nil {
		return nil, err
	}
	return ring.Signer().Public().(ed25519.PublicKey), nil
}
