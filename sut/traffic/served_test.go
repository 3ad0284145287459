package traffic_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/library"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/traffic"
)

// A desk is a running service and what its answers were.
type desk struct {
	service *sut.Service
	db      string
	people  int

	mu    sync.Mutex
	tally map[string]*tally // by operation
}

type tally struct {
	sent, refused int
	took          time.Duration
	first         string // refusal
}

func open(t *testing.T, people int) *desk {
	t.Helper()
	if testing.Short() {
		t.Skip("loads a server over TCP")
	}
	d := &desk{db: filepath.Join(t.TempDir(), "service.db"), people: people, tally: make(map[string]*tally)}
	var err error
	if d.service, err = sut.Start(t.Context(), sut.Config{People: people, Seed: 7, DB: d.db}); err != nil {
		t.Fatal(err)
	}
	return d
}

// traffic is that of a run that began at a time.
func (d *desk) traffic(t *testing.T, began time.Time) *traffic.Traffic {
	t.Helper()
	people, err := population.New(7, d.people)
	if err != nil {
		t.Fatal(err)
	}
	book, err := rules.Open()
	if err != nil {
		t.Fatal(err)
	}
	tr, err := traffic.New(people, book, traffic.NewKeys(7), began)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// send sends a request as a driver would and gives the body of the answer. A 5xx fails the test.
func (d *desk) send(t *testing.T, r scenarios.Request) string {
	req, err := http.NewRequest(r.Method, d.service.URL()+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		t.Error(err)
		return ""
	}
	for _, h := range r.Header {
		req.Header.Set(h.Name, h.Value)
	}
	begin := time.Now()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	took := time.Since(begin)
	if err != nil || res.StatusCode >= 500 {
		t.Errorf("%s: %d %s %v", r.Op, res.StatusCode, answer, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.tally[r.Op]
	if n == nil {
		n = new(tally)
		d.tally[r.Op] = n
	}
	n.sent++
	n.took += took
	if res.StatusCode/100 != 2 {
		if n.refused++; n.refused == 1 {
			n.first = fmt.Sprintf("%d %s\nsent %s %s %s", res.StatusCode, answer, r.Method, r.Path, r.Body)
		}
	}
	return string(answer)
}

// close closes the service, checks what it leaves and gives the sums of the table, which it prints.
func (d *desk) close(t *testing.T) (sent, refused int) {
	t.Helper()
	if err := d.service.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	report, err := sut.Check(t.Context(), d.db)
	if err != nil || !report.Sound {
		text, _ := json.MarshalIndent(report, "", " ")
		t.Errorf("the service is not sound after it: %v\n%s", err, text)
	}
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "operation\tsent\trefused\tmean µs\t")
	for _, op := range traffic.Operations() {
		n := d.tally[op.Name]
		if n == nil {
			continue
		}
		sent, refused = sent+n.sent, refused+n.refused
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t\n", op.Name, n.sent, n.refused, n.took.Microseconds()/int64(n.sent))
	}
	w.Flush()
	t.Logf("\n%s", table.String())
	return sent, refused
}

// means is what stands in every answer to an operation that did what it is for. Not every 201 does: a declaration may
// have been rejected, money may wait in suspense.
func means() map[string]string {
	return map[string]string{
		"eligibility.get":        `"insured":true`,
		"claims.settle":          `"status":"settled"`,
		"claims.reverse":         `"status":"reversed"`,
		"payments.get":           `"status":"posted"`,
		"reconciliations.create": `"matched":100,`,
		"declarations.submit":    `"rejected":[],"rejected_lines":0,"assessed_fen":`,
		"declarations.get":       `"state":"paid"`,
		"transfers.create":       `"status":"requested"`,
		"benefits.apply":         `"status":"accepted"`,
		"certificates.verify":    `"valid":true`,
		"jobs.get":               `"state":"done"`,
	}
}

// Two runs on one database: what the first one did is not in the second one's way.
func TestEveryOperationIsServedInEveryRun(t *testing.T) {
	d, now := open(t, 20_000), time.Now()
	for run := range 2 {
		tr := d.traffic(t, now.Add(-time.Duration(run)*time.Hour))
		for _, op := range traffic.Operations() {
			for seq := range uint64(200) {
				r := at(t, tr, seq, op.Name)
				if answer := d.send(t, r); !strings.Contains(answer, means()[op.Name]) {
					t.Errorf("%s of arrival %d is answered %s\nsent %s %s %s", op.Name, seq, answer, r.Method, r.Path, r.Body)
				}
			}
		}
	}
	d.close(t)
	for op, n := range d.tally {
		if n.refused > 0 {
			t.Errorf("%s: %d of %d refused, the first with %s", op, n.refused, n.sent, n.first)
		}
	}
}

// TestMixesAreServed sends the five kinds of day, on the day of payment beside the batch that pays everybody.
func TestMixesAreServed(t *testing.T) {
	for _, name := range library.Mixes() {
		t.Run(name, func(t *testing.T) {
			const requests, clients = 3000, 8
			d := open(t, 20_000)
			tr := d.traffic(t, time.Now())
			mix := draw(t, name, requests)
			var wg sync.WaitGroup
			for c := range clients {
				wg.Go(func() {
					for seq := c; seq < requests; seq += clients {
						r, err := tr.At(uint64(seq), mix[seq])
						if err != nil {
							t.Error(err)
							return
						}
						d.send(t, r)
					}
				})
			}
			want := requests
			if name == "P" {
				for _, step := range []string{"plan", "lock", "send", "receipts", "close"} {
					d.send(t, at(t, tr, 0, "payouts."+step))
					want++
				}
			}
			wg.Wait()
			sent, refused := d.close(t)
			if n := d.tally["payouts.close"]; name == "P" && n.refused > 0 {
				t.Errorf("the batch is not paid: %s", n.first)
			}
			if sent != want || refused*200 > sent {
				t.Errorf("%d of %d were refused, want 0.5 %% at most", refused, sent)
				for op, n := range d.tally {
					if n.refused > 0 {
						t.Logf("%s: %s", op, n.first)
					}
				}
			}
		})
	}
}

// draw is n operations in the proportions of a mix, as far as the traffic makes them.
func draw(t testing.TB, name string, n int) []string {
	t.Helper()
	mix, err := library.Mix(name)
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, op := range traffic.Operations() {
		known = append(known, op.Name)
	}
	kept, missing, _ := scenarios.Renormalise(mix, known)
	if len(missing) > 0 {
		t.Errorf("mix %s has %v, which there is no traffic for", name, missing)
	}
	r := rand.New(rand.NewPCG(1, 2))
	list := make([]string, n)
	for i := range list {
		at := r.Float64() * 100
		for _, w := range kept {
			list[i] = w.Op
			if at -= 100 * w.Share / sum(kept); at < 0 {
				break
			}
		}
	}
	return list
}

func sum(mix []scenarios.Weight) (s float64) {
	for _, w := range mix {
		s += w.Share
	}
	return s
}
