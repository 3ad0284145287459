package store

import (
	"context"
	"errors"
)

// ErrKeyReused is returned by Once when the key was used for another request.
var ErrKeyReused = errors.New("idempotency key was used for another request")

// Once runs do and stores its answer under key in the same transaction. If key is stored already, do is not
// run: the stored answer comes back with replayed true, or ErrKeyReused if its fingerprint differs.
// do sets the answer's Status, Body and Txn; an error of do stores nothing, so the key stays free.
func Once(ctx context.Context, s Store, key string, fingerprint [32]byte, do func(Tx) (Answer, error)) (a Answer, replayed bool, err error) {
	err = s.Update(ctx, func(tx Tx) error {
		kept, found, err := tx.Answer(key)
		switch {
		case err != nil:
			return err
		case found && kept.Fingerprint != fingerprint:
			return ErrKeyReused
		case found:
			a, replayed = kept, true
			return nil
		}
		if a, err = do(tx); err != nil {
			return err
		}
		a.Fingerprint = fingerprint
		return tx.AddAnswer(key, a)
	})
	if err != nil {
		return Answer{}, false, err
	}
	return a, replayed, nil
}
