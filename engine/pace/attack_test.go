package pace

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios/profile"
	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// Vegeta's own Attacker drives a plan with a ramp, a spike and a pause; the server counts what arrives, in tenths of a second.
func TestVegetaAttacksAlongTheCurve(t *testing.T) {
	if testing.Short() {
		t.Skip("sends requests over loopback for 3 s")
	}
	curve := profile.Concat(profile.Line{To: 300, For: time.Second}, profile.Hold(0, 500*time.Millisecond),
		profile.Hold(400, 500*time.Millisecond), profile.Decay{From: 400, To: 20, Half: 200 * time.Millisecond, For: time.Second})
	var mu sync.Mutex
	var arrived []time.Time
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		arrived = append(arrived, time.Now())
	}))
	defer server.Close()
	attacker := vegeta.NewAttacker()
	begin := time.Now()
	hits := uint64(0)
	for result := range attacker.Attack(vegeta.NewStaticTargeter(vegeta.Target{Method: "GET", URL: server.URL}), Vegeta{curve}, 0, "peakday") {
		if result.Code != http.StatusOK {
			t.Fatalf("answer %d: %s", result.Code, result.Error)
		}
		hits++
	}
	if hits != Total(curve) || uint64(len(arrived)) != Total(curve) {
		t.Fatalf("%d hits, %d arrived, want %d", hits, len(arrived), Total(curve))
	}
	// How far the server is behind or before the plan at any arrival. Vegeta sends up to a few ms late, and this machine is shared.
	early, late := 0.0, 0.0
	for i, at := range arrived {
		planned := curve.Count(at.Sub(begin))
		early, late = max(early, float64(i+1)-planned), max(late, planned-float64(i+1))
	}
	t.Logf("%d hits, at most %.1f before the plan and %.1f behind it", hits, early, late)
	if early > 1.5 {
		t.Errorf("%.1f arrivals before they were due, want half of one", early)
	}
}
