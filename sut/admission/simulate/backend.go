package simulate

import (
	"container/heap"
	"math"
	"math/rand/v2"
)

// A Backend is the service behind the guard. It is one of two kinds.
//
// With Workers it is a pool: each worker holds one request until it is done,
// the others wait in order of arrival, at most Room of them, and beyond it the
// backend answers 503. That is a service before a database pool.
//
// With Knee it is shared: all requests run at once, the first Knee of them at
// full speed, more of them slower, and past the knee the whole loses speed,
// Contention for each knee of requests too many. That is a database itself.
type Backend struct {
	Workers int
	Room    int // 0: no bound

	Knee       int
	Contention float64

	Service float64 // seconds of work in a request, mean
	Spread  Spread
}

// Capacity is what it completes a second when it is just full, a change included.
func (b Backend) Capacity(c Change) float64 {
	return c.size() * float64(b.Workers+b.Knee) * c.speed() / (b.Service * c.work())
}

// Full is how many requests just fill it.
func (b Backend) Full() int { return b.Workers + b.Knee }

// Unloaded is the latency that a share q of requests stays below when nothing
// else is there.
func (b Backend) Unloaded(q float64, c Change) float64 {
	return b.Service * b.Spread.quantile(q) * c.work() / c.speed()
}

// Spread is how the work of requests scatters about its mean.
type Spread uint8

const (
	Constant    Spread = iota // each the same
	Exponential               // as the name says
	Bimodal                   // of ten, eight take a quarter of the mean and two take four means: reads and writes
)

// draw returns the work of one request in means, and the number of its route.
func (s Spread) draw(chance *rand.Rand) (work float64, route uint16) {
	switch s {
	case Exponential:
		return chance.ExpFloat64(), 1
	case Bimodal:
		if chance.Float64() < 0.8 {
			return 0.25, 1
		}
		return 4, 2
	}
	return 1, 1
}

// quantile is the work, in means, that a share q of requests stays below.
func (s Spread) quantile(q float64) float64 {
	switch {
	case s == Exponential:
		return -math.Log(1 - q)
	case s == Bimodal && q < 0.8:
		return 0.25
	case s == Bimodal:
		return 4
	}
	return 1
}

// A Change is what the backend is like from an instant on. Zero is as at first.
type Change struct {
	At    float64 // seconds
	Work  float64 // factor of the work of requests that start from now on
	Speed float64 // factor of the speed of everything, what has begun included
	Size  float64 // factor of Workers or Knee
}

func (c Change) work() float64  { return orOne(c.Work) }
func (c Change) speed() float64 { return orOne(c.Speed) }
func (c Change) size() float64  { return orOne(c.Size) }

func orOne(x float64) float64 {
	if x == 0 {
		return 1
	}
	return x
}

// plant runs a Backend. Work is counted in virtual seconds: all that is in
// service has advanced by the same number of them, so a request that enters at
// v with w of work is done at v+w, whatever speed the plant had in between.
type plant struct {
	Backend
	change  Change
	now     float64
	virtual float64
	running finishes
	waiting []*visit
}

// speed is virtual seconds a second for each request in service.
func (p *plant) speed() float64 {
	k := float64(len(p.running))
	if p.Knee == 0 || k == 0 {
		return p.change.speed()
	}
	knee := float64(p.Knee) * p.change.size()
	if k <= knee {
		return p.change.speed()
	}
	return p.change.speed() * knee / k / (1 + p.Contention*(k-knee)/knee)
}

// advance brings the plant to the instant at; nothing ends before it.
func (p *plant) advance(at float64) {
	p.virtual += (at - p.now) * p.speed()
	p.now = at
}

// next is when the next request ends if nothing else happens.
func (p *plant) next() float64 {
	if len(p.running) == 0 {
		return math.Inf(1)
	}
	return p.now + max(0, p.running[0].finish-p.virtual)/p.speed()
}

// enter takes a request in, and reports whether there was room for it.
func (p *plant) enter(v *visit) bool {
	if p.Room > 0 && len(p.waiting) >= p.Room {
		return false
	}
	p.waiting = append(p.waiting, v)
	p.fill()
	return true
}

// leave takes the request out that ends now.
func (p *plant) leave() *visit {
	v := heap.Pop(&p.running).(*visit)
	p.fill()
	return v
}

func (p *plant) fill() {
	places := int(float64(p.Workers) * p.change.size())
	for len(p.waiting) > 0 && (p.Knee > 0 || len(p.running) < places) {
		v := p.waiting[0]
		p.waiting = p.waiting[1:]
		v.finish = p.virtual + v.work*p.change.work()
		heap.Push(&p.running, v)
	}
}

// finishes is a heap of the requests in service, the first to end on top; of
// two at once the one that came first, so that a seed gives one history.
type finishes []*visit

func (f finishes) Len() int { return len(f) }
func (f finishes) Less(i, j int) bool {
	return f[i].finish < f[j].finish || f[i].finish == f[j].finish && f[i].number < f[j].number
}
func (f finishes) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *finishes) Push(x any)   { *f = append(*f, x.(*visit)) }
func (f *finishes) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}
