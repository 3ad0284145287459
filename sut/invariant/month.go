package invariant

import "github.com/peakday/peakday/sut/store"

// counted is I8. What counts for a pension are the normal months, so each month that was paid at all must have one: a
// second payment of it is a makeup beside it, never alone. Each person's row counts the normal ones. What transfers bring
// is I6.
func counted(p *pass, f *Finding) {
	left := make(map[uint64]int64) // that a person's row counts and no contribution was found for yet
	p.persons.each(func(row *store.Person) {
		if row.Months != 0 {
			left[row.ID] = row.Months
		}
	})
	p.months.each(func(row *store.Contribution) {
		f.Checked++
		if row.Kind != "normal" {
			return
		}
		if left[row.Person]--; left[row.Person] == 0 {
			delete(left, row.Person)
		}
	})
	p.atEnd(func() error {
		for person, n := range inOrder(left) {
			f.violate("person %d counts %+d months beside those that were paid", person, n)
		}
		var person uint64
		var month, normal int64
		return p.Select(uncounted, []any{&person, &month, &normal}, func() error {
			f.violate("month %d of person %d was paid and counts %d times", month, person, normal)
			return nil
		})
	})
}

const uncounted = "SELECT person, month, sum(CASE WHEN kind = 'normal' THEN 1 ELSE 0 END) FROM contribution" +
	" GROUP BY person, month HAVING sum(CASE WHEN kind = 'normal' THEN 1 ELSE 0 END) <> 1 ORDER BY person, month"
