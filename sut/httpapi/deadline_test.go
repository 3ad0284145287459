package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/gateway"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/traffic"
	"github.com/peakday/peakday/sut/workflow"
)

// A slow store has no place until a context ends.
type slow struct {
	store.Store
	asked int
}

func (s *slow) View(ctx context.Context, _ func(store.View) error) error {
	s.asked++
	<-ctx.Done()
	return ctx.Err()
}

func TestDeadlineBoundsTheWaitAndIsCountedFromArrival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{}
		keys := traffic.NewKeys(1)
		token, err := keys.Token(agency.Caller{Role: workflow.Citizen, Subject: "5"}, time.Now(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		api := New(Config{Agency: &agency.Agency{Store: s}, Keys: keys, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		// What stands between the listener and the API is a queue that takes 300 ms and forgets who has left.
		queue := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(300 * time.Millisecond)
			api.ServeHTTP(w, r.WithContext(context.WithoutCancel(r.Context())))
		})
		for _, c := range []struct {
			name, timeout string
			took          time.Duration
			status, asked int
			code          string
		}{
			{"time that is over when the queue ends", "299", 300 * time.Millisecond, 503, 0, "too-late"},
			{"time that is over at once", "0", 300 * time.Millisecond, 503, 0, "too-late"},
			{"time that ends in the wait for a place", "800", 800 * time.Millisecond, 503, 1, "too-late"},
			{"a time that is none", "1.5", 0, 400, 0, "bad-timeout"},
			{"a negative time", "-1", 0, 400, 0, "bad-timeout"},
		} {
			s.asked = 0
			r := httptest.NewRequest("GET", "/v1/transfers/TR-1-1", nil)
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set(gateway.TimeoutHeader, c.timeout)
			w := httptest.NewRecorder()
			began := time.Now()
			Deadlines(time.Now, queue).ServeHTTP(w, r)
			if took := time.Since(began); took != c.took || w.Code != c.status || s.asked != c.asked || !strings.Contains(w.Body.String(), ":"+c.code+`"`) {
				t.Errorf("%s: %d after %s, %d reads, %s; want %d %s after %s and %d reads", c.name, w.Code, took, s.asked, w.Body, c.status, c.code, c.took, c.asked)
			}
		}
	})
}
