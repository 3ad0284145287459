package gateway

import (
	"fmt"
	"sync"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// One decision of sampleEvery is kept, the last ringSize of them. Which one, is
// chance, so that no pattern of arrivals hides another.
const (
	sampleEvery = 1024 // a power of two
	ringSize    = 512
)

// A Sample is one decision, for people who ask why. It says nothing of who was
// decided on.
type Sample struct {
	ID         string    `json:"id"` // that in Guard-Decision
	At         time.Time `json:"at"`
	Op         string    `json:"op"` // of the route; "" if none matched
	Class      string    `json:"class"`
	Reason     string    `json:"reason"`
	Mode       Mode      `json:"mode"`
	Level      uint32    `json:"level"`     // smaller is served longer
	Threshold  uint32    `json:"threshold"` // of levels
	Limit      int       `json:"limit"`
	Elasticity float64   `json:"elasticity"`
	Wait       float64   `json:"wait"`        // seconds in the queue
	Patience   float64   `json:"patience"`    // seconds from arrival to deadline
	RetryAfter float64   `json:"retry_after"` // seconds
	Generation uint64    `json:"generation"`  // of the configuration
}

// ring keeps the samples.
type ring struct {
	mu   sync.Mutex
	list [ringSize]Sample
	n    uint64 // so far
}

// add keeps one and gives it its name.
func (r *ring) add(s Sample) (id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n++
	s.ID = fmt.Sprintf("%x", r.n)
	r.list[r.n%ringSize] = s
	return s.ID
}

// samples are those that are kept, the newest first; with an id, that one.
func (r *ring) samples(id string) []Sample {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := []Sample{}
	for n := r.n; n > 0 && n+ringSize > r.n; n-- {
		if s := r.list[n%ringSize]; id == "" || s.ID == id {
			list = append(list, s)
		}
	}
	return list
}

// sample keeps the decision if chance has it, and returns its name, "" if not.
func (g *Guard) sample(p *plan, v *visit, d admission.Decision) string {
	if v.lot%sampleEvery != 0 {
		return ""
	}
	s := g.core.Load().snapshot.Load()
	return g.ring.add(Sample{
		At: v.arrived.UTC(), Op: v.op.name, Class: v.Class.String(), Reason: d.Reason.String(), Mode: p.mode,
		Level: uint32(v.Level), Threshold: uint32(s.Threshold), Limit: s.Limit, Elasticity: s.Elasticity,
		Wait: d.Wait.Seconds(), Patience: v.Deadline.Sub(v.arrived).Seconds(), RetryAfter: d.RetryAfter.Seconds(), Generation: p.generation,
	})
}
