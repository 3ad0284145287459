package reports

import "slices"

func budgetSection(doc Document) Section {
	s := Section{Title: "Budgets"}
	budgets := Table{Head: []string{"budget", "variant", "measured", "limit", "missed by", "samples", "verdict"}}
	oracles := Table{Title: "Oracles: what is known of the service beforehand", Head: []string{"oracle", "variant", "measured", "limit", "missed by", "samples", "verdict"}}
	if len(doc.Runs) == 0 {
		return Section{}
	}
	foremost := doc.Runs[doc.foremost()]
	for i := range foremost.Budgets { // variants of one budget under each other
		for _, r := range doc.Runs {
			b := r.Budgets[i]
			verdict := string(b.Verdict)
			if !r.Decides {
				verdict = "(" + verdict + ")"
			}
			budgets.add(b, r.Variant, verdict)
		}
	}
	for _, r := range doc.Runs {
		for _, b := range r.Oracles {
			oracles.add(b, r.Variant, string(b.Verdict))
		}
	}
	s.Text = reasons(doc)
	switch {
	case len(budgets.Rows) == 0:
	case !foremost.Decides:
		s.Text = append(s.Text, "Verdicts in brackets are for comparison: the variant that decides was not run.")
	case len(doc.Runs) > 1:
		s.Text = append(s.Text, "Verdicts in brackets are for comparison: "+foremost.Variant+" decides.")
	}
	for _, t := range []Table{budgets, oracles} {
		if len(t.Rows) > 0 {
			s.Tables = append(s.Tables, t)
		}
	}
	return s
}

// reasons say which abort rule was broken, and of each budget and oracle why it neither passed nor failed, once where that is so in all variants.
func reasons(doc Document) []string {
	return saidOnce(doc, func(r RunFacts) (texts []string) {
		if r.Aborted != "" {
			texts = append(texts, "An abort rule was broken, and that is a fail: "+r.Aborted+".")
		}
		for _, b := range slices.Concat(r.Budgets, r.Oracles) {
			if b.Reason != "" {
				texts = append(texts, b.Budget+": "+b.Reason+".")
			}
		}
		return texts
	})
}

// add adds a row to a table of budgets.
func (t *Table) add(b BudgetFacts, variant, verdict string) {
	if b.WholeRun {
		t.Note = "Lateness is the generator's own, and its samples are of the whole run."
	}
	t.Rows = append(t.Rows, []string{b.Budget, variant, measured(b.Value, b.Unit), given(b.Limit, b.Unit), missedBy(b), count(b.Samples), verdict})
}
