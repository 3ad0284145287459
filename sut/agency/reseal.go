package agency

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

// A Resealing is one step of the walk over everything sealed.
type Resealing struct {
	Next    string `json:"next,omitempty"` // cursor of the next step; empty: the walk is over
	Rows    int    `json:"rows"`           // looked at
	Changed int    `json:"changed"`        // sealed again, under the current key
}

// Reseal walks over what is sealed, limit rows a step, and seals under the current key what is under an older one. It goes on
// while the service runs and from any cursor that an earlier step gave, so a walk that was cut off is taken up again.
// When a walk that began at "" after a rotation is over, the older keys are needed no more, but for backups.
func (a *Agency) Reseal(ctx context.Context, now time.Time, cursor string, limit int) (r Resealing, err error) {
	table, after, _ := strings.Cut(cursor, "~")
	walks := a.sealed()
	at := 0
	if cursor != "" {
		at = slices.IndexFunc(walks, func(w walk) bool { return w.table == table })
	}
	if at < 0 {
		return r, refuse(Malformed, "bad-cursor", "cursor %.40q: want the one that the step before gave", cursor)
	}
	err = a.Store.Update(ctx, func(tx store.Tx) (err error) {
		if r, err = walks[at].step(tx, after, limit); err != nil {
			return err
		}
		switch {
		case r.Rows == limit:
			r.Next = walks[at].table + "~" + r.Next
		case at+1 < len(walks):
			r.Next = walks[at+1].table + "~"
		default:
			r.Next = ""
		}
		if r.Changed == 0 {
			return nil
		}
		return tx.Audit(vault.Event{
			At: now.UnixMilli(), Actor: "service", Role: workflow.System.String(), Op: "keys.reseal", Subject: walks[at].table, Outcome: "done",
			Detail: "rows " + strconv.Itoa(r.Changed),
		})
	})
	return r, err
}

// A walk goes over the rows of one table that come after a row; its Next is the last row seen.
type walk struct {
	table string
	step  func(tx store.Tx, after string, limit int) (Resealing, error)
}

// sealed are the tables with sealed columns.
func (a *Agency) sealed() []walk {
	return []walk{
		{"person", func(tx store.Tx, after string, limit int) (Resealing, error) {
			from := 0
			if last, err := strconv.Atoi(after); err == nil {
				from = last + 1
			}
			return resealRows(tx, store.PersonsAfter, []any{from}, limit, func(p *store.Person) (id string, changed bool, err error) {
				id = strconv.FormatUint(p.ID, 10)
				err = a.reseal(&changed, "person", id, column{"id_no", &p.IDNo}, column{"name", &p.Name}, column{"phone", &p.Phone}, column{"bank", &p.Bank})
				if changed && err == nil {
					err = tx.Set(p)
				}
				return id, changed, err
			})
		}},
		{"certificate", func(tx store.Tx, after string, limit int) (Resealing, error) {
			return resealRows(tx, store.CertificatesAfter, []any{after}, limit, func(c *store.Certificate) (id string, changed bool, err error) {
				err = a.reseal(&changed, "certificate", c.Code, column{"body", &c.Body})
				if changed && err == nil {
					_, err = tx.Change(store.ResealCertificate, c.Code, c.Body)
				}
				return c.Code, changed, err
			})
		}},
		{"feedback", func(tx store.Tx, after string, limit int) (Resealing, error) {
			return resealRows(tx, store.FeedbackAfter, []any{after}, limit, func(f *store.Feedback) (id string, changed bool, err error) {
				err = a.reseal(&changed, "feedback", f.ID, column{"text", &f.Text})
				if changed && err == nil {
					_, err = tx.Change(store.ResealFeedback, f.ID, f.Text)
				}
				return f.ID, changed, err
			})
		}},
		{"job", func(tx store.Tx, after string, limit int) (Resealing, error) {
			return resealRows(tx, store.JobsAfter, []any{after}, limit, func(j *store.Job) (id string, changed bool, err error) {
				if len(j.Request) > 0 {
					err = a.reseal(&changed, "job", j.ID, column{"request", &j.Request})
				}
				if changed && err == nil {
					err = tx.Set(j)
				}
				return j.ID, changed, err
			})
		}},
		{"bank_file", func(tx store.Tx, after string, limit int) (Resealing, error) {
			batch, n, _ := strings.Cut(after, "/")
			last, err := strconv.Atoi(n)
			if err != nil {
				last = -1
			}
			return resealRows(tx, store.BankFilesAfter, []any{batch, last}, limit, func(c *store.BankFileChunk) (id string, changed bool, err error) {
				at := linesOf(c)
				err = a.reseal(&changed, at.Table, at.Row, column{at.Column, &c.Lines})
				if changed && err == nil {
					_, err = tx.Change(store.ResealBankFile, c.Batch, c.N, c.Lines)
				}
				return at.Row, changed, err
			})
		}},
	}
}

// resealRows takes the rows after one and seals each again that must be.
func resealRows[T any, R interface {
	*T
	store.Record
}](tx store.Tx, q store.Query, after []any, limit int, one func(R) (id string, changed bool, err error)) (r Resealing, err error) {
	list, err := store.List[T, R](tx, q, append(after, limit)...)
	if err != nil {
		return r, err
	}
	for i := range list {
		id, changed, err := one(&list[i])
		if err != nil {
			return r, err
		}
		if r.Next = id; changed {
			r.Changed++
		}
	}
	r.Rows = len(list)
	return r, nil
}

// A column is a sealed field of a row.
type column struct {
	name  string
	field *[]byte
}

// reseal seals the columns of a row again that are under an older key.
func (a *Agency) reseal(changed *bool, table, row string, columns ...column) error {
	for _, c := range columns {
		sealed, again, err := a.Vault.Reseal(vault.Place{Table: table, Column: c.name, Row: row}, *c.field, a.Random)
		if err != nil {
			return err
		}
		*c.field, *changed = sealed, *changed || again
	}
	return nil
}
