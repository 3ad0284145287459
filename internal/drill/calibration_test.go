package drill_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/peakday/peakday/sut"
)

// TestOracleCalibration says that a profile is an instrument: workers / hold is the capacity that is measured, within 5 %.
func TestOracleCalibration(t *testing.T) {
	if testing.Short() {
		t.Skip("loads the machine for half a minute")
	}
	for _, c := range []struct {
		profile string
		workers int
		hold    time.Duration
	}{
		{"legacy-2018", 64, 800 * time.Millisecond},
		{"legacy-2018", 16, 800 * time.Millisecond},
		{"modern", 4, 20 * time.Millisecond},
		{"modern", 32, 100 * time.Millisecond},
		{"modern", 256, 400 * time.Millisecond},
	} {
		t.Run(fmt.Sprintf("%s, %d workers of %v", c.profile, c.workers, c.hold), func(t *testing.T) {
			p, err := sut.ProfileByName(c.profile)
			if err != nil {
				t.Fatal(err)
			}
			p.Workers, p.Hold = c.workers, c.hold
			s, err := sut.Start(t.Context(), sut.Config{Profile: p})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close(context.Background())
			want := float64(c.workers) / c.hold.Seconds()
			if got := saturated(t, s.URL()+"/v1/policies?q=none", 2*c.workers, c.hold); math.Abs(got/want-1) > 0.05 {
				t.Errorf("%.1f/s measured, %.1f/s configured", got, want)
			} else {
				t.Logf("%.1f/s measured, %.1f/s configured", got, want)
			}
		})
	}
}

// saturated is the rate at which clients, each of whom asks again at once, are answered over eight holds, or 2 s.
func saturated(t *testing.T, url string, clients int, hold time.Duration) float64 {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	var answers atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for range clients {
		asking.Go(func() {
			for ctx.Err() == nil {
				r, _ := http.NewRequestWithContext(ctx, "GET", url, nil) // the URL was parsed before
				a, err := client.Do(r)
				if err != nil {
					continue // the end
				}
				io.Copy(io.Discard, a.Body)
				a.Body.Close()
				if a.StatusCode == http.StatusOK {
					answers.Add(1)
				}
			}
		})
	}
	time.Sleep(2*hold + hold/2) // in the middle of a hold: the workers' answers come in waves
	before, began := answers.Load(), time.Now()
	holds := max(8, int(2*time.Second/hold))
	time.Sleep(time.Duration(holds) * hold)
	n, took := answers.Load()-before, time.Since(began)
	stop()
	asking.Wait()
	return float64(n) / took.Seconds()
}
