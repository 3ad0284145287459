package sweep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/store/postgres/server"
)

// A Sweep is what is to be measured.
type Sweep struct {
	Target   string // base URL of a service that runs already; empty means Service, fresh for each cell
	Allow    []string
	Service  Service
	Scenario scenarios.Scenario // its requests or mix are sent; its shape, people and budgets are not looked at

	Variants  []Variant
	Multiples []float64 // of the capacity
	Seeds     []uint64
	For       time.Duration // of a storm
	Within    time.Duration // an answer is good up to so long after due, and the guard is told so
	Timeout   time.Duration // clients give up after so long; 0 is Within
	Changes   []float64     // of the bundled service's hold, in the middle of storms of twice the length at ChangeAt
	ChangeAt  float64       // multiple

	MaxLateness time.Duration // p99 of the generator's lateness beyond which a cell is void
	Version     string
	Say         func(string) // progress, a line at a time; may be nil

	dir      string
	files    uint64 // that a process may open
	postgres *server.Server
	began    time.Time
	rate     float64       // the capacity that was measured
	left     time.Duration // of the cells, about
}

// How many arrivals a second cells that run side by side may have together, how many such cells there may be, and beyond
// which rate a cell is left out: more than two cores send and refuse.
const (
	together   = 4000
	sideBySide = 6
	mostRate   = 40_000
)

// around is what a cell takes besides its arrivals: processes, and the last answers.
const around = 2 * time.Second

// Run measures everything. A cell that is void stays in the report, without figures.
func (s *Sweep) Run(ctx context.Context) (r Report, err error) {
	s.began = time.Now()
	if s.dir, err = os.MkdirTemp("", "peakday-sweep-"); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(s.dir)) }()
	limits, err := engine.ReadLimits()
	if err != nil {
		return r, err
	}
	s.files = min(limits.OpenFiles, 100_000)
	r.Machine, r.Began, r.For, r.Within = drill.Machine(s.Version), s.began.UTC(), s.For.Seconds(), s.Within.Seconds()
	r.Of, r.MaxProcs = s.Target, runtime.GOMAXPROCS(0)
	if len(s.Scenario.Requests) == 1 {
		r.Of += s.Scenario.Requests[0].Path
	}
	if s.Target == "" {
		r.Of = s.Service.String()
		if s.Service.Store == sut.Postgres {
			if s.postgres, err = server.Start(ctx, server.Options{}); err != nil {
				return r, err
			}
			defer func() { err = errors.Join(err, s.postgres.Close()) }()
			r.Of += "; PostgreSQL, " + s.postgres.String()
		}
	}
	if r.Capacity, err = s.measureCapacity(ctx); err != nil {
		return r, err
	}
	s.rate = r.Capacity.Rate
	variants := map[string]Variant{}
	for _, v := range s.Variants {
		if v.Law == "fixed" && v.Limit == 0 {
			if err := s.findLimit(ctx, &r.Capacity); err != nil {
				return r, err
			}
			v.Limit = r.Capacity.Limit
		} else if v.Law != "" && v.Law != "fixed" {
			v.Seed = r.Capacity.seed()
			if v.Most > 0 {
				v.Seed = min(v.Seed, v.Most)
			}
		}
		variants[v.Name] = v
	}
	r.Cells = s.plan()
	r.Skipped = s.skip(&r)
	plain, changed := split(r.Cells)
	s.left = s.lasts(plain, s.For) + s.lasts(changed, 2*s.For)
	s.say("%d cells, about %v from now", len(r.Cells), s.left.Round(10*time.Second))
	err = s.cells(ctx, plain, variants, r.Capacity, s.For)
	if err == nil {
		err = s.cells(ctx, changed, variants, r.Capacity, 2*s.For)
	}
	r.compare()
	r.Took = time.Since(s.began).Seconds()
	return r, err
}

// plan is every cell: of one multiple and seed, the variants come one after the other, each time beginning elsewhere.
func (s *Sweep) plan() (all []Cell) {
	turn := 0
	add := func(multiple float64, seed uint64, change float64) {
		for i := range s.Variants {
			v := s.Variants[(i+turn)%len(s.Variants)]
			all = append(all, Cell{Variant: v.Name, Multiple: multiple, Seed: seed, Change: change})
		}
		turn++
	}
	for _, multiple := range s.Multiples {
		for _, seed := range s.Seeds {
			add(multiple, seed, 1)
		}
	}
	for _, change := range s.Changes {
		for _, seed := range s.Seeds {
			add(s.ChangeAt, seed, change)
		}
	}
	return all
}

// skip leaves out the cells that no two cores can send, and names them.
func (s *Sweep) skip(r *Report) (why []string) {
	r.Cells = slices.DeleteFunc(r.Cells, func(c Cell) bool { return c.Multiple*r.Capacity.Rate > mostRate })
	loads := slices.Clone(s.Multiples)
	if len(s.Changes) > 0 && !slices.Contains(loads, s.ChangeAt) {
		loads = append(loads, s.ChangeAt)
	}
	for _, m := range loads {
		if rate := m * r.Capacity.Rate; rate > mostRate {
			why = append(why, fmt.Sprintf("%gx is %.3g/s, more than the %d/s that are sent from here", m, rate, mostRate))
		}
	}
	return why
}

