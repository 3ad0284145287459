package httpapi

import (
	"encoding/json"
	"net/http"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/workflow"
)

// What no caller of the public interface does: messages go out to partners, and a transfer's money moves between banks.
// Whoever runs the schedule does it here.

// schedule adds the paths of the schedule.
func (a Admin) schedule(mux *http.ServeMux) {
	mux.Handle("GET /admin/outbox", a.tries(a.outbox))
	mux.Handle("POST /admin/outbox/delivered", a.tries(a.delivered))
	mux.Handle("POST /admin/transfers/advance", a.tries(a.advance))
}

// tries answers what goes wrong: a refusal as callers see it, a fault in full.
func (a Admin) tries(do func(*exchange) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := do(&exchange{w: w, r: r})
		if err == nil {
			return
		}
		p := problemOf(err)
		if p == nil {
			p = atFault(err)
		}
		p.ServeHTTP(w, r)
	})
}

// A message is one that waits for its partner.
type message struct {
	ID      string          `json:"id"` // of the effect that it tells of: a partner may get it twice, and goes by this
	To      string          `json:"to"`
	Kind    string          `json:"kind"`
	At      int64           `json:"at_ms"`
	Payload json.RawMessage `json:"payload"`
}

func (a Admin) outbox(x *exchange) error {
	at, err := cursor(x.r.URL.Query(), "outbox")
	if err != nil {
		return err
	}
	waiting, err := a.Agency.Undelivered(x.r.Context(), at, pageSize)
	if err != nil {
		return err
	}
	page := struct {
		Items []message `json:"items"` // oldest first
		Next  string    `json:"next_cursor,omitempty"`
	}{Items: []message{}, Next: opaque("outbox", waiting.Next)}
	for _, m := range waiting.Messages {
		page.Items = append(page.Items, message{m.ID, m.To, m.Kind, m.At, m.Payload})
	}
	return reply(x.w, http.StatusOK, page)
}

func (a Admin) delivered(x *exchange) error {
	var m struct {
		ID string `json:"id"`
	}
	if _, err := x.readInto(&m); err != nil {
		return err
	}
	if err := a.Agency.Delivered(x.r.Context(), m.ID, a.Now()); err != nil {
		return err
	}
	return reply(x.w, http.StatusOK, state{"delivered"})
}

// advance takes a transfer over a hop that is the schedule's, such as sending its funds.
func (a Admin) advance(x *exchange) error {
	var t struct {
		ID string `json:"transfer"`
	}
	body, err := x.readInto(&t)
	if err != nil {
		return err
	}
	key := x.r.Header.Get("Idempotency-Key")
	if !visible(key) {
		return noKey()
	}
	who := agency.Caller{Role: workflow.System, Subject: "schedule"}
	print := fingerprint(x.r.Method, x.r.URL.Path, who.Subject, body)
	answer, replayed, err := a.Agency.Advance(x.r.Context(), agency.Call{
		Caller: who, Op: "transfers.advance", Now: a.Now(), Key: who.String() + "/" + key, Fingerprint: print[:],
	}, t.ID)
	if err != nil {
		return err
	}
	if replayed {
		x.w.Header().Set("Idempotent-Replayed", "true")
	}
	send(x.w, int(answer.Status), answer.Body)
	return nil
}
