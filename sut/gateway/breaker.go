package gateway

import (
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// Breaker spares a service that answers with 502, 503 or 504, or not in time,
// the requests that it cannot use to recover. 429 is about one client and does
// not count. The zero value of each field is the default.
type Breaker struct {
	Share  float64       `yaml:"share,omitempty"`  // of the answers, from which it opens; 0 is 0.5
	Least  int           `yaml:"least,omitempty"`  // answers in the window, below which it does not; 0 is 20
	Window time.Duration `yaml:"window,omitempty"` // over which they are counted; 0 is 10 s
	Pause  time.Duration `yaml:"pause,omitempty"`  // before two requests ask the service again, doubled each time; 0 is 1 s
}

func (b *Breaker) faults(fs *faults) {
	if b == nil {
		return
	}
	if !(b.Share >= 0 && b.Share <= 1) {
		fs.add("breaker.share", "found %v, want a share, 0 to 1", b.Share)
	}
	if b.Window < 0 || b.Pause < 0 || b.Least < 0 {
		fs.add("breaker", "found less than zero, want more, or 0 for the default")
	}
}

func (b *Breaker) limits() admission.BreakerConfig {
	return admission.BreakerConfig{Share: b.Share, Least: b.Least, Window: b.Window, Pause: b.Pause}
}

// law is the breaker at work, nil if there is none.
func (b *Breaker) law() *admission.Breaker {
	if b == nil {
		return nil
	}
	return admission.NewBreaker(b.limits())
}
