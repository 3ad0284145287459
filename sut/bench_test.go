package sut_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/traffic"
)

// BenchmarkService is a closed loop of 64 clients in the same process: client and service share the processor.
func BenchmarkService(b *testing.B) {
	for _, op := range traffic.Operations() {
		b.Run(op.Name, func(b *testing.B) { benchmark(b, sut.Profiles()[0], op.Name, op.Mutates, 64) })
	}
}

// BenchmarkRefused is what a full legacy queue costs: four clients hold every place, the others are refused.
func BenchmarkRefused(b *testing.B) {
	full := sut.Profile{Name: "full", Workers: 1, Hold: time.Hour}
	s, err := sut.Start(b.Context(), sut.Config{Seed: seed, Profile: full})
	if err != nil {
		b.Fatal(err)
	}
	gone, leave := context.WithCancel(b.Context())
	r, err := http.NewRequestWithContext(gone, "GET", s.URL()+"/v1/policies", nil)
	if err != nil {
		b.Fatal(err)
	}
	go http.DefaultClient.Do(r)
	time.Sleep(50 * time.Millisecond) // the only worker is taken
	defer func() {
		leave()
		ended, end := context.WithCancel(context.Background())
		end()
		s.Close(ended) // does not wait for the hour
	}()
	drive(b, s, "claims.settle", http.StatusServiceUnavailable, 64)
}

func benchmark(b *testing.B, p sut.Profile, op string, mutates bool, clients int) {
	s, err := sut.Start(b.Context(), sut.Config{Seed: seed, Profile: p})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close(context.Background())
	want := http.StatusOK
	if mutates || op == "sessions.create" {
		want = http.StatusCreated
	}
	drive(b, s, op, want, clients)
}

// drive sends b.N requests over kept-alive connections and reports them a second.
func drive(b *testing.B, s *sut.Service, op string, want, clients int) {
	tr := requests(b, sut.DefaultPeople)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	var seq atomic.Uint64
	b.ReportAllocs()
	b.SetParallelism(clients / 2)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, err := tr.At(seq.Add(1), op)
			if err != nil {
				b.Error(err)
				return
			}
			if status, _, body, err := sendBy(client, s.URL(), r); err != nil || status != want {
				b.Errorf("%d %s %v", status, body, err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}