// split tells the cells in which the service changes from the others; both keep their places in the report.
func split(cells []Cell) (plain, changed []Cell) {
	i := slices.IndexFunc(cells, func(c Cell) bool { return c.Change != 1 })
	if i < 0 {
		return cells, nil
	}
	return cells[:i], cells[i:]
}

// batch is how many of the first cells run side by side: of one multiple, and few enough.
func (s *Sweep) batch(cells []Cell) int {
	if s.Target != "" {
		return 1 // there is one service
	}
	n := 1
	for n < len(cells) && n < sideBySide && float64(n+1)*cells[0].Multiple*s.rate <= together &&
		cells[n].Multiple == cells[0].Multiple && cells[n].Change == cells[0].Change {
		n++
	}
	return n
}

// lasts is about how long cells take.
func (s *Sweep) lasts(cells []Cell, length time.Duration) (sum time.Duration) {
	for len(cells) > 0 {
		cells = cells[s.batch(cells):]
		sum += before + length + after + around
	}
	return sum
}

// cells measures cells in place, void ones once more.
func (s *Sweep) cells(ctx context.Context, cells []Cell, variants map[string]Variant, c Capacity, length time.Duration) error {
	for len(cells) > 0 {
		n := s.batch(cells)
		batch := cells[:n]
		cells = cells[n:]
		failed := make([]error, n)
		var running sync.WaitGroup
		for i := range batch {
			running.Go(func() { failed[i] = s.cell(ctx, &batch[i], variants[batch[i].Variant], c, length) })
		}
		running.Wait()
		for i := range batch {
			if failed[i] == nil && batch[i].Void != "" {
				s.say("%v is void (%s); once more, alone", batch[i], batch[i].Void)
				failed[i] = s.cell(ctx, &batch[i], variants[batch[i].Variant], c, length)
			}
			if failed[i] != nil {
				return fmt.Errorf("%v: %w", batch[i], failed[i])
			}
		}
		s.left = max(0, s.left-(before+length+after+around))
		for i := range batch {
			s.say("%s; %v left", batch[i].brief(), s.left.Round(time.Second))
		}
		if s.Target != "" {
			if err := s.settle(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// cell measures one.
func (s *Sweep) cell(ctx context.Context, cell *Cell, v Variant, c Capacity, length time.Duration) error {
	rate := cell.Multiple * c.Rate
	d := drive{scenario: s.storm(c.Rate, rate, length, c.Rate/cell.Change, cell.Seed), variant: v}
	x := expectation{from: before, to: before + length, end: before + length + after, rate: rate, capacity: c.Rate,
		unloadedP99: time.Duration(float64(c.UnloadedP99) * float64(time.Second))}
	if cell.Change != 1 {
		d.change, d.changeAfter = cell.Change, before+length/2
		x.capacity /= cell.Change
		x.unloadedP99 = time.Duration(float64(x.unloadedP99) * cell.Change)
	}
	out, err := s.drive(ctx, d)
	if err != nil {
		return err
	}
	if cell.Change != 1 {
		x.from = out.changed
	}
	cell.Void = strings.Join(out.run.End.Invalid, "; ")
	cell.Figures = measure(out.entries, x)
	cell.WorkerWait99 = out.wait
	cell.CPU = out.cpu
	return nil
}

// valid drives until the generator was on time, three times at most: what is measured before the cells is needed by all.
func (s *Sweep) valid(ctx context.Context, d drive) (driven, error) {
	for again := range 3 {
		out, err := s.drive(ctx, d)
		if err != nil {
			return out, err
		}
		if len(out.run.End.Invalid) == 0 {
			return out, nil
		}
		why := strings.Join(out.run.End.Invalid, "; ")
		if again == 2 {
			return out, fmt.Errorf("the generator could not keep up, three times: %s", why)
		}
		s.say("void (%s); once more", why)
	}
	panic("unreachable")
}

// settle waits until a service that goes on from cell to cell is as it was before.
func (s *Sweep) settle(ctx context.Context, c Capacity) error {
	for range 20 {
		d, err := s.drive(ctx, drive{scenario: s.steady(max(2, calmShare/2*c.Rate), 2*time.Second, calibrationSeed), variant: None()})
		if err != nil {
			return err
		}
		var latencies []time.Duration
		for _, e := range d.entries {
			if e.Outcome == result.Good {
				latencies = append(latencies, e.Done-e.Due)
			}
		}
		if len(latencies) == len(d.entries) && quantile(latencies, 0.99) <= 2*c.UnloadedP99 {
			return nil
		}
	}
	return errors.New("the service did not become as fast again as it was before the storm; restart it, and leave out the variant none if that is what it does")
}

func (s *Sweep) say(format string, args ...any) {
	if s.Say != nil {
		s.Say(fmt.Sprintf(format, args...))
	}
}
