package admission

// A seat is one of the places that the limit counts. It is kept in thousandths,
// so that a request may take part of one, or several.
const seat = 1000

// seats counts the seats that are taken, and by which class.
//
// A class has a reserve: while it uses less, its requests are the next to be
// let in, before those of all classes. What it does not use is lent: nothing
// stays idle for it, and it gets the next seats that become free.
type seats struct {
	taken    int // thousandths
	by       [Classes]int
	reserved [Classes]int
}

func (s *seats) take(e *Entry) {
	s.taken += e.seats
	s.by[e.Class] += e.seats
}

func (s *seats) free(e *Entry) {
	s.taken -= e.seats
	s.by[e.Class] -= e.seats
}

// fits reports whether the entry finds room under that limit. One that is
// greater than the limit is let in alone.
func (s *seats) fits(e *Entry, limit int) bool {
	return s.taken+e.seats <= limit*seat || s.taken == 0
}

// owed reports whether the class uses less than its reserve.
func (s *seats) owed(c Class) bool { return s.by[c] < s.reserved[c] }

// precedes reports whether class a is let in before class b.
func (s *seats) precedes(a, b Class) bool {
	if s.owed(a) != s.owed(b) {
		return s.owed(a)
	}
	return a < b
}
