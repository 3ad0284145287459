package gateway

import "sync"

// clients counts the requests that each address has here, while there is a
// limit to them.
type clients struct {
	mu   sync.Mutex
	here map[uint64]int // by visit.address
}

// enter counts a request in, if its client may have another one here.
func (c *clients) enter(v *visit, most int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.here[v.address] >= most {
		return false
	}
	if c.here == nil {
		c.here = map[uint64]int{}
	}
	c.here[v.address]++
	v.counted = true
	return true
}

func (c *clients) leave(v *visit) {
	if !v.counted {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	v.counted = false
	if c.here[v.address]--; c.here[v.address] == 0 {
		delete(c.here, v.address)
	}
}
