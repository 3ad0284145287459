package agency

import (
	"context"
	"errors"
	"fmt"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A YearOf is the body of interest.credit.
type YearOf struct {
	Year   int    `json:"year"`
	Region string `json:"region"`
}

// A Credited is the answer of interest.credit.
type Credited struct {
	YearOf
	Persons int64      `json:"persons"`
	Amount  ledger.Fen `json:"amount_fen"`
	Packs   string     `json:"packs"`
	Proof
}

// interestChunk is how many indexes of people one posting of interest covers.
const interestChunk = 500

// CreditInterest credits a year's interest to the pension accounts of a region (O10), on what stands there when it runs: it is
// meant for the first days after the year, and what moves meanwhile is taken as it is found.
//
// People whom the service has not met have no account in the book: their interest is part of what they open with. Each
// posting covers a fixed range of people and is unique by year, region and range, so a run that was cut off is called
// again, with any key, and credits what is missing and nothing twice.
func (a *Agency) CreditInterest(ctx context.Context, c Call, y YearOf) (store.Answer, bool, error) {
	if answer, replayed, err := a.replay(ctx, c); replayed || err != nil {
		return answer, replayed, err
	}
	if !(workflow.Clerk | workflow.System).Has(c.Role) || c.Role == workflow.Clerk && c.Region != y.Region {
		return store.Answer{}, false, refuse(Forbidden, "not-your-step", "interest is credited by clerks of the region, and by the schedule")
	}
	if today := rules.Date(c.Date()).Year(); y.Year < population.Opening.Year() || y.Year >= today || !regionCode.MatchString(y.Region) {
		return store.Answer{}, false, refuse(Unprocessable, "bad-year", "year %d of region %.20q: want a year that is over, from %d to %d, and six digits",
			y.Year, y.Region, population.Opening.Year(), today-1)
	}
	sum := Credited{YearOf: y}
	for from := 0; from < a.People.Size(); from += interestChunk {
		var now Credited
		err := a.update(ctx, c, func(ch *change) (err error) {
			now, err = ch.creditChunk(y, from)
			return err
		})
		if err != nil && !errors.Is(err, store.ErrExists) { // by another run at the same time
			return store.Answer{}, false, err
		}
		sum.Persons += now.Persons
		sum.Amount += now.Amount
		if now.Packs != "" {
			sum.Packs = now.Packs
		}
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		ch.about = fmt.Sprintf("interest %d of %s", y.Year, y.Region)
		answer := sum
		answer.Proof = ch.proof()
		return okay, answer, ch.Count("interest-by-year", fmt.Sprint(y.Year), sum.Persons, sum.Amount)
	})
}

// creditChunk posts the interest of the people met with indexes from on, unless it is posted already.
func (c *change) creditChunk(y YearOf, from int) (sum Credited, err error) {
	ref, n := fmt.Sprintf("IN-%d/%s", y.Year, y.Region), from/interestChunk+1
	done, err := c.Posted(ledger.EventInterest, ledger.Chunk(ref, n))
	if err != nil || done.Seq != 0 {
		return sum, err
	}
	people, err := store.List[store.Person](c, store.PersonsIn, from, from+interestChunk-1)
	if err != nil {
		return sum, err
	}
	var credits []ledger.Credit
	for _, p := range people {
		if p.Region != y.Region {
			continue
		}
		balance, err := c.Balance(ledger.PensionAccount(p.ID))
		if err != nil {
			return sum, err
		}
		interest, err := c.agency.Rules.Interest(y.Region, y.Year, int64(-balance))
		if err != nil {
			return sum, ruled(err)
		}
		if interest.Amount > 0 {
			// A draw or a transfer of the account at the same time makes this Update run again, on what they left.
			if err := c.Set(&p); err != nil {
				return sum, err
			}
			credits = append(credits, ledger.Credit{Person: p.ID, Amount: ledger.Fen(interest.Amount)})
			sum.Persons++
			sum.Amount += ledger.Fen(interest.Amount)
			sum.Packs = interest.Packs[0]
		}
	}
	if len(credits) == 0 {
		return sum, nil
	}
	return sum, c.post(ledger.InterestCredited(ref, n, y.Region, credits))
}
