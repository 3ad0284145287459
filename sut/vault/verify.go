package vault

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// A Summary is what Verify found in a log without fault.
type Summary struct {
	Log         string // its name
	Events      int64  // records read, all chained
	Lanes       int    // lanes that hold them
	Checkpoints int    // signed by the key, all met
	Anchored    int64  // events that the last checkpoint vouches for
	Last        int64  // time of the last checkpoint, in milliseconds since 1970-01-01 UTC; 0 means there is none
}

// Unanchored is the number of events after the last checkpoint. As many, and any number that once stood after them,
// can be cut off or rewritten unseen.
func (s Summary) Unanchored() int64 { return s.Events - s.Anchored }

// String is the summary in a line.
func (s Summary) String() string {
	return fmt.Sprintf("log %q: %d events, lanes %d, checkpoints %d; %d events are vouched for, %d stand after the last checkpoint",
		s.Log, s.Events, s.Lanes, s.Checkpoints, s.Anchored, s.Unanchored())
}

// Verify reads an exported log, [AppendHeader] and lines of [Record.AppendLine], and its anchor file, lines of [Checkpoint.AppendLine] in
// the order of signing, and proves that nothing was changed, lost, added or moved up to the last checkpoint. It returns
// the first bad record as a [*Fault]; another error is that of reading. Without anchors the chain alone is proved, which
// whoever can write the log can make anew. The Summary counts what was good until the fault.
//
// Of a service that runs, copy the anchors first and export the log after: else the anchors vouch for records that the
// export does not hold yet.
//
// Both are read once and side by side. Memory holds the lanes and the checkpoints that a lane has yet to reach: a few
// where lanes are exported mixed as they grew, all where they are exported one after the other.
func Verify(log, anchorFile io.Reader, pub ed25519.PublicKey) (Summary, error) {
	v := verifier{events: newLines(events, log), anchors: newLines(anchors, anchorFile), pub: pub, lanes: make(map[int]*lane)}
	err := v.run()
	v.sum.Lanes = len(v.lanes)
	return v.sum, err
}

type verifier struct {
	events, anchors *lines
	pub             ed25519.PublicKey
	start           Hash
	lanes           map[int]*lane
	last            Checkpoint // the last that was read
	lastLine        int
	sum             Summary
}

func (v *verifier) run() error {
	if err := v.header(); err != nil {
		return err
	}
	for {
		r, err := v.record()
		if err == io.EOF {
			return v.end()
		}
		if err != nil {
			return err
		}
		if err := v.chain(r); err != nil {
			return err
		}
	}
}

func (v *verifier) header() error {
	line, err := v.events.next()
	if err == io.EOF {
		return &Fault{Kind: Malformed, Stream: events, Line: 1, Detail: "the log is empty: want a first line with its name"}
	}
	if err != nil {
		return err
	}
	var h header
	if err := parseCanonical(line, &h, func(b []byte) []byte { return h.appendJSON(b) }); err != nil {
		return v.events.malformed("want the log's name, as in {\"log\":\"3a\"}: " + err.Error())
	}
	v.sum.Log, v.start = h.Log, Start(h.Log)
	return nil
}

func (v *verifier) record() (Record, error) {
	line, err := v.events.next()
	if err != nil {
		return Record{}, err
	}
	r, err := parseRecord(line)
	if err != nil {
		return r, v.events.malformed(err.Error())
	}
	return r, nil
}

func (v *verifier) lane(seq int64) *lane {
	n := laneOf(seq)
	l, ok := v.lanes[n]
	if !ok {
		l = &lane{seq: int64(n) * laneSize, hash: v.start}
		v.lanes[n] = l
	}
	return l
}

func (v *verifier) chain(r Record) error {
	l := v.lane(r.Seq)
	if r.Seq != l.seq+1 || r.Hash != Link(l.hash, r.Seq, r.Event) {
		return v.diagnose(l, r)
	}
	l.seq, l.hash, l.line = r.Seq, r.Hash, v.events.n
	v.sum.Events++
	for v.last.head(laneOf(r.Seq)).Seq < r.Seq {
		if err := v.checkpoint(); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
	}
	return l.meet()
}

// checkpoint reads the next checkpoint and hands its heads to the lanes that are still to reach them.
func (v *verifier) checkpoint() error {
	line, err := v.anchors.next()
	if err != nil {
		return err
	}
	c, err := ParseCheckpoint(line, v.pub)
	switch {
	case errors.Is(err, errSignature):
		return anchorFault(Forged, v.anchors.n, "%v", err)
	case err != nil:
		return v.anchors.malformed(err.Error())
	}
	if err := v.follows(c); err != nil {
		return err
	}
	for _, h := range c.Heads {
		if h.Seq > v.last.head(laneOf(h.Seq)).Seq {
			l := v.lane(h.Seq)
			l.due = append(l.due, vouched{h, v.anchors.n})
		}
	}
	v.last, v.lastLine = c, v.anchors.n
	v.sum.Checkpoints++
	v.sum.Last = c.At
	return nil
}

// follows reports a checkpoint of another log, and one that knows less than the one before it.
func (v *verifier) follows(c Checkpoint) error {
	if c.Log != v.sum.Log {
		return anchorFault(Foreign, v.anchors.n, "a checkpoint of the log %q, want %q: give the anchors of this log", c.Log, v.sum.Log)
	}
	for _, h := range v.last.Heads {
		now := c.head(laneOf(h.Seq))
		if now.Seq < h.Seq {
			return anchorFault(Reordered, v.anchors.n, "it stands after line %d, which vouches for more: put the lines in the order of signing", v.lastLine)
		}
		if now.Seq == h.Seq && now.Hash != h.Hash {
			return anchorFault(Foreign, v.anchors.n, "line %d vouches for another hash of record %d, under the same signature: "+
				"two logs were signed under one name", v.lastLine, h.Seq)
		}
	}
	return nil
}

// end reports records that a checkpoint vouches for and the log no longer holds.
func (v *verifier) end() error {
	for {
		for _, n := range slices.Sorted(maps.Keys(v.lanes)) {
			if l := v.lanes[n]; len(l.due) > 0 {
				want := l.due[len(l.due)-1]
				return recordFault(Truncated, v.events.n+1, l.seq+1, "the log ends, and the checkpoint on line %d of the anchors vouches for "+
					"record %d: %d are gone, restore them from a copy", want.line, want.Seq, want.Seq-l.seq)
			}
		}
		v.sum.Anchored = v.last.Count()
		if err := v.checkpoint(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}
