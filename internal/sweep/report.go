package sweep

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/peakday/peakday/engine/result"
)

// A Report is what a sweep found. Its cells stand in the order in which they were measured.
type Report struct {
	Of       string         `json:"of"`
	Machine  result.Machine `json:"machine"`
	MaxProcs int            `json:"gomaxprocs"`
	Began    time.Time      `json:"began"`
	Took     float64        `json:"took"`
	For      float64        `json:"storm"`  // seconds
	Within   float64        `json:"within"` // seconds
	Capacity Capacity       `json:"capacity"`
	Skipped  []string       `json:"skipped,omitempty"`
	Cells    []Cell         `json:"cells"`
}

// compare sets each cell beside the fixed oracle's with the same arrivals.
func (r *Report) compare() {
	for i := range r.Cells {
		c := &r.Cells[i]
		at := slices.IndexFunc(r.Cells, func(o Cell) bool {
			return o.Variant == "fixed" && o.Multiple == c.Multiple && o.Seed == c.Seed && o.Change == c.Change
		})
		if at >= 0 && r.Cells[at].Void == "" && r.Cells[at].Goodput > 0 {
			c.OracleShare = Figure(c.Goodput / r.Cells[at].Goodput)
		}
	}
}

// columns of a table, and how each is told of a cell.
var columns = [...]struct {
	name string
	of   func(Cell) Figure
	say  func(Figure) string
}{
	{"goodput/s", func(c Cell) Figure { return Figure(c.Goodput) }, plain},
	{"of possible", func(c Cell) Figure { return Figure(c.Share) }, percent},
	{"of oracle", func(c Cell) Figure { return c.OracleShare }, percent},
	{"onset", func(c Cell) Figure { return c.Onset }, percent},
	{"p99", func(c Cell) Figure { return c.P99 }, seconds},
	{"/ unloaded", func(c Cell) Figure { return c.P99Times }, times},
	{"refused", func(c Cell) Figure { return Figure(c.Refused) }, percent},
	{"refusal p99", func(c Cell) Figure { return c.RefusedP99 }, seconds},
	{"settled", func(c Cell) Figure { return c.Settled }, seconds},
	{"recovery", func(c Cell) Figure { return c.Recovery }, seconds},
	{"worker wait p99", func(c Cell) Figure { return c.WorkerWait99 }, seconds},
	{"cores: generator", func(c Cell) Figure { return Figure(c.CPU.Generator) }, plain},
	{"guard", func(c Cell) Figure { return Figure(c.CPU.Guard) }, plain},
	{"service", func(c Cell) Figure { return Figure(c.CPU.Service) }, plain},
}

func plain(f Figure) string   { return fmt.Sprintf("%.3g", float64(f)) }
func percent(f Figure) string { return fmt.Sprintf("%.1f %%", 100*float64(f)) }
func times(f Figure) string   { return fmt.Sprintf("%.2f", float64(f)) }
func seconds(f Figure) string {
	return time.Duration(float64(f) * float64(time.Second)).Round(100 * time.Microsecond).String()
}

// A spread is a figure over the seeds.
type spread struct {
	median, least, most Figure
	missing             int // seeds that had none
}

func spreadOf(values []Figure) (s spread) {
	kept := slices.DeleteFunc(slices.Clone(values), func(f Figure) bool { return math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) })
	s.missing = len(values) - len(kept)
	if len(kept) == 0 {
		s.median, s.least, s.most = Figure(none()), Figure(none()), Figure(none())
		return s
	}
	slices.Sort(kept)
	n := len(kept)
	s.median, s.least, s.most = (kept[(n-1)/2]+kept[n/2])/2, kept[0], kept[n-1]
	return s
}

// text is the median, and the ends where they differ. What only some seeds had is said.
func (s spread) text(say func(Figure) string) string {
	if math.IsNaN(float64(s.median)) {
		return "-"
	}
	t := say(s.median)
	if say(s.least) != say(s.most) {
		t += " (" + say(s.least) + " to " + say(s.most) + ")"
	}
	if s.missing > 0 {
		t += fmt.Sprintf(", %d without", s.missing)
	}
	return t
}

// A group is the cells that differ by their seed only.
type group struct {
	variant          string
	multiple, change float64
	valid            []Cell
	void             int
}

