package simulate

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/admission"
)

var update = flag.Bool("update", false, "write the tables of ../BENCHMARKS.md anew; 7 minutes of one core")

const (
	page  = "../BENCHMARKS.md"
	begin = "<!-- virtual time: begin -->\n"
	end   = "<!-- virtual time: end -->\n"
)

// TestTables plays all cells and writes the page. Run it as
//
//	go test -count 1 -timeout 60m -run '^TestTables$' ./sut/admission/simulate -update
func TestTables(t *testing.T) {
	if !*update {
		t.Skip("writes ../BENCHMARKS.md; run it with -update")
	}
	var b bytes.Buffer
	multiples(t, &b, "The shape that constants were chosen on: a step", shapes[0], tuned)
	for _, s := range shapes[1:] {
		multiples(t, &b, "An untouched shape: "+s.name, s, fresh)
	}
	changes(t, &b)
	recoveries(t, &b)
	highest(t, &b)
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := bytes.Cut(text, []byte(begin))
	_, tail, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the tables: want the lines %q and %q", page, begin, end)
	}
	out := slices.Concat(head, []byte(begin), b.Bytes(), []byte(end), tail)
	if err := os.WriteFile(page, out, 0o644); err != nil {
		t.Fatal(err)
	}
}

var (
	tuned = []uint64{1, 2, 3}
	fresh = []uint64{100, 101, 102}
)

// hold is how long a storm lasts, shorter where there is more of it.
func hold(multiple float64) float64 {
	if multiple >= 300 {
		return 20
	}
	return 40
}

// oracles are the figures of fixed limits on a cell, by the limit's share of the knee.
func oracles(t *testing.T, s stand, d Day, offered, from, to float64, seeds []uint64) []figures {
	var all []figures
	for _, share := range []float64{0.9, 1, 1.1, 1.25, 1.5} {
		c := s.config(0)
		c.FixedLimit = int(math.Round(share * float64(s.backend.Full())))
		all = append(all, mean(each(seeds, func(seed uint64) figures {
			return s.between(d.Run(must(t, "fixed", c), seed), Change{}, offered, from, to)
		})))
	}
	return all
}

// best is the goodput of the best fixed limit whose p99 is not worse.
func best(all []figures, p99 float64) float64 {
	least := math.Inf(1)
	for _, f := range all {
		least = min(least, f.p99)
	}
	most := 0.0
	for _, f := range all {
		if f.p99 <= max(p99, least) {
			most = max(most, f.goodput)
		}
	}
	return most
}

func each(seeds []uint64, run func(uint64) figures) []figures {
	var all []figures
	for _, seed := range seeds {
		all = append(all, run(seed))
	}
	return all
}

func mean(all []figures) figures {
	var m figures
	for _, f := range all {
		m.goodput += f.goodput / float64(len(all))
		m.p99 += f.p99 / float64(len(all))
		m.onset += f.onset / float64(len(all))
		m.limit += f.limit / float64(len(all))
	}
	return m
}

