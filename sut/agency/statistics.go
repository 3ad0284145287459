package agency

import (
	"context"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// Statistics is one page of a report.
type Statistics struct {
	Report string `json:"report"`
	Title  string `json:"title"`
	Items  []Cell `json:"items"`
	Next   string `json:"next_cursor,omitempty"` // give it as cursor to go on; empty at the end
}

// A Cell is one number of a report. A cell of fewer than five is suppressed: it might tell of somebody.
type Cell struct {
	Bucket     string      `json:"bucket"`
	N          *int64      `json:"n,omitempty"`
	Sum        *ledger.Fen `json:"sum_fen,omitempty"`
	Suppressed bool        `json:"suppressed,omitempty"`
}

const (
	fewest    = 5
	pageCells = 200
)

// A report is one of the statistics. Those without a scan are running totals that every mutation adds to.
type report struct {
	name, title string
	scan        store.Query
}

func reports() []report {
	return []report{
		{"payments-by-state", "payments by the state they came to, each state counted once for each payment", ""},
		{"declarations-by-state", "declarations by the state they came to", ""},
		{"declared-lines-by-month", "accepted lines and what they come to, by month", ""},
		{"enrolments-by-step", "enrolments, suspensions and resumptions", ""},
		{"claims-by-day", "settled visits and what the fund pays, by day of the visit", ""},
		{"claims-reversed-by-day", "visits taken back and what the fund got back, by day of the visit", ""},
		{"benefits-applied", "applications for benefits, by kind", ""},
		{"benefits-by-step", "steps of benefit cases and what was awarded, by kind and state", ""},
		{"payouts-by-step", "payout items and their money, by kind and step", ""},
		{"interest-by-year", "pension accounts that were credited with interest, by year", ""},
		{"transfers-by-state", "transfers and their money, by the state they came to", ""},
		{"certificates-by-kind", "certificates, by kind", ""},
		{"feedback-by-rating", "feedback, by rating", ""},
		{"reconciled-by-day", "payments and visits on which a file of the day agreed, by day", ""},
		{"wages-by-month", "paid months by month and base in thousands of yuan, read from every contribution", store.WageScan},
	}
}

// Reports are the names of the statistics.
func Reports() (names []string) {
	for _, r := range reports() {
		names = append(names, r.name)
	}
	return names
}

// Statistics gives a report from cursor on, empty at first, to auditors and clerks. Running totals cost the same however
// much has happened. The one report that scans all contributions is off unless HeavyReports is on: beside the day's work
// it is the query that everybody waits for, and meant to be.
func (a *Agency) Statistics(ctx context.Context, c Caller, name, cursor string) (s Statistics, err error) {
	if c.Role != workflow.Auditor && c.Role != workflow.Clerk {
		return s, refuse(Forbidden, "role", "statistics are for auditors and clerks")
	}
	r, found := reportOf(name)
	if !found {
		return s, refuse(NotFound, "not-found", "no such report: want one of %s", strings.Join(Reports(), ", "))
	}
	query, args := store.StatisticsAfter, []any{name, cursor, pageCells + 1}
	if r.scan != "" {
		if !a.HeavyReports {
			return s, refuse(Forbidden, "report-off", "report %s reads every contribution: the operator has it off", name)
		}
		query, args = r.scan, args[1:]
	}
	s = Statistics{Report: name, Title: r.title, Items: make([]Cell, 0, 32)}
	err = a.Store.View(ctx, func(v store.View) error {
		var bucket string
		var n int64
		var sum ledger.Fen
		return v.Select(query, []any{&bucket, &n, &sum}, func() error {
			s.add(bucket, n, sum)
			return nil
		}, args...)
	})
	return s, err
}

func reportOf(name string) (report, bool) {
	for _, r := range reports() {
		if r.name == name {
			return r, true
		}
	}
	return report{}, false
}

func (s *Statistics) add(bucket string, n int64, sum ledger.Fen) {
	if len(s.Items) == pageCells {
		s.Next = s.Items[pageCells-1].Bucket
		return
	}
	cell := Cell{Bucket: bucket, Suppressed: n < fewest}
	if !cell.Suppressed {
		cell.N, cell.Sum = &n, &sum
	}
	s.Items = append(s.Items, cell)
}
