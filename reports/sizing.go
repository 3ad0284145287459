package reports

import (
	"fmt"
	"slices"

	"github.com/peakday/peakday/forecast/sizing"
	"github.com/peakday/peakday/reports/chart"
)

func sizingSection(doc Document) Section {
	s := Section{Title: "Sizing"}
	if c := doc.Capacity; c != nil {
		text := fmt.Sprintf("Measured capacity of one instance: %s, kept up from %s", measured(Number(c.PerSecond), "/s"), span(c.From, c.To))
		if len(c.Budgets) > 0 {
			text += " while " + list(c.Budgets) + " held"
		} else {
			text += ", where no latency budget was judged"
		}
		if ratio, ok := c.OfDeclared(); ok {
			text += fmt.Sprintf("; %s of the declared %s", measured(Number(ratio), "share"), given(Number(c.Declared), "/s"))
		}
		s.Text = append(s.Text, text+".")
		for _, w := range c.Warnings {
			s.Text = append(s.Text, capital(w)+".")
		}
	}
	p := doc.Sizing
	if p == nil {
		return s
	}
	s.Tables = append(s.Tables, needsTable(p, doc.Forecast))
	if p.Now != nil {
		s.Tables = append(s.Tables, nowTable(p))
	}
	s.Text = append(s.Text, p.Assumption)
	if picture, ok := riskPicture(p); ok {
		s.Pictures = append(s.Pictures, picture)
	}
	return s
}

func needsTable(p *sizing.Plan, f *ForecastFacts) Table {
	t := Table{Title: "Replicas that the day needs", Head: []string{"quantile", "event", "peak", "needed", fmt.Sprintf("with %d spare", p.Spare), "busy", "spare lost"}}
	lift := "× " + chart.Number(p.Lift)
	for _, n := range p.Needs {
		event := "without"
		if n.Event {
			event = lift
		}
		if n.Event && p.Lift == 1 {
			continue
		}
		t.Rows = append(t.Rows, []string{chart.Percent(n.P), event, measured(Number(n.Peak), "/s"), count(uint64(n.Needed)), count(uint64(n.Replicas)),
			chart.Measured(100*n.Utilization) + " %", chart.Measured(100*n.Degraded) + " %"})
	}
	t.Note = "Busy is the part of its capacity that each replica needs at the peak, all up and with the spare lost."
	switch {
	case p.Lift == 1:
		t.drop(1)
	case f != nil && f.Drilled != nil && f.Drilled.Event > 0:
		t.Note += fmt.Sprintf(" %s is on the day's peak: at the %s quantile it makes %s times the day's median.", lift, chart.Percent(f.Drilled.Quantile), chart.Number(f.Drilled.Event))
	default:
		t.Note += " " + lift + " is on the day's peak."
	}
	return t
}

func nowTable(p *sizing.Plan) Table {
	now := p.Now
	t := Table{
		Title: fmt.Sprintf("Risk that the peak is more than %s replicas can do", count(uint64(now.Replicas))),
		Head:  []string{"", "without the event", "with it"},
		Rows: [][]string{
			{"all up", now.Risk.String(), now.RiskEvent.String()},
			{fmt.Sprintf("%d lost", p.Spare), now.Lost.String(), now.LostEvent.String()},
		},
	}
	if p.Lift == 1 {
		t.drop(2)
		t.Head[1] = "risk"
	}
	return t
}

// drop takes a column out.
func (t *Table) drop(column int) {
	t.Head = slices.Delete(t.Head, column, column+1)
	for i, row := range t.Rows {
		t.Rows[i] = slices.Delete(row, column, column+1)
	}
}
