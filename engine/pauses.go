package engine

// pauses is a heap of flights by due: attempts that are not due yet. It is written out because container/heap calls through
// an interface, and every step of every user passes through here.
type pauses []*flight

func (p pauses) first() *flight {
	if len(p) == 0 {
		return nil
	}
	return p[0]
}

func (p *pauses) push(f *flight) {
	h := append(*p, f)
	i := len(h) - 1
	for i > 0 {
		above := (i - 1) / 2
		if h[above].due <= f.due {
			break
		}
		h[i] = h[above]
		i = above
	}
	h[i] = f
	*p = h
}

func (p *pauses) pop() *flight {
	h := *p
	first, last := h[0], h[len(h)-1]
	h[len(h)-1] = nil
	h = h[:len(h)-1]
	for i := 0; len(h) > 0; {
		below := 2*i + 1
		if below+1 < len(h) && h[below+1].due < h[below].due {
			below++
		}
		if below >= len(h) || h[below].due >= last.due {
			h[i] = last
			break
		}
		h[i] = h[below]
		i = below
	}
	*p = h
	return first
}

// A queue is flights in the order in which they came.
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
