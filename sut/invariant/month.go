package invariant

import "github.com/peakday/peakday/sut/store"

// counted is I8. What counts for a pension are the normal months, so each month that was paid at all must have one: a
// second payment of it is a makeup beside it, never alone. What transfers bring is I6.
func counted(p *pass, f *Finding) {
	p.months.each(func(*store.Contribution) { f.Checked++ })
	p.atEnd(func() error {
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
