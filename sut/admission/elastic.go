package admission

import (
	"math"
	"time"
)

// The constants of elastic. The first six are those it was proposed with.
const (
	elasticLow     = 0.8  // the low arm, as a share of the limit
	elasticHighs   = 3    // high arms for each low one
	elasticSmooth  = 0.35 // weight of a new elasticity
	elasticGain    = 0.22 // e-folds of the limit for each one that the elasticity is off
	elasticTarget  = 0.5
	elasticSamples = 80   // in an arm
	elasticSlow    = 0.2  // elasticity below which nothing waits
	elasticGrow    = 1.25 // growth of a limit that is far too small
	elasticBrake   = 0.6  // the most that one brake takes away
	elasticStart   = 24
	elasticLeast   = 2
	elasticMost    = 4096
)

type elastic struct {
	ceiling     time.Duration
	least, most float64
	limit       float64
	low         bool
	highs       int     // in a row
	high        float64 // mean latency of these, seconds
	elasticity  float64
	known       bool
	arm         arm
	snap        Snapshot
}

// arm gathers the requests that began in it.
type arm struct {
	first   uint64
	count   int
	sum     float64
	busiest int
}

func newElastic(c LawConfig) (Law, error) {
	k := &elastic{ceiling: c.Ceiling}
	k.limit, k.least, k.most = c.bounds(elasticStart, elasticLeast, elasticMost)
	k.open(0)
	return k, nil
}

func (k *elastic) Snapshot() Snapshot { return k.snap }

func (k *elastic) open(next uint64) {
	limit := k.limit
	if k.low {
		limit *= elasticLow
	}
	k.arm = arm{first: next}
	k.snap = Snapshot{Law: "elastic", Limit: max(1, int(limit)), Latency: seconds(k.high), Elasticity: k.elasticity}
}

func (k *elastic) Complete(now time.Time, s Sample) {
	if s.Outcome == Ignored || s.Serial < k.arm.first {
		return
	}
	a := &k.arm
	a.count++
	a.sum += now.Sub(s.Start).Seconds()
	a.busiest = max(a.busiest, s.InFlight)
	mean := max(a.sum/float64(a.count), 1e-9)
	if slo := k.ceiling.Seconds() / 2; slo > 0 && a.count >= 30 && mean > slo {
		k.limit = max(k.least, k.limit*max(elasticBrake, slo/mean))
		k.low, k.highs = false, 0
		k.open(s.Started)
		return
	}
	if a.count < elasticSamples {
		return
	}
	if float64(a.busiest) < 0.9*float64(k.snap.Limit) {
		k.low, k.highs = false, 0
		k.open(s.Started)
		return
	}
	if !k.low {
		k.highs++
		k.high += (mean - k.high) / float64(k.highs)
		k.low = k.highs >= elasticHighs || !k.known
		k.open(s.Started)
		return
	}
	e := max(-0.5, min(1.5, math.Log(k.high/mean)/-math.Log(elasticLow)))
	if !k.known {
		k.elasticity, k.known = e, true
	}
	k.elasticity += elasticSmooth * (e - k.elasticity)
	k.limit *= math.Exp(elasticGain * (elasticTarget - k.elasticity))
	k.limit = max(k.least, min(k.limit, k.most))
	k.low, k.highs = false, 0
	k.open(s.Started)
}
