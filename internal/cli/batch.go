package cli

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"
	"github.com/peakday/peakday/reports/gate"
)

// batchFlags are those of peakday forecast --batch, beside those of a history.
type batchFlags struct {
	file, maxOut string
	levels       []string
	tier         *choice
}

func addBatchFlags(c *cobra.Command) *batchFlags {
	b := batchFlags{tier: newChoice("standard", "fast")}
	f := c.Flags()
	f.StringVar(&b.file, "batch", "", "forecast every series of this file, each alone; \"-\" for standard input")
	f.StringSliceVar(&b.levels, "levels", nil, "with --batch, quantiles such as 0.025,0.975, each to a file beside --out")
	f.StringVar(&b.maxOut, "max-out", "", "with --batch, a file for the 0.5, 0.9, 0.95 and 0.99 quantiles of the maximum and its most likely step")
	f.Var(b.tier, "tier", "with --batch, accuracy or speed")
	return &b
}

// misplaced refuses what would be passed over: flags of a batch without one, and
// those of a single history with one.
func (b *batchFlags) misplaced(c *cobra.Command) error {
	names, with := []string{"levels", "max-out", "tier"}, "without --batch: want both or neither"
	if b.file != "" {
		names, with = []string{"series", "quantiles", "quantile", "base", "html", "png", "scenario", "output"}, "with --batch: leave one of them out"
	}
	for _, name := range names {
		if c.Flags().Changed(name) {
			return usage(c, "--%s %s", name, with)
		}
	}
	return nil
}

// run forecasts the batch. A series that cannot be forecast gets a line of
// empty cells and a word on stderr, and the command fails when all are done.
func (b *batchFlags) run(c *cobra.Command, s *session, read *historyFlags, ahead horizon, out string) error {
	if out == "" {
		return usage(c, "--batch without --out: want a file for the forecasts")
	}
	plan := batch{horizon: ahead, seasons: read.seasons, tier: ensemble.Standard()}
	if b.tier.value == "fast" {
		plan.tier = ensemble.Fast()
	}
	var err error
	if plan.levels, err = probabilities(b.levels); err != nil {
		return usage(c, "--levels %v", err)
	}
	if out == "-" && (len(b.levels) > 0 || b.maxOut == "-") {
		return usage(c, "--out - with more than one answer: standard output takes one")
	}
	in, size, err := b.open(patient{c.Context(), s.stdin})
	if err != nil {
		return err
	}
	defer in.Close()
	names := []string{out}
	for _, word := range b.levels {
		ext := filepath.Ext(out)
		names = append(names, strings.TrimSuffix(out, ext)+"."+word+ext)
	}
	if b.maxOut != "" {
		names = append(names, b.maxOut)
	}
	bytes := &counted{Reader: in}
	show := newTally(s.stderr, bytes, size)
	if plan.seasons == nil {
		show.seasons = map[string]int{}
	}
	defer show.done()
	text, err := unzipped(bytes, b.file)
	if err != nil {
		return err
	}
	all := history.Each(text, b.file, read.Options)
	err = writeFiles(s.stdout, names, func(files []*bufio.Writer) error {
		return plan.forecastAll(c.Context(), all, func(t *task) error {
			show.one(t)
			return plan.write(files, b.maxOut != "", t)
		})
	})
	if err != nil && c.Context().Err() != nil {
		fmt.Fprintln(s.stderr, "peakday: interrupted: no file was written")
		return verdict(gate.ExitInconclusive)
	}
	if err != nil {
		return err
	}
	return show.verdict()
}

func (b *batchFlags) open(stdin io.Reader) (in io.ReadCloser, size int64, err error) {
	if b.file == "-" {
		return io.NopCloser(stdin), 0, nil
	}
	f, err := os.Open(b.file)
	if err != nil {
		return nil, 0, fmt.Errorf("reading %s: %w", b.file, err)
	}
	if info, err := f.Stat(); err == nil {
		size = info.Size()
	}
	return f, size, nil
}

// A batch is what to forecast of every series.
type batch struct {
	horizon
	seasons []string // as told; nil: found in each series
	levels  []float64
	tier    ensemble.Tier
}

