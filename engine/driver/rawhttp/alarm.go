package rawhttp

import (
	"math"
	"time"
)

// never is an instant after all others.
const never = time.Duration(math.MaxInt64)

// alarms wakes connections. A connection has one alarm, which moves at every request, nearly always to a later instant:
// so its place in the heap is by an instant that may be too early, and is put right only when that instant has come. With
// a timeout of seconds a connection moves once in those seconds, not twice a request.
type alarms []*conn

// set moves the alarm of c. Before never it stays in the heap.
func (a *alarms) set(c *conn, at time.Duration) {
	c.alarm = at
	switch {
	case c.place < 0 && at < never:
		c.place, c.rung = len(*a), at
		*a = append(*a, c)
		a.up(c)
	case c.place >= 0 && at < c.rung:
		c.rung = at
		a.up(c)
	}
}

// first is when something may have to be done.
func (a alarms) first() time.Duration {
	if len(a) == 0 {
		return never
	}
	return a[0].rung
}

// due returns a connection whose alarm is not after now, and forgets the alarm; nil when there is none.
func (a *alarms) due(now time.Duration) *conn {
	for len(*a) > 0 && (*a)[0].rung <= now {
		c := (*a)[0]
		if c.alarm <= now {
			c.alarm = never
			a.remove(c)
			return c
		}
		if c.alarm == never {
			a.remove(c)
			continue
		}
		c.rung = c.alarm
		a.down(c)
	}
	return nil
}

func (a *alarms) remove(c *conn) {
	if c.place < 0 {
		return
	}
	last := (*a)[len(*a)-1]
	(*a)[len(*a)-1] = nil
	*a = (*a)[:len(*a)-1]
	if last != c {
		last.place = c.place
		(*a)[c.place] = last
		a.up(last)
		a.down(last)
	}
	c.place = -1
}

func (a alarms) up(c *conn) {
	for c.place > 0 {
		parent := a[(c.place-1)/2]
		if parent.rung <= c.rung {
			return
		}
		a.swap(parent, c)
	}
}

func (a alarms) down(c *conn) {
	for {
		child := 2*c.place + 1
		if child >= len(a) {
			return
		}
		if child+1 < len(a) && a[child+1].rung < a[child].rung {
			child++
		}
		if c.rung <= a[child].rung {
			return
		}
		a.swap(c, a[child])
	}
}

func (a alarms) swap(c, d *conn) {
	a[c.place], a[d.place] = d, c
	c.place, d.place = d.place, c.place
}