// multiples writes the table of a shape: a law a row, a multiple a column.
func multiples(t *testing.T, b *bytes.Buffer, title string, sh shape, seeds []uint64) {
	columns := []float64{1.05, 5, 30, 300}
	fmt.Fprintf(b, "\n### %s, seeds %d to %d\n\n", title, seeds[0], seeds[len(seeds)-1])
	fmt.Fprintf(b, "Goodput of the best fixed limit's at no worse p99, mean (least) over the backends; p99 of the unloaded, mean; ")
	fmt.Fprintf(b, "and the worst window of 400 answers, of capacity, least.\n\n| law |")
	for _, m := range columns {
		fmt.Fprintf(b, " %g× |", m)
	}
	fmt.Fprintf(b, "\n|---|%s\n", strings.Repeat("---|", len(columns)))
	rows := map[string][]string{}
	for _, m := range columns {
		share, p99, onset := map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
		for _, s := range stands {
			d := s.day(sh.load(s.capacity(), m, hold(m)))
			offered := s.capacity() * m
			from, to := calm+3.0, calm+hold(m)
			all := oracles(t, s, d, offered, from, to, seeds)
			for _, law := range laws() {
				f := mean(each(seeds, func(seed uint64) figures {
					r := d.Run(mustLaw(t, law, s, s.backend.Full()), seed)
					f := s.between(r, Change{}, offered, from, to)
					f.onset = r.Worst(400/s.capacity(), calm, to) / min(s.capacity(), offered)
					return f
				}))
				share[law] = append(share[law], f.goodput/best(all, f.p99))
				p99[law] = append(p99[law], f.p99)
				onset[law] = append(onset[law], f.onset)
			}
		}
		for _, law := range laws() {
			rows[law] = append(rows[law], fmt.Sprintf("%.3f (%.3f), %.2f, %.2f",
				average(share[law]), slices.Min(share[law]), average(p99[law]), slices.Min(onset[law])))
		}
	}
	for _, law := range laws() {
		fmt.Fprintf(b, "| %s | %s |\n", law, strings.Join(rows[law], " | "))
	}
}

