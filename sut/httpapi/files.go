package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/store"
)

// A file is the body of a bulk upload: what a job keeps of its request.
type file struct {
	Media   string `json:"media"`
	Partial bool   `json:"partial,omitempty"`
	Body    []byte `json:"body"`
}

func (f file) reader() io.Reader { return bytes.NewReader(f.Body) }

// A taker takes in a file.
type taker func(ctx context.Context, c agency.Call, f file) (store.Answer, bool, error)

// takers are the operations that take files, now or later.
func (a *API) takers() map[string]taker {
	return map[string]taker{
		"declarations.submit": func(ctx context.Context, c agency.Call, f file) (store.Answer, bool, error) {
			return a.agency.Declare(ctx, c, f.Media, f.reader(), f.Partial)
		},
		"reconciliations.create": func(ctx context.Context, c agency.Call, f file) (store.Answer, bool, error) {
			return a.agency.Reconcile(ctx, c, f.Media, f.reader())
		},
	}
}

// take serves an upload: at once, or as a job for whoever prefers that.
func (a *API) take(x *exchange) error {
	body, media, err := x.readBody(MaxFile, "application/x-ndjson", "text/csv")
	if err != nil {
		return err
	}
	f := file{Media: media, Body: body}
	switch mode := x.r.URL.Query().Get("mode"); {
	case mode == "":
	case mode == "partial" && x.op.Name == "declarations.submit":
		f.Partial = true
	default:
		return problem(http.StatusBadRequest, "bad-query", "mode: want partial, for a declaration, or none")
	}
	if prefersLater(x.r) {
		return a.later(x, body, f)
	}
	take := a.takers()[x.op.Name]
	return a.mutate(x, body, func(c agency.Call) (store.Answer, bool, error) { return take(x.r.Context(), c, f) })
}

// later keeps an upload as a job and answers 202 with the place to look for it.
func (a *API) later(x *exchange, body []byte, f file) error {
	request, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return a.mutate(x, body, func(c agency.Call) (store.Answer, bool, error) {
		answer, replayed, err := a.agency.Enqueue(x.r.Context(), c, x.op.Name, request)
		var queued agency.Queued
		if err == nil && json.Unmarshal(answer.Body, &queued) == nil && queued.Job != "" {
			x.w.Header().Set("Location", "/v1/jobs/"+queued.Job)
			x.w.Header().Set("Preference-Applied", "respond-async")
		}
		return answer, replayed, err
	})
}

// Jobs are what [agency.Agency.Work] needs to do the jobs that this interface has answered with 202.
func (a *API) Jobs() map[string]agency.Handler {
	jobs := make(map[string]agency.Handler)
	for name, take := range a.takers() {
		jobs[name] = func(ctx context.Context, c agency.Call, request []byte) (store.Answer, bool, error) {
			var f file
			if err := json.Unmarshal(request, &f); err != nil {
				return store.Answer{}, false, err
			}
			return take(ctx, c, f)
		}
	}
	return jobs
}
