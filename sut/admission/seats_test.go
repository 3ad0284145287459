package admission

import (
	"testing"
	"time"
)

func TestSeats(t *testing.T) {
	s := newScene(t, 4, time.Hour)
	now := s.learn(time.Second)
	sized := func(name string, seats uint32) *Entry {
		e := s.entry(name, P2)
		e.Seats = seats
		return e
	}
	three, two, half := sized("three", 3000), sized("two", 2000), sized("half", 500)
	want(t, "three of four", s.Admit(now, three), Admitted)
	want(t, "two do not fit into one", s.Admit(now, two), Queued)
	want(t, "half would, but two came first", s.Admit(now, half), Queued)
	urgent := s.entry("urgent", P0)
	want(t, "a higher class does not wait behind them", s.Admit(now, urgent), Admitted)
	if got := s.State().Seats; got[P2] != 3 || got[P0] != 1 {
		t.Errorf("seats %v, want 3 of P2 and 1 of P0", got)
	}
	s.Done(now, urgent, Succeeded)
	if len(s.told) != 0 {
		t.Errorf("told %v, want the two to wait for a second seat", s.seq)
	}
	s.Done(now, three, Succeeded)
	want(t, "two", s.told[two], Admitted)
	want(t, "half", s.told[half], Admitted)
	s.Done(now, two, Succeeded)
	s.Done(now, half, Succeeded)
	want(t, "ten of four go alone", s.Admit(now, sized("ten", 10000)), Admitted)
	want(t, "and nobody beside them", s.Admit(now, sized("half", 500)), Queued)
}

func TestWhoLeavesMakesRoomForTheNext(t *testing.T) {
	s := newScene(t, 4, time.Hour)
	now := s.learn(time.Second)
	three, two, one := s.entry("three", P2), s.entry("two", P2), s.entry("one", P2)
	three.Seats, two.Seats = 3000, 2000
	s.Admit(now, three)
	s.Admit(now, two)
	s.Admit(now, one)
	s.Leave(now, two, ClientGone)
	want(t, "the one behind it", s.told[one], Admitted)
}

func TestReserves(t *testing.T) {
	s := newScene(t, 4, time.Hour)
	now := s.learn(time.Second)
	s.Reserve([Classes]int{P2: 2})
	var busy [4]*Entry
	for i := range busy {
		busy[i] = s.entry("lent", P0)
		want(t, "a seat that nobody else wants", s.Admit(now, busy[i]), Admitted)
	}
	for _, name := range []string{"a", "b", "c"} {
		want(t, name, s.Admit(now, s.entry(name, P2)), Queued)
	}
	want(t, "P0", s.Admit(now, s.entry("first", P0)), Queued)
	for _, e := range busy {
		s.Done(now, e, Succeeded)
	}
	got, wanted := s.seq, []string{"a admitted", "b admitted", "first admitted", "c admitted"}
	for i := range wanted {
		if i >= len(got) || got[i] != wanted[i] {
			t.Fatalf("got %q, want %q: two given back, then strictly by class", got, wanted)
		}
	}
}
