package result

import "time"

// An Entry is how one attempt went, as the compact result log keeps it: one for each attempt that was sent or
// dropped. What was lost with the generator was no attempt. An unfinished one has no Sent and no Done: its driver was not
// waited for.
// Times count from Header.Started.
type Entry struct {
	Seq      uint64        // of its arrival; retries and later steps of a session share it
	Attempt  int           // 1 for the first, 2 for the first retry, …
	Step     int           // 0 for the first request of a session, or a request without one
	Op       uint16        // its operation, an index into Header.Operations
	Due      time.Duration // when it should have left
	Ready    time.Duration // when the generator was able to send it; Due where it never was
	Sent     time.Duration // when its first byte was written; below 0 when nothing was, -1 when read back
	Done     time.Duration // when its last byte was read, or it failed; below 0 when it never ended, -1 when read back
	Outcome  Outcome
	Kind     string // of a failure, or the status of what was shed; mostly empty
	Status   int    // 0 when no answer came
	BytesIn  int64
	BytesOut int64
}

// outcomes numbers the outcomes as the log does. New ones are added at the end; there is room for eight.
var outcomes = [...]Outcome{Good, Late, Shed, Failed, Unfinished, Dropped, Lost}

func (o Outcome) number() byte {
	switch o {
	case Good:
		return 0
	case Late:
		return 1
	case Shed:
		return 2
	case Failed:
		return 3
	case Unfinished:
		return 4
	case Dropped:
		return 5
	case Lost:
		return 6
	}
	panic("result: no outcome " + string(o)) // a programmer's mistake: outcomes are the constants of this package
}
