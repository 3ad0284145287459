package cli

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

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
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return usage(c, "--out, --levels and --max-out would write %s twice: give each a name of its own", name)
		}
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
