package sut_test

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/peakday/peakday/sut"
)

// TestPoolOverTCP counts what a small legacy pool serves and refuses, and in which order, as a client sees it.
func TestPoolOverTCP(t *testing.T) {
	if testing.Short() {
		t.Skip("loads a server over TCP")
	}
	const workers, queue, sent = 4, 8, 20
	const hold = 250 * time.Millisecond // far above what sending them takes, so that every count is exact
	s := start(t, sut.Config{People: 100, Profile: sut.Profile{Name: "small", Workers: workers, Hold: hold, Queue: queue}})
	defer s.Close(context.Background())
	tr := requests(t, 100)

	type answer struct {
		n, status  int
		came       time.Duration
		retryAfter string
	}
	var mu sync.Mutex
	var answers []answer
	var wg sync.WaitGroup
	begin := time.Now()
	for n := range sent {
		wg.Go(func() {
			r, err := tr.At(uint64(n), "claims.settle")
			if err != nil {
				t.Error(err)
				return
			}
			status, header, _, err := send(s.URL(), r)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			answers = append(answers, answer{n, status, time.Since(begin), header.Get("Retry-After")})
		})
		time.Sleep(4 * time.Millisecond) // arrivals over TCP keep their order
	}
	wg.Wait()

	served, refused := 0, 0
	for _, a := range answers {
		switch a.status {
		case http.StatusCreated:
			served++
			// Each generation of workers waits for the one before it.
			if least := hold * time.Duration(1+a.n/workers); a.came < least {
				t.Errorf("request %d came after %s, want %s at least", a.n, a.came, least)
			}
		case http.StatusServiceUnavailable:
			refused++
			if a.came > hold || a.retryAfter != "" {
				t.Errorf("request %d was refused after %s with Retry-After %q, want at once and bare", a.n, a.came, a.retryAfter)
			}
		default:
			t.Errorf("request %d: status %d", a.n, a.status)
		}
	}
	if served != workers+queue || refused != sent-workers-queue {
		t.Errorf("served %d, refused %d; want %d and %d", served, refused, workers+queue, sent-workers-queue)
	}
	// First in, first out: generations do not mix.
	slices.SortFunc(answers, func(a, b answer) int { return int(a.came - b.came) })
	answers = slices.DeleteFunc(answers, func(a answer) bool { return a.status != http.StatusCreated })
	for i, a := range answers {
		if a.n/workers != i/workers {
			t.Errorf("answer %d is of request %d: out of order", i, a.n)
		}
	}
}

// TestServiceWorksForClientsThatLeft lets clients time out in the queue and counts what was posted for them.
func TestServiceWorksForClientsThatLeft(t *testing.T) {
	if testing.Short() {
		t.Skip("loads a server over TCP")
	}
	db := filepath.Join(t.TempDir(), "ledger.db")
	s := start(t, sut.Config{People: 100, DB: db, Profile: sut.Profile{Name: "small", Workers: 1, Hold: 50 * time.Millisecond, Queue: 9}})
	tr := requests(t, 100)
	client := http.Client{Timeout: 30 * time.Millisecond, Transport: &http.Transport{}}
	var wg sync.WaitGroup
	for n := range 10 {
		wg.Go(func() {
			r, err := tr.At(uint64(n), "claims.settle")
			if err != nil {
				t.Error(err)
				return
			}
			if _, _, _, err := sendBy(&client, s.URL(), r); err == nil {
				t.Error("a client was answered before its timeout")
			}
		})
	}
	wg.Wait()
	if err := s.Close(t.Context()); err != nil { // drains
		t.Fatal(err)
	}
	report, err := sut.Check(t.Context(), db)
	if err != nil || !report.Sound {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, f := range report.Findings {
		if f.Name == "I7" && f.Checked != 10 {
			t.Errorf("%d effects for clients that left, want 10", f.Checked)
		}
	}
}
