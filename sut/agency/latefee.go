package agency

import (
	"context"
	"fmt"
	"time"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A Lapsed is the answer of [Agency.Lapse].
type Lapsed struct {
	Day     rules.Date `json:"day"`
	Lapsed  int        `json:"lapsed"`       // declarations that went overdue
	Charged int        `json:"charged"`      // overdue declarations whose fee grew
	Fees    ledger.Fen `json:"late_fee_fen"` // by how much
	Proof
}

// Lapse is the agency's evening: declarations whose last day to pay has passed go overdue, and every overdue one is charged
// the late fee up to the day of the call, which itself costs nothing (0.05 % a day, simple; Social Insurance Law, article
// 86). A payment must cover what was charged before it; so run it every day. It runs once per key, in Updates of a
// hundred declarations; stopped on the way, it goes on where it stood when it is called again.
//
// A month that was assessed without a declaration bears no fee: the tenth on top is its price.
func (a *Agency) Lapse(ctx context.Context, c Call) (store.Answer, bool, error) {
	if c.Role != workflow.Clerk && c.Role != workflow.System {
		return store.Answer{}, false, refuse(Forbidden, "role", "lapsing is for clerks and the schedule")
	}
	if err := ofEmployers(c); err != nil {
		return store.Answer{}, false, err
	}
	if answer, known, err := a.replay(ctx, c); known || err != nil {
		return answer, known, err
	}
	done := Lapsed{Day: rules.Date(c.Date())}
	err := a.eachDue(ctx, c, "assessed", func(ch *change, d *store.Declaration) (ledger.Fen, error) { return 0, ch.lapse(d) }, &done.Lapsed, nil)
	if err == nil {
		err = a.eachDue(ctx, c, "overdue", (*change).charge, &done.Charged, &done.Fees)
	}
	if err != nil {
		return store.Answer{}, false, err
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		ch.about = "day " + done.Day.String()
		done.Proof = ch.proof()
		return okay, done, nil
	})
}

// dueStep is how many declarations one Update goes through.
const dueStep = 100

// eachDue calls do for every declaration in a state whose last day to pay has passed, and counts those it changed.
func (a *Agency) eachDue(ctx context.Context, c Call, state string, do func(*change, *store.Declaration) (ledger.Fen, error), n *int, sum *ledger.Fen) error {
	var last store.Declaration
	for {
		var list []store.Declaration
		var changed int
		var added ledger.Fen
		err := a.inSteps(ctx, c, func(ch *change) (err error) {
			changed, added = 0, 0
			ch.about = "day " + rules.Date(c.Date()).String()
			list, err = store.List[store.Declaration](ch, store.DeclarationsDue, state, c.Date(), last.Due, last.ID, dueStep)
			if err != nil {
				return err
			}
			for _, d := range list {
				ver := d.Ver
				fee, err := do(ch, &d)
				if err != nil {
					return err
				}
				if added += fee; d.Ver != ver {
					changed++
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if *n += changed; sum != nil {
			*sum += added
		}
		if len(list) < dueStep {
			return nil
		}
		last = list[len(list)-1]
	}
}

func (c *change) lapse(d *store.Declaration) error {
	if err := c.move(workflow.Declaration(), d.ID, d.Ver, "assessed", "overdue"); err != nil {
		return err
	}
	d.State = "overdue"
	if err := c.Count("declarations-by-state", d.State, 1, d.ByEmployer+d.ByPersons); err != nil {
		return err
	}
	return c.Set(d)
}

// charge brings the late fee of an overdue declaration up to the day of the call.
func (c *change) charge(d *store.Declaration) (ledger.Fen, error) {
	today := c.Date()
	if d.LateUntil >= today {
		return 0, nil
	}
	before, err := c.agency.lateFees(c, *d)
	if err != nil {
		return 0, err
	}
	d.LateUntil = today
	after, err := c.agency.lateFees(c, *d)
	if err != nil {
		return 0, err
	}
	for i := range before {
		after[i].Pool -= before[i].Pool
	}
	fee := ledger.Total(after)
	if fee > 0 {
		if err := c.post(ledger.LateFeeCharged(fmt.Sprintf("%s/%d", d.ID, today), population.DefaultRegion, d.Employer, after)); err != nil {
			return 0, err
		}
	}
	d.LateFee += fee
	return fee, c.Set(d)
}

// lateFees is what an overdue declaration was charged to each fund up to LateUntil. Each fund's arrears bear their own
// fee, from the day after the last one to pay: the funds' books are apart.
func (a *Agency) lateFees(v store.View, d store.Declaration) ([]ledger.Due, error) {
	fees, err := assessedDues(v, d)
	if err != nil {
		return nil, err
	}
	for i := range fees {
		if d.LateUntil == 0 {
			fees[i].Pool = 0
			continue
		}
		fee, err := a.Rules.LateFee(rules.Arrears{
			Region: population.DefaultRegion, Principal: int64(fees[i].Pool), From: dayAfter(rules.Date(d.Due)), To: rules.Date(d.LateUntil),
		})
		if err != nil {
			return nil, ruled(err)
		}
		fees[i].Pool = ledger.Fen(fee.Fee)
	}
	return fees, nil
}

func dayAfter(d rules.Date) rules.Date {
	t := time.Date(d.Year(), time.Month(d/100%100), int(d%100)+1, 0, 0, 0, 0, time.UTC)
	return rules.Date(t.Year()*10000 + int(t.Month())*100 + t.Day())
}
