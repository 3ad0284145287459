package traffic

import (
	"fmt"
	"strconv"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/workflow"
)

// What the agency and its bank do to pay pensions out. There is one batch for each month since Opening, and one schedule
// that runs it: arrivals that fall to the same batch are the schedule's, which asks for its step again with the same key.
// So a step is valid whenever the one before it was done, by whichever arrival.

// batchArrivals is how many arrivals in a row fall to the same batch.
const batchArrivals = 256

// payoutMonth is that of the batch of an arrival.
func (t *Traffic) payoutMonth(a *arrival) rules.Month {
	months := 1 + t.newest().Since(population.Opening.Month())
	return population.Opening.Month().Add((t.begin(months) + int(a.seq/batchArrivals)) % months)
}

// batch puts the batch into the path of a step, and its month into the key.
func (t *Traffic) batch(a *arrival, r *scenarios.Request) rules.Month {
	month := t.payoutMonth(a)
	a.key = r.Op + "-" + t.run + "-" + month.String()
	about(r, fmt.Sprintf("PB-pension-%s-%06d", population.DefaultRegion, month))
	return month
}

func (t *Traffic) planPayout(a *arrival, r *scenarios.Request) error {
	month := t.batch(a, r)
	if err := t.as(r, officer(workflow.Clerk, 0)); err != nil {
		return err
	}
	return body(r, agency.Pay{Kind: "pension", Region: population.DefaultRegion, Period: month})
}

func (t *Traffic) lockPayout(a *arrival, r *scenarios.Request) error {
	t.batch(a, r)
	return t.as(r, officer(workflow.Reviewer, 0))
}

func (t *Traffic) sendPayout(a *arrival, r *scenarios.Request) error {
	t.batch(a, r)
	return t.as(r, officer(workflow.Clerk, 1))
}

func (t *Traffic) closePayout(a *arrival, r *scenarios.Request) error {
	t.batch(a, r)
	return t.as(r, officer(workflow.Clerk, 2))
}

// receipts are the bank's, that it paid every pension of the month: those of before Opening, which is all that the traffic
// leads to.
func (t *Traffic) receipts(a *arrival, r *scenarios.Request) error {
	month := t.batch(a, r)
	a.partner, a.media = population.BankID(0), "text/csv"
	r.Body = []byte{}
	n := int64(0)
	for i := range t.people.Size() {
		e, found := t.people.EntitlementOf(t.people.Person(i))
		if !found || e.From > month {
			continue
		}
		r.Body = append(append(strconv.AppendInt(r.Body, n, 10), ','), e.ID...)
		r.Body = append(strconv.AppendInt(append(r.Body, '/'), int64(month), 10), ',')
		r.Body = append(strconv.AppendInt(r.Body, e.Monthly, 10), ",paid\n"...)
		n++
	}
	return nil
}
