package vault

import (
	"errors"
	"fmt"
	"io"
)

// diagnose tells what is wrong with the first record that does not continue its lane. It may read on to the end of the
// log, as nothing after the fault is proved anyway.
func (v *verifier) diagnose(l *lane, r Record) error {
	switch want := l.seq + 1; {
	case r.Seq > want:
		return v.gap(want, r)
	case r.Seq < want:
		return v.repeated(l, r)
	default:
		return v.unlinked(l, r)
	}
}

// gap tells a missing record from one that was moved down and from an added one with a number of its own.
func (v *verifier) gap(want int64, r Record) error {
	line := v.events.n
	moved, again := 0, 0
	v.rest(func(next Record) bool {
		switch {
		case next.Seq == want && moved == 0:
			moved = v.events.n
		case next.Seq == r.Seq:
			again = v.events.n
		}
		return again == 0
	})
	switch {
	case again > 0 && moved > 0:
		return recordFault(Inserted, line, r.Seq, "record %d was wanted, and record %d stands a second time on line %d", want, r.Seq, again)
	case moved > 0:
		return recordFault(Reordered, line, r.Seq, "record %d was wanted here and stands on line %d", want, moved)
	}
	return recordFault(Missing, line, want, "record %d follows %d: restore those between from a copy", r.Seq, want-1)
}

// repeated tells which of two records with one number the rest of the lane was built on.
func (v *verifier) repeated(l *lane, r Record) error {
	line := v.events.n
	if r.Seq == l.seq {
		next, ok := v.nextOf(r.Seq)
		if ok && next.Hash == Link(r.Hash, next.Seq, next.Event) {
			return recordFault(Inserted, l.line, l.seq, "the record of this number on line %d is the one that the log goes on from", line)
		}
	}
	return recordFault(Inserted, line, r.Seq, "a record of this number stands further up")
}

// unlinked looks at the record after one whose hash is not that of its content and place.
func (v *verifier) unlinked(l *lane, r Record) error {
	line := v.events.n
	next, ok := v.nextOf(r.Seq)
	switch {
	case ok && next.Seq == r.Seq && next.Hash == Link(l.hash, next.Seq, next.Event):
		return recordFault(Inserted, line, r.Seq, "the record of this number on line %d is the one that fits", v.events.n)
	case ok && next.Hash == Link(r.Hash, next.Seq, next.Event):
		before := fmt.Sprintf("record %d before it", l.seq)
		if ordinal(r.Seq) == 1 {
			before = "the log's name on line 1"
		}
		return recordFault(Changed, line, r.Seq, "the log goes on from its hash, so its content, or %s, is not what was hashed: restore it from a copy", before)
	case ok && next.Hash == Link(Link(l.hash, r.Seq, r.Event), next.Seq, next.Event):
		return recordFault(Changed, line, r.Seq, "the log goes on from its content, so only the hash beside it was changed")
	}
	return recordFault(Changed, line, r.Seq, "its hash is not that of its content after record %d: it was changed, or numbered anew "+
		"when a record before it was taken out or put in", l.seq)
}

// nextOf is the next record of the same lane.
func (v *verifier) nextOf(seq int64) (found Record, ok bool) {
	v.rest(func(next Record) bool {
		if laneOf(next.Seq) == laneOf(seq) {
			found, ok = next, true
		}
		return !ok
	})
	return found, ok
}

// rest reads on while yield wants more, and passes over what is no record.
func (v *verifier) rest(yield func(Record) bool) {
	for {
		r, err := v.record()
		var bad *Fault
		switch {
		case err == nil:
			if !yield(r) {
				return
			}
		case err == io.EOF || !errors.As(err, &bad):
			return
		}
	}
}