// ahead is how many steps of a series to forecast.
func (b *batch) ahead(s series.Series) int {
	if b.steps > 0 {
		return b.steps
	}
	return s.Bins(b.length)
}

// forecast one series. A horizon in time needs a step.
func (b *batch) forecast(t *task) error {
	h := t.history
	o := ensemble.Options{Horizon: b.ahead(h.Series), Levels: b.levels, Tier: b.tier}
	if o.Horizon == 0 {
		return fmt.Errorf("series %s has a step of %v: give --horizon in steps", h.ID, h.Series.Step)
	}
	for _, text := range b.seasons {
		length, err := bins(text, h.Series.Step)
		if err != nil {
			return fmt.Errorf("series %s: --season: %w", h.ID, err)
		}
		o.Seasons = append(o.Seasons, length)
	}
	slices.Sort(o.Seasons)
	if o.Seasons = slices.Compact(o.Seasons); len(o.Seasons) == 0 {
		for _, season := range series.FindSeasons(h.Series) {
			o.Seasons = append(o.Seasons, season.Length)
		}
	}
	var err error
	if t.forecast, err = ensemble.New(h.Series.Observed(0, h.Series.Len()), o); err != nil {
		return fmt.Errorf("series %s: %w", h.ID, err)
	}
	t.seasons = o.Seasons
	return nil
}

// task is one series on its way; done is closed when it has been forecast.
type task struct {
	history  history.History
	forecast ensemble.Forecast
	seasons  []int // of it, in steps
	err      error
	done     chan struct{}
}

