package httpapi

import (
	"context"
	"net/http"
	"net/url"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/store"
)

// Most operations have one of these shapes.

// get answers with what a use case reads for the caller.
func get[A any](read func(ctx context.Context, who agency.Caller, id string, query url.Values) (A, error)) handler {
	return func(x *exchange) error {
		answer, err := read(x.r.Context(), x.who, x.id, x.r.URL.Query())
		if err != nil {
			return err
		}
		return reply(x.w, http.StatusOK, answer)
	}
}

// find answers with the thing that the path names.
func find[A any](read func(ctx context.Context, who agency.Caller, id string) (A, error)) handler {
	return get(func(ctx context.Context, who agency.Caller, id string, _ url.Values) (A, error) {
		return read(ctx, who, id)
	})
}

// ask answers a question that comes with a body, and changes nothing.
func ask[B, A any](answer func(ctx context.Context, who agency.Caller, body B) (A, error)) handler {
	return func(x *exchange) error {
		var body B
		if _, err := x.readInto(&body); err != nil {
			return err
		}
		a, err := answer(x.r.Context(), x.who, body)
		if err != nil {
			return err
		}
		return reply(x.w, http.StatusOK, a)
	}
}

// change runs a mutation.
func change[B any](a *API, do func(context.Context, agency.Call, B) (store.Answer, bool, error)) handler {
	return changeOf(a, func(ctx context.Context, c agency.Call, _ string, body B) (store.Answer, bool, error) {
		return do(ctx, c, body)
	})
}

// changeOf runs a mutation of the thing that the path names.
func changeOf[B any](a *API, do func(ctx context.Context, c agency.Call, id string, body B) (store.Answer, bool, error)) handler {
	return func(x *exchange) error {
		var body B
		text, err := x.readInto(&body)
		if err != nil {
			return err
		}
		return a.mutate(x, text, func(c agency.Call) (store.Answer, bool, error) { return do(x.r.Context(), c, x.id, body) })
	}
}

// step runs a mutation of the thing that the path names, which needs no more to be said.
func step(a *API, do func(ctx context.Context, c agency.Call, id string) (store.Answer, bool, error)) handler {
	return func(x *exchange) error {
		if err := x.noBody(); err != nil {
			return err
		}
		return a.mutate(x, nil, func(c agency.Call) (store.Answer, bool, error) { return do(x.r.Context(), c, x.id) })
	}
}

func (x *exchange) noBody() error {
	if x.r.ContentLength != 0 {
		return problem(http.StatusBadRequest, "bad-body", "want no body")
	}
	return nil
}

// readInto reads and decodes a body, and returns its bytes.
func (x *exchange) readInto(v any) ([]byte, error) {
	body, _, err := x.readBody(MaxBody, "application/json")
	if err != nil {
		return nil, err
	}
	return body, decode(body, v)
}
