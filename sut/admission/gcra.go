package admission

import (
	"fmt"
	"time"
)

// A Quota is how much one subject or tenant may have: Amount units every Per,
// evenly, and Burst at once after a pause.
type Quota struct {
	Amount int64         // units, at least 1
	Per    time.Duration // at least a nanosecond a unit
	Burst  int64         // units; 0 is Amount
}

// quotaLongest bounds the time that a quota takes to fill, so that its
// arithmetic fits into 64 bits.
const quotaLongest = 10 * 365 * 24 * time.Hour

// Validate says what is wrong with the quota.
func (q Quota) Validate() error {
	switch {
	case q.Amount < 1 || q.Per < 1:
		return fmt.Errorf("quota of %d every %v: want at least 1, and a time above zero", q.Amount, q.Per)
	case q.Amount > int64(q.Per):
		return fmt.Errorf("quota of %d every %v: want at most one a nanosecond", q.Amount, q.Per)
	case q.Burst < 0:
		return fmt.Errorf("quota with a burst of %d: want 1 or more, or 0 for the amount", q.Burst)
	case q.burst() > int64(quotaLongest)/q.interval():
		return fmt.Errorf("quota of %d every %v with a burst of %d: it takes more than ten years to fill; want less", q.Amount, q.Per, q.burst())
	}
	return nil
}

// Spent is how a quota stands after a request.
type Spent struct {
	OK         bool          // it was granted
	Remaining  int64         // units that may be taken at once now
	Full       time.Duration // until the whole burst may be taken
	RetryAfter time.Duration // until this request would be granted; 0 if it was
}

// Take asks for cost units at the instant now, in nanoseconds from any origin
// that the caller keeps to and that is not in the future. State is what the
// last Take of the same subject returned, 0 at first; a caller that shares it
// between goroutines stores the new one by compare and swap and takes again if
// it lost. A cost above the burst is the burst. The time of a unit is rounded
// down to a nanosecond. A clock that goes back costs at most the burst.
//
// State is the theoretical arrival time of the generic cell rate algorithm: when
// the next unit would come if all came evenly. A request may come before it, by
// the time of a burst.
// Source: ITU-T I.371 (2004), annex A, virtual scheduling.
func (q Quota) Take(state, now, cost int64) (int64, Spent) {
	unit := q.interval()
	depth := unit * q.burst()
	state = min(max(state, now), now+depth)
	next := state + unit*min(max(cost, 0), q.burst())
	if early := next - now - depth; early > 0 {
		return state, Spent{Remaining: (now + depth - state) / unit, Full: time.Duration(state - now), RetryAfter: time.Duration(early)}
	}
	return next, Spent{OK: true, Remaining: (now + depth - next) / unit, Full: time.Duration(next - now)}
}

func (q Quota) interval() int64 { return int64(q.Per) / q.Amount }

func (q Quota) burst() int64 {
	if q.Burst == 0 {
		return q.Amount
	}
	return q.Burst
}
