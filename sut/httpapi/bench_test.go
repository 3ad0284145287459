package httpapi_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/httpapi"
	"github.com/peakday/peakday/sut/traffic"
)

// BenchmarkServe is what a request costs inside the service, without a network: metrics, route, credentials, body, use
// case, store (64 at a time, so that mutations share commits). Making the request is in it for mutations, each of which
// needs a key of its own; reads are of 1,000 people in turn, made beforehand, whose tokens are known after their first.
func BenchmarkServe(b *testing.B) {
	for _, op := range traffic.Operations() {
		b.Run(op.Name, func(b *testing.B) {
			d := newDesk(b)
			h := httpapi.NewMetrics(prometheus.NewRegistry()).Wrap(d.api)
			reads := make([]scenarios.Request, 1000)
			request := func(seq uint64) scenarios.Request {
				if !op.Mutates && reads[seq%1000].Path != "" {
					return reads[seq%1000]
				}
				r, err := d.traffic.At(seq, op.Name)
				if err != nil {
					b.Error(err)
				}
				return r
			}
			send := func(seq uint64) {
				r := request(seq)
				req := httptest.NewRequest(r.Method, r.Path, bytes.NewReader(r.Body))
				for _, header := range r.Header {
					req.Header[http.CanonicalHeaderKey(header.Name)] = []string{header.Value}
				}
				w := httptest.NewRecorder()
				if h.ServeHTTP(w, req); w.Code >= 500 {
					b.Errorf("%d %s", w.Code, w.Body)
				}
			}
			for seq := range uint64(1000) {
				if !op.Mutates {
					reads[seq] = request(seq)
					send(seq)
				}
			}
			var seq atomic.Uint64
			b.ReportAllocs()
			b.SetParallelism(32)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					send(seq.Add(1))
				}
			})
		})
	}
}
