package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/store"
)

// A work is a request that may be done now or later: what a job keeps of it.
type work struct {
	ID      string `json:"id,omitempty"` // what stands for {id} in the path
	Media   string `json:"media,omitempty"`
	Partial bool   `json:"partial,omitempty"`
	Body    []byte `json:"body,omitempty"`
}

// A worker does it, by whoever asked for it.
type worker func(ctx context.Context, c agency.Call, w work) (store.Answer, bool, error)

// workers are the operations that may be done later, by name.
func (a *API) workers() map[string]worker {
	use := a.agency
	return map[string]worker{
		"declarations.submit": func(ctx context.Context, c agency.Call, w work) (store.Answer, bool, error) {
			return use.Declare(ctx, c, w.Media, bytes.NewReader(w.Body), w.Partial)
		},
		"reconciliations.create": func(ctx context.Context, c agency.Call, w work) (store.Answer, bool, error) {
			return use.Reconcile(ctx, c, w.Media, bytes.NewReader(w.Body))
		},
		"payouts.plan": func(ctx context.Context, c agency.Call, w work) (store.Answer, bool, error) {
			var p agency.Pay
			if err := decode(w.Body, &p); err != nil {
				return store.Answer{}, false, err
			}
			return use.Plan(ctx, c, p)
		},
		"interest.credit": func(ctx context.Context, c agency.Call, w work) (store.Answer, bool, error) {
			var y agency.YearOf
			if err := decode(w.Body, &y); err != nil {
				return store.Answer{}, false, err
			}
			return use.CreditInterest(ctx, c, y)
		},
		"payouts.lock": func(ctx context.Context, c agency.Call, w work) (store.Answer, bool, error) {
			return use.Lock(ctx, c, w.ID)
		},
		"payouts.send": func(ctx context.Context, c agency.Call, w work) (store.Answer, bool, error) {
			return use.Send(ctx, c, w.ID)
		},
		"payouts.receipts": func(ctx context.Context, c agency.Call, w work) (store.Answer, bool, error) {
			return use.Receipts(ctx, c, w.ID, bytes.NewReader(w.Body))
		},
		"payouts.close": func(ctx context.Context, c agency.Call, w work) (store.Answer, bool, error) {
			return use.Close(ctx, c, w.ID)
		},
	}
}

// upload serves an operation that comes with a file.
func (a *API) upload(types ...string) handler {
	return func(x *exchange) error {
		body, media, err := x.readBody(MaxFile, types...)
		if err != nil {
			return err
		}
		w := work{ID: x.id, Media: media, Body: body}
		switch mode := x.r.URL.Query().Get("mode"); {
		case mode == "":
		case mode == "partial" && x.op.Name == "declarations.submit":
			w.Partial = true
		default:
			return problem(http.StatusBadRequest, "bad-query", "mode: want partial, for a declaration, or none")
		}
		return a.nowOrLater(x, w)
	}
}

// batchBegin serves what a short body begins, and takes long.
func (a *API) batchBegin(x *exchange) error {
	body, _, err := x.readBody(MaxBody, "application/json")
	if err != nil {
		return err
	}
	return a.nowOrLater(x, work{Body: body})
}

// batchStep serves a further step of a batch.
func (a *API) batchStep(x *exchange) error {
	if err := x.noBody(); err != nil {
		return err
	}
	return a.nowOrLater(x, work{ID: x.id})
}

// nowOrLater does the work, or keeps it as a job for whoever prefers a receipt at once.
func (a *API) nowOrLater(x *exchange, w work) error {
	if !prefersLater(x.r) {
		do := a.workers()[x.op.Name]
		return a.mutate(x, w.Body, func(c agency.Call) (store.Answer, bool, error) { return do(x.r.Context(), c, w) })
	}
	request, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return a.mutate(x, w.Body, func(c agency.Call) (store.Answer, bool, error) {
		answer, replayed, err := a.agency.Enqueue(x.r.Context(), c, x.op.Name, request)
		var queued agency.Queued
		if err == nil && json.Unmarshal(answer.Body, &queued) == nil && queued.Job != "" {
			x.w.Header().Set("Location", "/v1/jobs/"+queued.Job)
			x.w.Header().Set("Preference-Applied", "respond-async")
		}
		return answer, replayed, err
	})
}

// prefersLater tells whether the caller would rather have a receipt now than the answer later (RFC 7240).
func prefersLater(r *http.Request) bool {
	for _, field := range r.Header.Values("Prefer") {
		for preference := range strings.SplitSeq(field, ",") {
			name, _, _ := strings.Cut(preference, ";")
			if strings.EqualFold(strings.TrimSpace(name), "respond-async") {
				return true
			}
		}
	}
	return false
}

// Jobs are what [agency.Agency.Work] needs to do the jobs that this interface has answered with 202.
func (a *API) Jobs() map[string]agency.Handler {
	jobs := make(map[string]agency.Handler)
	for name, do := range a.workers() {
		jobs[name] = func(ctx context.Context, c agency.Call, request []byte) (store.Answer, bool, error) {
			var w work
			if err := json.Unmarshal(request, &w); err != nil {
				return store.Answer{}, false, err
			}
			return do(ctx, c, w)
		}
	}
	return jobs
}