func average(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

// A changingDay is one on which the backend is not what it was, or the guard
// has not seen it. Goodput is of the new capacity.
type changingDay struct {
	name     string
	seeded   bool // the law was told the capacity
	load     func(capacity float64) Load
	changes  []Change
	from, to float64 // of the measurement
}

var changing = []changingDay{
	{"work 2.5 times as heavy in a storm of 30×", true, minute, []Change{{At: 25, Work: 2.5}}, 30, 70},
	{"work 0.4 times as heavy in a storm of 30×", true, minute, []Change{{At: 25, Work: 0.4}}, 30, 70},
	{"half of the places in a storm of 30×", true, minute, []Change{{At: 25, Size: 0.5}}, 30, 70},
	{"twice the places in a storm of 30×", true, minute, []Change{{At: 25, Size: 2}}, 30, 70},
	{"15 minutes at 3×", true, func(c float64) Load { return Load{{0, c / 2}, {10, c / 2}, {10, 3 * c}, {910, 3 * c}} }, nil, 610, 910},
	{"an hour at a tenth, then 30×", true, func(c float64) Load { return Load{{0, c / 10}, {3600, c / 10}, {3600, 30 * c}, {3640, 30 * c}} }, nil, 3603, 3640},
	{"cold start in a storm of 30×, capacity known", true, func(c float64) Load { return Load{{0, 30 * c}, {40, 30 * c}} }, nil, 3, 40},
	{"cold start in a storm of 30×, capacity unknown", false, func(c float64) Load { return Load{{0, 30 * c}, {40, 30 * c}} }, nil, 10, 40},
}

// minute is a storm of a minute at 30 times capacity.
func minute(c float64) Load { return Load{{0, c / 2}, {10, c / 2}, {10, 30 * c}, {70, 30 * c}} }

// changed plays a day and measures it.
func (s stand) changed(t testing.TB, law string, c changingDay, seed uint64) figures {
	d := s.day(c.load(s.capacity()))
	d.Changes = c.changes
	var last Change
	if len(c.changes) > 0 {
		last = c.changes[len(c.changes)-1]
	}
	limit := 0
	if c.seeded {
		limit = s.backend.Full()
	}
	return s.between(d.Run(mustLaw(t, law, s, limit), seed), last, math.Inf(1), c.from, c.to)
}

func changes(t *testing.T, b *bytes.Buffer) {
	fmt.Fprintf(b, "\n### What changes, seeds %d to %d\n\n", fresh[0], fresh[len(fresh)-1])
	fmt.Fprintf(b, "Goodput, of the new capacity, mean (least) over the backends, and mean p99, of the unloaded. ")
	fmt.Fprintf(b, "Measured from 5 s after a change, 3 s after a step, 10 s after a start without a seed, and over the last 5 of 15 minutes.\n\n| day | %s |\n|---|%s\n",
		strings.Join(laws(), " | "), strings.Repeat("---|", len(laws())))
	for _, c := range changing {
		fmt.Fprintf(b, "| %s |", c.name)
		for _, law := range laws() {
			var goodput, p99 []float64
			for _, s := range stands {
				f := mean(each(fresh, func(seed uint64) figures { return s.changed(t, law, c, seed) }))
				goodput, p99 = append(goodput, f.goodput), append(p99, f.p99)
			}
			fmt.Fprintf(b, " %.3f (%.3f), %.2f |", average(goodput), slices.Min(goodput), average(p99))
		}
		fmt.Fprintln(b)
	}
}

// triggers are what overloads a service that runs at 0.7 of capacity, for ten
// seconds from second 20.
var triggers = []struct {
	name     string
	multiple float64 // of capacity
	change   Change
}{
	{"load of 5×", 5, Change{}},
	{"load of 30×", 30, Change{}},
	{"database 35 times slower", 0.7, Change{Speed: 1.0 / 35}},
	{"cache flushed: work 3 times as heavy", 0.7, Change{Work: 3}},
	{"half of the places", 0.7, Change{Size: 0.5}},
	{"a third of the speed", 0.7, Change{Speed: 1.0 / 3}},
}

var clients = []struct {
	name string
	Clients
}{
	{"none come back", Clients{}},
	{"3 retries, naive", Clients{3, Naive}},
	{"3 retries, backoff", Clients{3, Backoff}},
	{"3 retries, Retry-After", Clients{3, Polite}},
}

// A trigger lasts from second from until second until; the day is over at over.
const from, until, over = 20, 30, 90

// recovery plays a trigger and returns the seconds until all is well again.
func recovery(t testing.TB, s stand, law string, trigger int, c Clients, seed uint64) (goodput, newcomers float64) {
	tr := triggers[trigger]
	rate := s.capacity()
	d := s.day(Load{{0, 0.7 * rate}, {from, 0.7 * rate}, {from, tr.multiple * rate}, {until, tr.multiple * rate}, {until, 0.7 * rate}, {over, 0.7 * rate}})
	d.Clients = c
	if tr.change != (Change{}) {
		tr.change.At = from
		d.Changes = []Change{tr.change, {At: until}}
	}
	return d.Run(mustLaw(t, law, s, s.backend.Full()), seed).Recovery(until, s.backend.Unloaded(0.99, Change{}))
}

func recoveries(t *testing.T, b *bytes.Buffer) {
	var later bytes.Buffer // the table of newcomers
	head := fmt.Sprintf("| trigger, clients | %s |\n|---|%s\n", strings.Join(laws(), " | "), strings.Repeat("---|", len(laws())))
	fmt.Fprintf(b, "\n### Recovery, seeds %d to %d\n\n", fresh[0], fresh[len(fresh)-1])
	fmt.Fprintf(b, "Seconds from the end of the trigger until goodput is back: until, for 5 s on end, answers in time, to whichever try, are 97 %% of the people who come, and p99 is at most twice the unloaded. ")
	fmt.Fprintf(b, "Median and longest over backends and seeds; \"never\" is not within 55 s: metastable.\n\n%s", head)
	fmt.Fprintf(&later, "\n### How long those who come back keep newcomers out, seeds %d to %d\n\n", fresh[0], fresh[len(fresh)-1])
	fmt.Fprintf(&later, "The same for newcomers: until 97 %% of the first tries are answered in time. \"never\" is not within 55 s.\n\n%s", head)
	for i, tr := range triggers {
		for _, c := range clients {
			name := fmt.Sprintf("| %s, %s |", tr.name, c.name)
			var goodputs, newcomers string
			for _, law := range laws() {
				var goodput, newcomer []float64
				for _, s := range stands {
					for _, seed := range fresh {
						g, n := recovery(t, s, law, i, c.Clients, seed)
						goodput, newcomer = append(goodput, g), append(newcomer, n)
					}
				}
				goodputs, newcomers = goodputs+medianAndLongest(goodput), newcomers+medianAndLongest(newcomer)
			}
			fmt.Fprintln(b, name+goodputs)
			if c.Retries > 0 {
				fmt.Fprintln(&later, name+newcomers)
			}
		}
	}
	b.Write(later.Bytes())
}

// medianAndLongest is a cell of the tables of recovery.
func medianAndLongest(took []float64) string {
	slices.Sort(took)
	never := len(took) - slices.Index(append(took, math.Inf(1)), math.Inf(1))
	switch never {
	case 0:
		return fmt.Sprintf(" %.1f, %.1f |", took[len(took)/2], took[len(took)-1])
	case len(took):
		return " never |"
	}
	return fmt.Sprintf(" never %d of %d |", never, len(took))
}

// highest writes what P0 gets at 300 times capacity, of which it is 0.6 to
// 0.8, and how soon all but what fits is refused.
func highest(t *testing.T, b *bytes.Buffer) {
	fmt.Fprintf(b, "\n### P0 at 300×, seed %d\n\n", fresh[0])
	fmt.Fprintf(b, "Shares of P0 answered in time, with the lower end of their 95 %% interval (Wilson), where P0 alone asks for so much of capacity, ")
	fmt.Fprintf(b, "on %s; and the longest time on any backend from the step until refusals are within 5 %% of the ideal share.\n\n", stands[0].name)
	fmt.Fprintf(b, "| law | 0.6 of capacity | 0.8 of capacity | refusals |\n|---|---|---|---|\n")
	for _, law := range []string{"oracle", "vegas", "elastic", "gradient2", "aimd"} {
		fmt.Fprintf(b, "| %s |", law)
		for _, demand := range []float64{0.6, 0.8} {
			came, served := priority(t, law, demand, 250, fresh[0])
			fmt.Fprintf(b, " %d of %d, %.5f |", served, came, wilson(served, came))
		}
		longest := 0.0
		for _, s := range stands {
			for _, seed := range fresh {
				c := s.capacity()
				r := s.day(shapes[0].load(c, 300, 5)).Run(mustLaw(t, law, s, s.backend.Full()), seed)
				longest = max(longest, r.settled(calm, 5, 1-1/300.0))
			}
		}
		fmt.Fprintf(b, " %.1f s |\n", longest)
	}
}

// priority plays a storm of 300 times capacity in which P0 alone asks for
// demand of it, and counts P0.
func priority(t testing.TB, law string, demand, length float64, seed uint64) (came, served int) {
	s := stands[0]
	c := s.capacity()
	d := s.day(Load{{0, c / 2}, {calm, c / 2}, {calm, 300 * c}, {calm + length, 300 * c}})
	d.Classes = [admission.Classes]float64{demand / 300, 0.2, 0.5, 0.3 - demand/300}
	return d.Run(mustLaw(t, law, s, s.backend.Full()), seed).Served(admission.P0, calm+2, calm+length-s.deadline)
}

// wilson is the lower end of the 95 % interval of a share (Wilson 1927).
func wilson(k, n int) float64 {
	const z = 1.96
	p, m := float64(k)/float64(n), float64(n)
	return (p + z*z/(2*m) - z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m))) / (1 + z*z/m)
}

// settled is how many seconds after the instant from the share of the refused,
// in tenths of a second, is within 5 % of ideal for good, over so many seconds.
func (r *Record) settled(from, length, ideal float64) float64 {
	bins := int(length * 10)
	came, let := make([]float64, bins), make([]float64, bins)
	count := func(in []float64, at float64) {
		if i := int(math.Floor((at - from) * 10)); i >= 0 && i < bins {
			in[i]++
		}
	}
	for _, class := range r.offered {
		for _, at := range class {
			count(came, at)
		}
	}
	for _, a := range r.answers {
		count(let, a.due)
	}
	for i := bins - 1; i >= 0; i-- {
		if math.Abs(1-let[i]/came[i]-ideal) > 0.05*ideal {
			return float64(i+1) / 10
		}
	}
	return 0
}
