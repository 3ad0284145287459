package engine

// A queue is flights in the order in which they came, in a ring that grows. The zero value is empty.
type queue struct {
	ring []*flight // its length is a power of two
	head int
	n    int
}

func (q *queue) len() int { return q.n }

func (q *queue) push(f *flight) {
	if q.n == len(q.ring) {
		grown := make([]*flight, max(16, 2*len(q.ring)))
		for i := range q.n {
			grown[i] = q.ring[(q.head+i)&(len(q.ring)-1)]
		}
		q.ring, q.head = grown, 0
	}
	q.ring[(q.head+q.n)&(len(q.ring)-1)] = f
	q.n++
}

func (q *queue) first() *flight { return q.ring[q.head] }

func (q *queue) pop() *flight {
	f := q.ring[q.head]
	q.ring[q.head] = nil
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.n--
	return f
}
