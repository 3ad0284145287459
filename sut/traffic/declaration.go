package traffic

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
)

// What employers send.

// declaration is a large employer's file for a month that it has not filed for: the newest months first.
func (t *Traffic) declaration(a *arrival, r *scenarios.Request) error {
	firms, newest := t.people.Employers()-t.filing, t.newest()
	k := t.turn(a.seq, firms*(1+newest.Since(population.Opening.Month())))
	e := t.filing + k%firms
	var lines file
	for who := range t.people.ActiveOf(e) {
		if lines.n == t.Lines {
			break
		}
		lines.add("person", who.ID, "wage_fen", who.Wage)
	}
	f := agency.Filing{Employer: t.people.Employer(e).ID, Month: newest.Add(-(k / firms)), Lines: lines.n, SHA256: lines.sum()}
	if err := t.as(r, t.employer(e)); err != nil {
		return err
	}
	return lines.behind(f, a, r)
}

// newest is the last month that is over, in China, when the run begins; the first that there is.
func (t *Traffic) newest() rules.Month {
	y, m, _ := t.issued.In(time.FixedZone("CST", 8*60*60)).Date()
	return max(population.Opening.Month(), rules.Month(y*100+int(m)).Add(-1))
}

// declared looks at what an employer declared for the month before Opening; job, at what became of that file.
func (t *Traffic) declared(a *arrival, r *scenarios.Request) error {
	e := a.rand.IntN(t.people.Employers())
	about(r, population.DeclarationID(e))
	return t.as(r, t.employer(e))
}

func (t *Traffic) job(a *arrival, r *scenarios.Request) error {
	e := a.rand.IntN(t.people.Employers())
	about(r, population.JobID(e))
	return t.as(r, t.employer(e))
}

// enrolment is an employer's who lets one of its people go, or takes one back who had gone. The first is the operation
// next to this one: mixes weigh both together.
func (t *Traffic) enrolment(a *arrival, r *scenarios.Request) error {
	who := t.mover(a)
	if err := t.as(r, t.employer(who.Employer)); err != nil {
		return err
	}
	if who.Status == population.Active {
		r.Path += "/" + who.ID + ":suspend"
		return nil
	}
	return body(r, agency.Enrolment{IDNo: who.IDNumber})
}

// A file is the lines of an upload.
type file struct {
	bytes.Buffer
	n int
}

// add appends {"<of>":"<name>","<amount>":<fen>}; none of our names needs escaping.
func (f *file) add(of, name, amount string, fen int64) {
	f.n++
	b := append(f.AvailableBuffer(), `{"`...)
	b = append(append(b, of...), `":"`...)
	b = append(append(b, name...), `","`...)
	b = append(append(b, amount...), `":`...)
	f.Write(append(strconv.AppendInt(b, fen, 10), "}\n"...))
}

func (f *file) sum() string {
	sum := sha256.Sum256(f.Bytes())
	return hex.EncodeToString(sum[:])
}

// behind makes the lines, behind their header, the body of a request.
func (f *file) behind(header any, a *arrival, r *scenarios.Request) error {
	first, err := json.Marshal(header)
	a.media = "application/x-ndjson"
	r.Body = append(append(first, '\n'), f.Bytes()...)
	return err
}
