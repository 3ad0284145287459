package admission

import (
	"testing"

	"pgregory.net/rapid"
)

// naiveQueue is start-time fair queueing as its paper writes it: each entry of a
// tenant gets a start tag when it becomes the tenant's first, and the least goes.
type naiveQueue struct {
	waiting []*Entry
	tag     map[uint32]float64
	served  float64
}

func (q *naiveQueue) push(e *Entry) {
	for _, w := range q.waiting {
		if w.Tenant == e.Tenant {
			q.waiting = append(q.waiting, e)
			return
		}
	}
	q.tag[e.Tenant] = max(q.tag[e.Tenant], q.served)
	q.waiting = append(q.waiting, e)
}

func (q *naiveQueue) remove(e *Entry) {
	var rest []*Entry
	for _, w := range q.waiting {
		if w != e {
			rest = append(rest, w)
		}
	}
	q.waiting = rest
}

// turn is the first or last of the tenant with the least tag.
func (q *naiveQueue) turn(lastFirst bool) *Entry {
	var best *Entry
	for _, w := range q.waiting {
		if best == nil || q.tag[w.Tenant] < q.tag[best.Tenant] || lastFirst && w.Tenant == best.Tenant {
			best = w
		}
	}
	return best
}

func (q *naiveQueue) start(e *Entry) {
	q.served = max(q.served, q.tag[e.Tenant])
	q.tag[e.Tenant] += e.work
}

func TestTheQueueIsThatOfThePaper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		naive := naiveQueue{tag: map[uint32]float64{}}
		var started []*Entry
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			lastFirst := rapid.Bool().Draw(t, "last first")
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0, 1:
				// Tenants 0 to 9 have lists of their own. Odd costs, so that tags never tie.
				e := &Entry{Class: P1, Tenant: uint32(rapid.IntRange(0, 9).Draw(t, "tenant")), work: rapid.Float64Range(0.1, 10).Draw(t, "work")}
				e.place = place(e.Tenant)
				q.push(e)
				naive.push(e)
			case 2:
				e, want := q.lanes[P1].turn(lastFirst), naive.turn(lastFirst)
				if e == nil || want == nil {
					if e != want {
						t.Fatalf("got %v, want %v", e, want)
					}
					continue
				}
				if e != want && naive.tag[e.Tenant] != naive.tag[want.Tenant] {
					t.Fatalf("tenant %d with tag %v is served before tenant %d with %v", e.Tenant, naive.tag[e.Tenant], want.Tenant, naive.tag[want.Tenant])
				}
				q.remove(e)
				naive.remove(e)
				q.charge(e)
				naive.start(e)
				started = append(started, e)
			case 3:
				if len(started) > 0 {
					took := rapid.Float64Range(0, 20).Draw(t, "took")
					q.correct(started[0], took)
					naive.tag[started[0].Tenant] += took - started[0].work
					started = started[1:]
				}
			case 4:
				if n := len(naive.waiting); n > 0 {
					e := naive.waiting[rapid.IntRange(0, n-1).Draw(t, "who")]
					q.remove(e)
					naive.remove(e)
				}
			}
			if l := q.lanes[P1]; l.length != len(naive.waiting) || q.total != l.length {
				t.Fatalf("holds %d and %d, want %d", l.length, q.total, len(naive.waiting))
			}
		}
	})
}

func TestTenantsHaveListsOfTheirOwn(t *testing.T) {
	seen := map[uint64]uint32{}
	for tenant := range uint32(10) { // TestTheQueueIsThatOfThePaper relies on it
		if other, ok := seen[place(tenant)]; ok {
			t.Errorf("tenants %d and %d share a list", tenant, other)
		}
		seen[place(tenant)] = tenant
	}
}

// Two tenants that always wait get the same seat-seconds within the greatest
// cost, though one asks nine times as often and for three times as much.
func TestTenantsGetTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		costs := [2]float64{3, 1}
		had := [2]float64{}
		push := func(tenant uint32, n int) {
			for range n {
				q.push(&Entry{Tenant: tenant, place: place(tenant), work: 1}) // the costs are not known before
			}
		}
		push(0, 9)
		push(1, 1)
		for range 1000 {
			e := q.lanes[P0].turn(rapid.Bool().Draw(t, "last first"))
			q.remove(e)
			q.charge(e)
			q.correct(e, costs[e.Tenant])
			had[e.Tenant] += costs[e.Tenant]
			push(e.Tenant, 1)
			if d := had[0] - had[1]; d > 3 || d < -3 {
				t.Fatalf("they had %v", had)
			}
		}
	})
}
