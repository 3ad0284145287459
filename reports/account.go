package reports

import "github.com/peakday/peakday/engine/result"

// An Account says what became of the attempts of a run, or of those that were due in a part of it.
//
// planned = sent + dropped + lost, and sent + retries + follow_ups = good + late + shed + failed + unfinished. What was
// dropped of retries and later steps stands beside the plan, and in neither sum.
type Account struct {
	Planned          uint64 `json:"planned"` // first attempts; in the closed model what its users began
	Sent             uint64 `json:"sent"`    // first attempts
	Dropped          uint64 `json:"dropped"` // first attempts
	Lost             uint64 `json:"lost"`
	Retries          uint64 `json:"retries"`    // that were sent
	FollowUps        uint64 `json:"follow_ups"` // first attempts of the later steps of sessions that were sent
	DroppedRetries   uint64 `json:"dropped_retries"`
	DroppedFollowUps uint64 `json:"dropped_follow_ups"`
	Good             uint64 `json:"good"`
	Late             uint64 `json:"late"`
	Shed             uint64 `json:"shed"`
	Failed           uint64 `json:"failed"`
	Unfinished       uint64 `json:"unfinished"`
}

func accountOf(s *result.Summary) Account {
	a := Account{
		Planned: s.First, Dropped: s.Dropped - s.DroppedRetries - s.DroppedFollowUps, Lost: s.Lost,
		Retries: s.Retries - s.DroppedRetries, FollowUps: s.FollowUps - s.DroppedFollowUps,
		DroppedRetries: s.DroppedRetries, DroppedFollowUps: s.DroppedFollowUps,
		Good: s.Good, Late: s.Late, Shed: s.Shed, Failed: s.Failed, Unfinished: s.Unfinished,
	}
	a.Sent = a.Planned - a.Dropped - a.Lost
	return a
}

// attempts is everything that left.
func (a Account) attempts() uint64 { return a.Sent + a.Retries + a.FollowUps }
