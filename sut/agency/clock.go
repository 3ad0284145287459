package agency

import (
	"context"
	"strconv"
	"strings"

	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A Clock is a statutory time limit that runs on an open case or transfer.
type Clock struct {
	Machine string     `json:"machine"` // benefit or transfer
	ID      string     `json:"id"`
	State   string     `json:"state"`
	Due     rules.Date `json:"due"`
	Burst   bool       `json:"burst"` // the day has passed
}

// Clocks is a page of what is due.
type Clocks struct {
	Day    rules.Date `json:"day"` // it is reckoned for
	Clocks []Clock    `json:"clocks"`
	Burst  int        `json:"burst"` // on this page
	Next   string     `json:"next,omitempty"`
}

// Clocks lists the open clocks of a machine, "benefit" or "transfer", that are due by a day, the longest due first. Clerks and
// reviewers see those of their region, so a page may be short of limit and have a next one.
// What stood at the opening and was never touched is not among them: there is a case for every number asked.
func (a *Agency) Clocks(ctx context.Context, caller Caller, machine string, today, by rules.Date, cursor string, limit int) (c Clocks, err error) {
	if !(workflow.Clerk | workflow.Reviewer | workflow.System).Has(caller.Role) {
		return c, refuse(Forbidden, "not-your-report", "clocks are for clerks and reviewers")
	}
	sees := func(region string) bool { return caller.Role == workflow.System || caller.Region == region }
	read := 0
	var last Clock
	due, id, err := position(cursor)
	if err != nil {
		return c, err
	}
	limit = page(limit)
	c = Clocks{Day: today, Clocks: []Clock{}}
	err = a.Store.View(ctx, func(v store.View) error {
		switch machine {
		case "benefit":
			list, err := store.List[store.Case](v, store.CasesDue, int64(by), due, id, limit)
			for _, k := range list {
				last = Clock{Machine: machine, ID: k.ID, State: k.State, Due: rules.Date(k.Due)}
				c.add(last, sees(a.People.Person(int(k.Person)).Region))
			}
			read = len(list)
			return err
		case "transfer":
			list, err := store.List[store.Transfer](v, store.TransfersDue, int64(by), due, id, limit)
			for _, t := range list {
				last = Clock{Machine: machine, ID: t.ID, State: t.State, Due: rules.Date(t.Due)}
				c.add(last, sees(t.From) || sees(t.To))
			}
			read = len(list)
			return err
		}
		return refuse(Malformed, "no-such-clock", "clocks of %.20q: want benefit or transfer", machine)
	})
	if read == limit {
		c.Next = cursorAt(int64(last.Due), last.ID)
	}
	return c, err
}

func (c *Clocks) add(k Clock, seen bool) {
	if !seen {
		return
	}
	if k.Burst = workflow.Burst(k.Due, c.Day); k.Burst {
		c.Burst++
	}
	c.Clocks = append(c.Clocks, k)
}

// A cursor is the number and id that a page ended with.
func cursorAt(n int64, id string) string { return strconv.FormatInt(n, 10) + "~" + id }

func position(cursor string) (n int64, id string, err error) {
	if cursor == "" {
		return 0, "", nil
	}
	number, id, found := strings.Cut(cursor, "~")
	if n, err = strconv.ParseInt(number, 10, 64); err != nil || !found {
		return 0, "", refuse(Malformed, "bad-cursor", "cursor %.40q: want the one that the page before gave", cursor)
	}
	return n, id, nil
}

// page is the number of lines of a page: what was asked for, 1 to 200; 50 where nothing was.
func page(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 200)
}
