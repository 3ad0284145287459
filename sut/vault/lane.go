package vault

// A lane is how far one chain was read.
type lane struct {
	seq     int64 // of the last good record
	hash    Hash
	line    int
	due     []vouched // heads that checkpoints name and the chain has yet to reach
	matched int64     // the last head that was reached and fitted
}

type vouched struct {
	Head
	line int // of the anchor file
}

// meet compares a record that a checkpoint names with the hash it names.
func (l *lane) meet() error {
	if len(l.due) == 0 || l.due[0].Seq != l.seq {
		return nil
	}
	want := l.due[0]
	if want.Hash != l.hash {
		return l.mismatch(want)
	}
	l.due, l.matched = l.due[1:], want.Seq
	return nil
}

func (l *lane) mismatch(want vouched) *Fault {
	first, or := l.matched+1, ""
	if l.matched == 0 {
		first, or = int64(laneOf(l.seq))*laneSize+1, ", unless the anchors are those of another log of this name"
	}
	return recordFault(Rewritten, l.line, l.seq, "the checkpoint on line %d of the anchors vouches for another hash, so the lane "+
		"was written anew from one of the records %d to %d on%s: restore them from a copy", want.line, first, l.seq, or)
}
