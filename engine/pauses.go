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
