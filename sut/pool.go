package sut

import (
	"bytes"
	"context"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/peakday/peakday/sut/httpapi"
)

// A pool is the worker pool in front of the public routes: so many workers, so long a hold, so long a queue.
//
// A request that finds a free worker takes it; else it waits in first-in-first-out order; else, with the queue
// full, it is refused at once. A worker is held until hold after its start in all, the real operation included,
// and the answer leaves when the worker does. A client that leaves gives nothing back: its place in the queue
// and its work stay, which is what makes an overloaded service waste itself on people who have gone.
type pool struct {
	spread float64
	queue  int
	waited prometheus.Histogram // for a worker, in seconds

	mu      sync.Mutex
	hold    time.Duration
	chance  *rand.Rand
	free    int
	waiting []chan struct{} // the first is served next
}

// newPool makes the pool of a profile; the seed is that of the holds, where they are scattered.
func newPool(p Profile, seed uint64) *pool {
	return &pool{
		spread: p.Spread, queue: p.Queue, hold: p.Hold, chance: rand.New(rand.NewPCG(seed, holds)), free: p.Workers,
		waited: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "peakday_sut_worker_wait_seconds", Help: "Time that requests waited for a worker.",
			Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30},
		}),
	}
}

// holds is the stream of chance that scatters them.
const holds = 0x686f6c6473

// draw is how long the next request holds its worker, at the least. The mean of a log-normal time whose logarithm has mean
// m and standard deviation s is exp(m + s²/2), so with m = ln(hold) - s²/2 it is hold.
func (p *pool) draw() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.spread == 0 {
		return p.hold
	}
	return time.Duration(float64(p.hold) * math.Exp(p.spread*p.chance.NormFloat64()-p.spread*p.spread/2))
}

// setHold changes the hold of the requests that find a worker from now on.
func (p *pool) setHold(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hold = d
}

// enter takes a worker (a nil turn), a place in the queue (turn is closed when a worker is there), or neither.
func (p *pool) enter() (turn chan struct{}, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.free > 0:
		p.free--
		return nil, true
	case len(p.waiting) < p.queue:
		turn = make(chan struct{})
		p.waiting = append(p.waiting, turn)
		return turn, true
	}
	return nil, false
}

// leave hands the worker to the first who waits.
func (p *pool) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) == 0 {
		p.free++
		return
	}
	close(p.waiting[0])
	p.waiting[0] = nil
	p.waiting = p.waiting[1:]
}

// depth is the number of requests that wait.
func (p *pool) depth() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting)
}

// wrap puts the pool before next; refuse answers what finds no place, before anything of the request is read.
func (p *pool) wrap(next, refuse http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		turn, ok := p.enter()
		if !ok {
			refuse.ServeHTTP(w, r)
			return
		}
		defer p.leave()
		// The body is read while waiting: once the client has left it could not be read any more.
		r = r.WithContext(context.WithoutCancel(r.Context()))
		r.Body = readAhead(r.Body)
		came := time.Now()
		if turn != nil {
			<-turn
		}
		start := time.Now()
		p.waited.Observe(start.Sub(came).Seconds())
		hold := p.draw()
		if hold == 0 {
			next.ServeHTTP(w, r)
			return
		}
		answer := held{header: make(http.Header), status: http.StatusOK}
		next.ServeHTTP(&answer, r)
		time.Sleep(hold - time.Since(start))
		answer.send(w)
	})
}

// readAhead reads a body to its end, or of a long one the beginning: files wait in the connection, not in memory.
// An error is kept for whoever reads the body later.
func readAhead(body io.ReadCloser) io.ReadCloser {
	if body == nil || body == http.NoBody {
		return body
	}
	var b bytes.Buffer
	_, err := b.ReadFrom(io.LimitReader(body, httpapi.MaxBody+1))
	if err != nil {
		return io.NopCloser(io.MultiReader(&b, broken{err}))
	}
	return io.NopCloser(io.MultiReader(&b, body))
}

// broken is a reader that fails.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// held is an answer that waits for the end of the hold.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *held) Header() http.Header         { return h.header }
func (h *held) WriteHeader(status int)      { h.status = status }
func (h *held) Write(b []byte) (int, error) { return h.body.Write(b) }

func (h *held) send(w http.ResponseWriter) {
	for name, values := range h.header {
		w.Header()[name] = values
	}
	w.WriteHeader(h.status)
	w.Write(h.body.Bytes()) // the client may have left; nobody is told
}
