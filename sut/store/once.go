package store

import (
	"bytes"
	"context"
	"errors"
)

// ErrKeyReused is returned by Once when the key was used for another request.
var ErrKeyReused = errors.New("idempotency key was used for another request")

// Once runs do and stores its answer under key in the same transaction. If key is stored already, do is not
// run: the stored answer comes back with replayed true, or ErrKeyReused if its fingerprint differs.
// do sets the answer's Status, Body, Txn and At; an error of do stores nothing, so the key stays free.
func Once(ctx context.Context, s Store, key string, fingerprint []byte, do func(Tx) (Answer, error)) (a Answer, replayed bool, err error) {
	err = s.Update(ctx, func(tx Tx) error {
		a, replayed = Answer{Key: key}, false
		found, err := tx.Get(&a)
		switch {
		case err != nil:
			return err
		case found && !bytes.Equal(a.Fingerprint, fingerprint):
			return ErrKeyReused
		case found:
			replayed = true
			return nil
		}
		if a, err = do(tx); err != nil {
			return err
		}
		a.Key, a.Fingerprint = key, fingerprint
		return tx.Add(&a)
	})
	if err != nil {
		return Answer{}, false, err
	}
	return a, replayed, nil
}
