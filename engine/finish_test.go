package engine

import (
	"slices"
	"testing"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

func TestAccountsThatDoNotAddUpAreInvalid(t *testing.T) {
	const attempts = "the accounts do not add up: sent 1011, "
	for _, test := range []struct {
		name   string
		change func(*total, map[result.Outcome]uint64)
		want   []string
	}{
		{"they add up", func(*total, map[result.Outcome]uint64) {}, nil},
		{"a planned arrival too many", func(t *total, _ map[result.Outcome]uint64) { t.end.Planned++ },
			[]string{"the accounts do not add up: planned 1001, sent 992 + dropped 5 + lost 3"}},
		{"one dropped too many", func(t *total, _ map[result.Outcome]uint64) { t.end.Dropped++ },
			[]string{"the accounts do not add up: planned 1000, sent 992 + dropped 6 + lost 3"}},
		{"one lost that is not counted", func(t *total, _ map[result.Outcome]uint64) { t.end.Lost-- },
			[]string{"the accounts do not add up: planned 1000, sent 992 + dropped 5 + lost 2"}},
		{"one sent that nobody planned and nobody saw the end of", func(t *total, _ map[result.Outcome]uint64) { t.end.Sent++ },
			[]string{
				"the accounts do not add up: planned 1000, sent 993 + dropped 5 + lost 3",
				"the accounts do not add up: sent 1012, good 990 + late 6 + shed 4 + failed 8 + unfinished 3",
			}},
		{"a retry without end", func(t *total, _ map[result.Outcome]uint64) { t.end.Retries++ },
			[]string{"the accounts do not add up: sent 1012, good 990 + late 6 + shed 4 + failed 8 + unfinished 3"}},
		{"a later step without end", func(t *total, _ map[result.Outcome]uint64) { t.end.FollowUps++ },
			[]string{"the accounts do not add up: sent 1012, good 990 + late 6 + shed 4 + failed 8 + unfinished 3"}},
		{"a good one too many", func(_ *total, n map[result.Outcome]uint64) { n[result.Good]++ },
			[]string{attempts + "good 991 + late 6 + shed 4 + failed 8 + unfinished 3"}},
		{"a late one too many", func(_ *total, n map[result.Outcome]uint64) { n[result.Late]++ },
			[]string{attempts + "good 990 + late 7 + shed 4 + failed 8 + unfinished 3"}},
		{"a shed one too few", func(_ *total, n map[result.Outcome]uint64) { n[result.Shed]-- },
			[]string{attempts + "good 990 + late 6 + shed 3 + failed 8 + unfinished 3"}},
		{"a failed one too few", func(_ *total, n map[result.Outcome]uint64) { n[result.Failed]-- },
			[]string{attempts + "good 990 + late 6 + shed 4 + failed 7 + unfinished 3"}},
		{"an unfinished one too many", func(_ *total, n map[result.Outcome]uint64) { n[result.Unfinished]++ },
			[]string{attempts + "good 990 + late 6 + shed 4 + failed 8 + unfinished 4"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			sum := total{end: result.End{Planned: 1000, Sent: 992, Dropped: 5, Lost: 3, Retries: 12, FollowUps: 7, ArrivalHash: "h"}}
			c := collector{
				plan: &Plan{Scenario: scenarios.Scenario{MaxInFlight: 10}, Hash: "h"},
				count: map[result.Outcome]uint64{
					result.Good: 990, result.Late: 6, result.Shed: 4, result.Failed: 8, result.Unfinished: 3,
					result.Dropped: 5, result.Lost: 3, // no attempts
				},
			}
			test.change(&sum, c.count)
			if got := c.invalid(&sum); !slices.Equal(got, test.want) {
				t.Errorf("got\n%q\nwant\n%q", got, test.want)
			}
		})
	}
}
