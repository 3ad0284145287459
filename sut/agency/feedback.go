package agency

import (
	"context"
	"strconv"
	"unicode/utf8"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// An Opinion is the body of feedback.create.
type Opinion struct {
	Rating int    `json:"rating"` // 1 to 5
	Text   string `json:"text,omitempty"`
}

// Thanks is the answer of feedback.create.
type Thanks struct {
	Feedback string `json:"feedback"`
	Proof
}

// mostText is the longest opinion, in bytes.
const mostText = 2000

// Feedback keeps what a citizen thinks of the service, once per key. The text is sealed: people write names into it.
func (a *Agency) Feedback(ctx context.Context, c Call, o Opinion) (store.Answer, bool, error) {
	who, err := a.self(c.Caller)
	if err != nil {
		return store.Answer{}, false, err
	}
	if o.Rating < 1 || o.Rating > 5 {
		return store.Answer{}, false, refuse(Unprocessable, "bad-rating", "rating %d: want 1 to 5", o.Rating)
	}
	if len(o.Text) > mostText || !utf8.ValidString(o.Text) {
		return store.Answer{}, false, refuse(Unprocessable, "bad-text", "text of %d bytes: want at most %d, in UTF-8", len(o.Text), mostText)
	}
	id := newID("FB", c.Op, c.Key)
	sealed, err := a.Vault.Seal(nil, vault.Place{Table: "feedback", Column: "text", Row: id}, []byte(o.Text), a.Random)
	if err != nil {
		return store.Answer{}, false, err
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		ch.about = "feedback " + id
		err := ch.Add(&store.Feedback{ID: id, Person: uint64(who.Index), Rating: int64(o.Rating), Text: sealed, At: c.Now.UnixMilli()})
		if err != nil {
			return 0, nil, err
		}
		if err := ch.Count("feedback-by-rating", strconv.Itoa(o.Rating), 1, 0); err != nil {
			return 0, nil, err
		}
		return created, Thanks{id, ch.proof()}, nil
	})
}
