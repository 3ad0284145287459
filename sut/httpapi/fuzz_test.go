package httpapi_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/traffic"
)

// FuzzBody sends any bytes as the body of every operation that takes one: the answer is never a fault of the service,
// and what was taken leaves a book that proves sound.
func FuzzBody(f *testing.F) {
	d := newDesk(f)
	var posts []string
	for _, op := range traffic.Operations() {
		if op.Method != http.MethodPost {
			continue
		}
		r, err := d.traffic.At(7, op.Name)
		fatal(f, err)
		f.Add(len(posts), r.Body)
		posts = append(posts, op.Name)
	}
	for _, s := range []string{``, `null`, `{}`, `[]`, `{"lines":null}`, `{"visit_date":"2023-01-01","amount_fen":9223372036854775807}`} {
		f.Add(3, []byte(s))
	}
	n := 0
	f.Fuzz(func(t *testing.T, op int, text []byte) {
		d.t = t
		n++
		r := set(body(d.at(7, posts[uint(op)%uint(len(posts))]), string(text)), "Idempotency-Key", strconv.Itoa(n))
		if partner := signer(r); partner != "" {
			r = d.sign(partner, r)
		}
		w := d.do(r)
		if w.Code >= 500 {
			t.Fatalf("%d %s\nlog: %s", w.Code, w.Body, d.log)
		}
		if w.Code != http.StatusCreated || n%50 != 0 {
			return
		}
		findings, err := invariant.Of(t.Context(), d.store)
		fatal(t, err)
		for _, f := range findings {
			if !f.OK {
				t.Fatalf("%+v", f)
			}
		}
	})
}
