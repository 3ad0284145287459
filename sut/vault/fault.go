package vault

import "fmt"

// A Kind is what is wrong with a log.
type Kind string

// The kinds of fault that [Verify] tells apart.
const (
	Malformed Kind = "malformed" // a line that no log of ours holds: cut, spaced otherwise, with a field added
	Changed   Kind = "changed"   // a record is not what was hashed
	Missing   Kind = "missing"   // a record is gone, and others follow
	Inserted  Kind = "inserted"  // a record was added
	Reordered Kind = "reordered" // a record stands in another's place, which stands further down
	Truncated Kind = "truncated" // the end of a lane is gone, and a checkpoint vouches for it
	Rewritten Kind = "rewritten" // records and hashes fit each other and not the checkpoint
	Foreign   Kind = "foreign"   // a checkpoint of another log
	Forged    Kind = "forged"    // a checkpoint whose signature is not the signer's
)

// The streams that a Fault may lie in.
const (
	events  = "events"
	anchors = "anchors"
)

// A Fault is the first bad record of a log.
type Fault struct {
	Kind   Kind
	Stream string // "events" or "anchors"
	Line   int    // from 1; where records are gone, the line that shows it
	Lane   int    // of the record; 0 where the line does not tell
	Seq    int64  // of the first record that does not fit or is gone; 0 where the line does not tell
	Detail string // what was found and what to do
}

// Error is the fault in a line: "events:17: record 12 of lane 0 is changed: …".
func (f *Fault) Error() string {
	if f.Seq == 0 {
		return fmt.Sprintf("%s:%d: %s: %s", f.Stream, f.Line, f.Kind, f.Detail)
	}
	return fmt.Sprintf("%s:%d: record %d of lane %d is %s: %s", f.Stream, f.Line, f.Seq, f.Lane, f.Kind, f.Detail)
}

func recordFault(kind Kind, line int, seq int64, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Stream: events, Line: line, Lane: laneOf(seq), Seq: seq, Detail: fmt.Sprintf(format, args...)}
}

func anchorFault(kind Kind, line int, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Stream: anchors, Line: line, Detail: fmt.Sprintf(format, args...)}
}
