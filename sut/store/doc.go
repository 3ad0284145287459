// Package store is the seam between the agency's use cases and a database.
//
// A [Store] runs a function inside one transaction. The function sees typed operations, never SQL:
//
//	err := s.Update(ctx, func(tx store.Tx) error {
//		posted, err := tx.Post(ledger.Settled(claim))
//		if err != nil {
//			return err // nothing of this function stays
//		}
//		return tx.AddClaim(store.Claim{Hospital: "H0042", Visit: "V17", Txn: posted.Seq})
//	})
//	// err == nil: the effect is on disk
//
// [Once] adds the idempotency key: the answer to a request is stored in the transaction of its effect, so a
// repetition, even after a crash, finds either both or neither.
//
// An implementation owes what package storetest checks. It may put many Updates into one commit, as long as
// each returns only after its own commit.
package store
