package admission

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"time"
)

// plant is a backend in virtual time behind a guard that is run as a gateway
// runs it: ticks, published snapshots, levels with random lots. Its workers hold
// a request for its service time, with a FIFO without end before them.
type plant struct {
	workers   int
	service   func(*rand.Rand) float64 // seconds
	offered   func(at float64) float64 // arrivals a second, at most peak
	peak      float64                  // bound of offered
	length    float64                  // seconds
	deadline  time.Duration
	shape     func(*caller, *rand.Rand) // sets class, tenant, seats; nil: all P2
	reserve   [Classes]int
	ticking   func(at float64) bool // whether a tick then is given; nil: all are
	onArrival bool                  // ticks come with the first arrival that they are due at, as in the gateway

	guard   *Guard
	snap    *Snapshot
	counts  Histogram
	ticked  float64
	clock   clock
	busy    int
	fifo    []*caller
	callers []*caller
	spans   []span // of busy workers
	lots    *rand.Rand
	work    *rand.Rand
}

// caller is one request: when it came, and entered and left a worker.
type caller struct {
	Entry
	due, began, done float64
	decision         Decision
	decided          float64
}

type span struct{ from, to float64 }

type happening struct {
	at float64
	n  int // ties in order of making
	do func(at float64)
}

// clock is the list of what will happen.
type clock struct {
	list []happening
	n    int
}

func (c *clock) Len() int { return len(c.list) }
func (c *clock) Less(i, j int) bool {
	a, b := c.list[i], c.list[j]
	return a.at < b.at || a.at == b.at && a.n < b.n
}
func (c *clock) Swap(i, j int) { c.list[i], c.list[j] = c.list[j], c.list[i] }
func (c *clock) Push(x any)    { c.list = append(c.list, x.(happening)) }
func (c *clock) Pop() any {
	last := c.list[len(c.list)-1]
	c.list = c.list[:len(c.list)-1]
	return last
}

func (c *clock) at(at float64, do func(float64)) {
	c.n++
	heap.Push(c, happening{at, c.n, do})
}

// erlang are service times of k phases: 1 is an exponential, more scatter less.
func erlang(k int, mean float64) func(*rand.Rand) float64 {
	return func(chance *rand.Rand) float64 {
		sum := 0.0
		for range k {
			sum += chance.ExpFloat64()
		}
		return sum * mean / float64(k)
	}
}

func (p *plant) run(law Law, seed uint64) {
	arrivals, shapes := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 2))
	p.lots, p.work = rand.New(rand.NewPCG(seed, 3)), rand.New(rand.NewPCG(seed, 4))
	p.guard = NewGuard(law, p.deadline)
	p.guard.Reserve(p.reserve)
	p.snap = p.guard.Snapshot()
	var arrive func(at float64)
	next := func(at float64) {
		for at < p.length {
			at += arrivals.ExpFloat64() / p.peak
			if arrivals.Float64()*p.peak <= p.offered(at) {
				break
			}
		}
		if at < p.length {
			p.clock.at(at, arrive)
		}
	}
	arrive = func(at float64) {
		c := &caller{due: at}
		c.Class, c.Client, c.Tenant = P2, uint64(len(p.callers)), uint32(len(p.callers))
		if p.shape != nil {
			p.shape(c, shapes)
		}
		p.callers = append(p.callers, c)
		p.come(at, c)
		next(at)
	}
	next(0)
	var tick func(at float64)
	tick = func(at float64) {
		if !p.onArrival && (p.ticking == nil || p.ticking(at)) {
			p.tick(at)
		}
		if at < p.length {
			p.clock.at(at+TickEvery.Seconds(), tick)
		}
	}
	tick(0)
	for p.clock.Len() > 0 {
		h := heap.Pop(&p.clock).(happening)
		h.do(h.at)
	}
}

func (p *plant) tick(at float64) {
	p.guard.Tick(instant(at), &p.counts)
	p.snap, p.counts, p.ticked = p.guard.Snapshot(), Histogram{}, at
}

func (p *plant) come(at float64, c *caller) {
	c.Level = LevelOf(c.Class, false, uint8(p.lots.UintN(cohorts)), p.lots.Uint32())
	p.counts[c.Level.Bucket()]++
	if p.onArrival && at-p.ticked >= TickEvery.Seconds() {
		p.tick(at)
	}
	if p.snap.Refuses(c.Level) {
		c.decision, c.decided = p.snap.Refusal(c.Client, 0), at
		return
	}
	c.Answer = func(d Decision) {
		c.decision, c.decided = d, c.due+d.Wait.Seconds()
		if d.Reason == Admitted {
			p.clock.at(c.decided, func(at float64) { p.enter(at, c) })
		}
	}
	d := p.guard.Admit(instant(at), &c.Entry)
	if d.Reason != Queued {
		c.Answer(d)
		return
	}
	p.clock.at(at+d.Wait.Seconds(), func(at float64) {
		if d, left := p.guard.Leave(instant(at), &c.Entry, Deadline); left {
			c.Answer(d)
		}
	})
}

func (p *plant) enter(at float64, c *caller) {
	if p.busy >= p.workers {
		p.fifo = append(p.fifo, c)
		return
	}
	p.serve(at, c)
}

func (p *plant) serve(at float64, c *caller) {
	p.busy++
	c.began = at
	p.clock.at(at+p.service(p.work), func(at float64) {
		p.busy--
		p.spans = append(p.spans, span{c.began, at})
		c.done = at
		if len(p.fifo) > 0 {
			head := p.fifo[0]
			p.fifo = p.fifo[1:]
			p.serve(at, head)
		}
		p.guard.Done(instant(at), &c.Entry, Succeeded)
	})
}

// report is what happened from one instant to another.
type report struct {
	goodput    float64      // a second, by the instant of the answer
	p50, p99   float64      // of the admitted, by the instant of arrival
	came, good [Classes]int // by the instant of arrival
	reasons    [Reasons]int
}

func (p *plant) report(from, to float64) report {
	var r report
	var latency []float64
	n := 0
	for _, c := range p.callers {
		inTime := c.decision.Reason == Admitted && c.done-c.due <= p.deadline.Seconds()
		if inTime && c.done >= from && c.done < to {
			n++
		}
		if c.due < from || c.due >= to {
			continue
		}
		r.came[c.Class]++
		r.reasons[c.decision.Reason]++
		if inTime {
			r.good[c.Class]++
		}
		if c.decision.Reason == Admitted {
			latency = append(latency, c.done-c.due)
		}
	}
	r.goodput = float64(n) / (to - from)
	slices.Sort(latency)
	if k := len(latency); k > 0 {
		r.p50, r.p99 = latency[k/2], latency[k*99/100]
	}
	return r
}

// busyShare is the share of the workers' time from one instant to another that was worked.
func (p *plant) busyShare(from, to float64) float64 {
	sum := 0.0
	for _, s := range p.spans {
		sum += max(0, min(s.to, to)-max(s.from, from))
	}
	return sum / (to - from) / float64(p.workers)
}