func (r *Report) groups() (all []group) {
	for _, c := range r.Cells {
		i := slices.IndexFunc(all, func(g group) bool { return g.variant == c.Variant && g.multiple == c.Multiple && g.change == c.Change })
		if i < 0 {
			i = len(all)
			all = append(all, group{variant: c.Variant, multiple: c.Multiple, change: c.Change})
		}
		if c.Void != "" {
			all[i].void++
		} else if c.Offered > 0 {
			all[i].valid = append(all[i].valid, c)
		}
	}
	slices.SortStableFunc(all, func(a, b group) int {
		return cmp.Or(cmp.Compare(math.Abs(a.change-1), math.Abs(b.change-1)), cmp.Compare(a.multiple, b.multiple), cmp.Compare(rank(a.variant), rank(b.variant)), cmp.Compare(a.variant, b.variant))
	})
	return all
}

// rank puts what is compared with first.
func rank(variant string) int {
	if i := slices.Index([]string{"none", "fixed"}, variant); i >= 0 {
		return i
	}
	return 2
}

// rows of the table, the head first.
func (r *Report) rows() (all [][]string) {
	head := []string{"load", "variant", "seeds"}
	for _, c := range columns {
		head = append(head, c.name)
	}
	all = append(all, head)
	for _, g := range r.groups() {
		load := fmt.Sprintf("%gx", g.multiple)
		if g.change != 1 {
			load += fmt.Sprintf(", work %gx", g.change)
		}
		seeds := fmt.Sprint(len(g.valid))
		if g.void > 0 {
			seeds += fmt.Sprintf(", %d void", g.void)
		}
		row := []string{load, g.variant, seeds}
		for _, c := range columns {
			var values []Figure
			for _, cell := range g.valid {
				values = append(values, c.of(cell))
			}
			row = append(row, spreadOf(values).text(c.say))
		}
		all = append(all, row)
	}
	return all
}

// head says in sentences what the table is of.
func (r *Report) head() string {
	var b strings.Builder
	c := r.Capacity
	fmt.Fprintf(&b, "Of %s.\n", r.Of)
	fmt.Fprintf(&b, "Measured %s in %.1f minutes on %s, %d cores, GOMAXPROCS %d, %s, %s; peakday %s.\n", r.Began.Format(time.DateTime+" UTC"), r.Took/60, r.Machine.CPU, r.Machine.Cores, r.MaxProcs, r.Machine.OS, r.Machine.Go, r.Machine.Version)
	fmt.Fprintf(&b, "Capacity %.2f good answers a second, measured with %d users who wait for their answers; at half of it p50 %s and p99 %s.\n", c.Rate, c.Users, seconds(c.UnloadedP50), seconds(c.UnloadedP99))
	fmt.Fprintf(&b, "Capacity × mean latency, the seed of a law that learns, is %d.\n", c.seed())
	if len(c.Trials) > 0 {
		var tried []string
		for _, t := range c.Trials {
			tried = append(tried, fmt.Sprintf("%d: %.3g/s at p99 %s", t.Limit, t.Goodput, seconds(t.P99)))
		}
		fmt.Fprintf(&b, "The fixed oracle's limit is %d; at %dx were tried %s.\n", c.Limit, oracleMultiple, strings.Join(tried, "; "))
		if len(within(c.Trials, oracleP99*c.UnloadedP99)) == 0 {
			fmt.Fprintf(&b, "None of them kept p99 within %g times the unloaded one, so it is the one that did most at any p99: the harder opponent.\n", oracleP99)
		}
	}
	fmt.Fprintf(&b, "Storms of %g s; an answer is good within %g s. Median over the seeds, and from the least to the most.\n", r.For, r.Within)
	for _, why := range r.Skipped {
		fmt.Fprintf(&b, "Left out: %s.\n", why)
	}
	return b.String()
}

// WriteText writes the report for people at a terminal.
func (r *Report) WriteText(w io.Writer) error {
	fmt.Fprintln(w, r.head())
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range r.rows() {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	return t.Flush()
}

// WriteMarkdown writes it for a page.
func (r *Report) WriteMarkdown(w io.Writer) error {
	fmt.Fprintln(w, r.head())
	for i, row := range r.rows() {
		fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintf(w, "|%s\n", strings.Repeat("---|", len(row)))
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}

// brief is a cell in a line, for who watches.
func (c Cell) brief() string {
	if c.Void != "" {
		return c.String() + ": void: " + c.Void
	}
	return fmt.Sprintf("%v: goodput %.3g/s (%s), onset %s, p99 %s (%sx), recovery %s, cores %.2f %.2f %.2f", c, c.Goodput, percent(Figure(c.Share)),
		spreadOf([]Figure{c.Onset}).text(percent), spreadOf([]Figure{c.P99}).text(seconds), spreadOf([]Figure{c.P99Times}).text(times), spreadOf([]Figure{c.Recovery}).text(seconds),
		c.CPU.Generator, c.CPU.Guard, c.CPU.Service)
}
