package agency

import (
	"context"
	"encoding/json"
	"time"

	"github.com/peakday/peakday/sut/store"
)

// A Waiting is a page of the outbox.
type Waiting struct {
	Messages []store.Message
	Next     string // where the next page begins; empty: there is none
}

// tell puts a message to a partner into the outbox, in the transaction of the effect it tells of. Its id names the effect.
func (c *change) tell(to, kind, id string, value any) error {
	payload, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return c.Add(&store.Message{ID: id, To: to, Kind: kind, Payload: payload, At: c.Now.UnixMilli(), Ver: 1})
}

// Undelivered are messages that wait for their partners, oldest first, at most limit of them. The first page is that of an empty cursor.
func (a *Agency) Undelivered(ctx context.Context, cursor string, limit int) (w Waiting, err error) {
	at, id, err := position(cursor)
	if err != nil {
		return w, err
	}
	limit = page(limit)
	err = a.Store.View(ctx, func(v store.View) error {
		w.Messages, err = store.List[store.Message](v, store.MessagesWaiting, at, id, limit)
		return err
	})
	if n := len(w.Messages); n == limit {
		w.Next = cursorAt(w.Messages[n-1].At, w.Messages[n-1].ID)
	}
	return w, err
}

// Delivered notes that a partner has taken a message. Whoever delivers notes it afterwards: a crash between the two
// delivers again, so a partner goes by the message's id. Noting it twice changes nothing.
func (a *Agency) Delivered(ctx context.Context, id string, now time.Time) error {
	return a.Store.Update(ctx, func(tx store.Tx) error {
		m := store.Message{ID: id}
		switch found, err := tx.Get(&m); {
		case err != nil:
			return err
		case !found:
			return refuse(NotFound, "no-message", "message %.80q: there is none", id)
		case m.Sent != 0:
			return nil
		}
		m.Sent = now.UnixMilli()
		return tx.Set(&m)
	})
}