// forecastAll keeps as many workers busy as there are processors and hands
// their results over in the order of the input. It holds a few series for each
// worker and no more.
func (b *batch) forecastAll(ctx context.Context, all iter.Seq2[history.History, error], take func(*task) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	work := make(chan *task)
	inOrder := make(chan *task, 4*workers)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	var broken error
	wg.Go(func() {
		defer close(inOrder)
		defer close(work)
		for h, err := range all {
			if err != nil && h.ID == "" {
				broken = err
				return
			}
			t := &task{history: h, err: err, done: make(chan struct{})}
			select {
			case inOrder <- t:
			case <-ctx.Done():
				return
			}
			if err != nil {
				close(t.done)
				continue
			}
			select {
			case work <- t:
			case <-ctx.Done():
				return
			}
		}
	})
	for range workers {
		wg.Go(func() {
			for t := range work {
				t.err = b.forecast(t)
				close(t.done)
			}
		})
	}
	for t := range inOrder {
		select {
		case <-t.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if err := take(t); err != nil {
			return err
		}
	}
	if broken != nil { // written before inOrder was closed
		return broken
	}
	return ctx.Err()
}

// write puts a line of one series into every file.
func (b *batch) write(files []*bufio.Writer, max bool, t *task) error {
	id, f := t.history.ID, t.forecast
	paths := append([][]float64{f.Point}, f.Quantiles...)
	for i := range 1 + len(b.levels) {
		var path []float64
		if i < len(paths) {
			path = paths[i]
		}
		if err := writeLine(files[i], id, path, b.ahead(t.history.Series)); err != nil {
			return err
		}
	}
	if max {
		var cells []float64
		if len(f.Maximum.Quantiles) > 0 {
			cells = append(append(cells, f.Maximum.Quantiles...), float64(f.Maximum.Step))
		}
		return writeLine(files[len(files)-1], id, cells, 5) // four quantiles and the step
	}
	return nil
}

// writeLine writes the id, quoted where it must be, and the values; missing ones are empty cells.
func writeLine(w *bufio.Writer, id string, values []float64, cells int) error {
	if strings.ContainsAny(id, ",\"\r\n") {
		id = `"` + strings.ReplaceAll(id, `"`, `""`) + `"`
	}
	w.WriteString(id)
	number := make([]byte, 0, 32)
	for i := range max(cells, len(values)) {
		w.WriteByte(',')
		if i < len(values) {
			w.Write(strconv.AppendFloat(number[:0], values[i], 'g', 8, 64))
		}
	}
	return w.WriteByte('\n')
}

// writeFiles writes several whole files or leaves the old ones as they were; "-" is standard output.
func writeFiles(stdout io.Writer, names []string, write func([]*bufio.Writer) error) error {
	var failed error // by write, which has nothing to do with the files
	var open func(i int, files []*bufio.Writer) error
	open = func(i int, files []*bufio.Writer) error {
		if i == len(names) {
			failed = write(files)
			return failed
		}
		one := func(w io.Writer) error {
			b := bufio.NewWriter(w)
			return cmp.Or(open(i+1, append(files, b)), b.Flush()) // whole lines, if standard output is cut off
		}
		if names[i] == "-" {
			return one(stdout)
		}
		return writeFile(names[i], one)
	}
	if err := open(0, nil); failed == nil {
		return err
	}
	return failed
}

// counted counts what is read.
type counted struct {
	io.Reader
	n atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// A tally counts the series of a batch, shows how far it is on a terminal and
// passes on what they warn of.
type tally struct {
	w           io.Writer
	terminal    bool
	read        *counted
	size        int64 // bytes to read, 0 if nobody knows
	start, last time.Time
	all, failed int
	warnings    int
	seasons     map[string]int // how many series have each, as found; nil: they were told
}

// So many warnings and seasons are printed; the rest are counted.
const (
	mostWarnings = 20
	mostSeasons  = 5
)

func newTally(w io.Writer, read *counted, size int64) *tally {
	now := time.Now()
	return &tally{w: w, terminal: isTerminal(w), read: read, size: size, start: now, last: now}
}

func (t *tally) one(s *task) {
	t.all++
	words := s.history.Warnings()
	for _, w := range s.forecast.Warnings {
		words = append(words, fmt.Sprintf("series %s: %s", s.history.ID, w))
	}
	if s.err != nil {
		t.failed++
		words = append(words, s.err.Error())
	} else if t.seasons != nil {
		t.seasons[strings.Trim(fmt.Sprint(s.seasons), "[]")]++
	}
	for _, word := range words {
		if t.warnings++; t.warnings <= mostWarnings {
			t.clear()
			fmt.Fprintf(t.w, "peakday: %s\n", word)
		}
	}
	if now := time.Now(); t.terminal && now.Sub(t.last) > 200*time.Millisecond {
		t.last = now
		t.clear()
		fmt.Fprintf(t.w, "%d series, %.0f/s%s", t.all, float64(t.all)/now.Sub(t.start).Seconds(), t.share(now))
	}
}

func (t *tally) share(now time.Time) string {
	if t.size == 0 {
		return ""
	}
	done := min(1, float64(t.read.n.Load())/float64(t.size)) // a file may grow meanwhile
	bar := strings.Repeat("█", int(20*done)) + strings.Repeat("░", 20-int(20*done))
	return fmt.Sprintf("  %s %3.0f %%  left %s", bar, 100*done, time.Duration(float64(now.Sub(t.start))*(1/done-1)).Round(time.Second))
}

func (t *tally) clear() {
	if t.terminal {
		fmt.Fprint(t.w, "\r\x1b[K")
	}
}

func (t *tally) done() {
	t.clear()
	if t.warnings > mostWarnings {
		fmt.Fprintf(t.w, "peakday: and %d more warnings\n", t.warnings-mostWarnings)
	}
	others := 0
	for i, found := range t.commonSeasons() {
		if i >= mostSeasons {
			others += t.seasons[found]
			continue
		}
		fmt.Fprintf(t.w, "peakday: seasons of %d series, found: %s\n", t.seasons[found], cmp.Or(strings.ReplaceAll(found, " ", ","), "none"))
	}
	if others > 0 {
		fmt.Fprintf(t.w, "peakday: other seasons of %d series; --season 24,168 gives all the same\n", others)
	}
}

// commonSeasons are those that were found, of the most series first.
func (t *tally) commonSeasons() []string {
	return slices.SortedFunc(maps.Keys(t.seasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.seasons[b], t.seasons[a]), cmp.Compare(a, b))
	})
}

func (t *tally) verdict() error {
	if t.failed > 0 {
		return fmt.Errorf("%d of %d series could not be forecast: their lines are empty", t.failed, t.all)
	}
	return nil
}
