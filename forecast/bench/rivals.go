package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

// everyOf is the sample: each so many series that judge, in the order of the file.
const everyOf = 8

// rivals puts R's forecast package and Prophet beside peakday, one series after
// the other. Seconds are of CPU, which other work on the machine moves little.
func (b bench) rivals() (Part, error) {
	all, err := b.hourly(false)
	if err != nil {
		return Part{}, err
	}
	var sample []one
	for i := 0; i < len(all); i += everyOf {
		sample = append(sample, all[i])
	}
	f := field{sample, plan(), []int{day, week}}
	reference, _, err := f.timed("Naive2", backtest.Naive2(day, horizon))
	if err != nil {
		return Part{}, err
	}
	said, seconds, missing := []judged{reference}, []float64{math.NaN()}, ""
	add := func(j judged, each float64) {
		said, seconds = append(said, j), append(seconds, each)
	}
	for _, tier := range b.tiers {
		j, each, err := f.timed("peakday, "+tier.Name, own(tier))
		if err != nil {
			return Part{}, err
		}
		add(j, each)
	}
	for _, r := range []struct{ method, from string }{
		{"mstl+ets", "forecast"}, {"mstl+arima", "forecast"}, {"thetaf", "forecast"}, {"prophet", "prophet"},
	} {
		if exec.Command("Rscript", "-e", "library("+r.from+")").Run() != nil {
			missing += fmt.Sprintf("\n%s was not measured: R has no package %s here; Debian's is r-cran-%[2]s.\n", r.method, r.from)
			continue
		}
		j, each, err := f.inR(r.method)
		if err != nil {
			return Part{}, err
		}
		add(j, each)
	}
	var w strings.Builder
	fmt.Fprintf(&w, "%d series, every %dth that judges, %d origins each. Seconds are of CPU, for one series and origin; R's without reading and starting.\n\n", len(sample), everyOf, plan().Most)
	w.WriteString("| method | seconds |\n|---|---|\n")
	for i, j := range said[1:] {
		fmt.Fprintf(&w, "| %s | %.4f |\n", j.name, seconds[i+1])
	}
	return Part{Tables: w.String() + "\n" + table(said, reference) + missing}, nil
}

// A field is series, where their origins lie and which seasons they have.
type field struct {
	all     []one
	plan    backtest.Plan
	seasons []int
}

// timed asks a method one series after the other; seconds are of CPU for one origin.
func (f field) timed(name string, method backtest.Method) (j judged, seconds float64, err error) {
	j.name = name
	start := cpu()
	for _, s := range f.all {
		of, err := backtest.Roll(s.series, f.plan, method)
		if err != nil {
			return j, 0, fmt.Errorf("series %s: %w", s.id, err)
		}
		j.add(of, f.seasons[0])
	}
	return j, (cpu() - start) / float64(len(j.trials)), nil
}

// cpu is what this process has used so far, in seconds; 0 where nobody tells.
func cpu() float64 {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

// inR asks a method of rivals.R. It is asked at all origins in one process.
func (f field) inR(method string) (j judged, seconds float64, err error) {
	folder, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return j, 0, err
	}
	defer os.RemoveAll(folder)
	in, out := filepath.Join(folder, "in.csv"), filepath.Join(folder, "out.csv")
	if err := f.writeKnown(in); err != nil {
		return j, 0, err
	}
	command := exec.Command("Rscript", filepath.FromSlash("forecast/bench/rivals.R"), method, in, out, strconv.Itoa(f.plan.Horizon))
	for _, m := range f.seasons {
		command.Args = append(command.Args, strconv.Itoa(m))
	}
	command.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")
	if text, err := command.CombinedOutput(); err != nil {
		return j, 0, fmt.Errorf("%s in R: %w: %s", method, err, text)
	}
	file, err := os.Open(out)
	if err != nil {
		return j, 0, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return j, 0, fmt.Errorf("%s in R: %w", method, err)
	}
	next := 0
	answer := func(series.Series) (ensemble.Forecast, error) { // in the order in which they were written
		if next == len(rows) {
			return ensemble.Forecast{}, fmt.Errorf("%s in R: %d answers, want more", method, next)
		}
		row := rows[next]
		next++
		took, said, err := parseAnswer(row, f.plan.Horizon)
		seconds += took
		return said, err
	}
	j, _, err = f.timed("R "+method, answer)
	return j, seconds / float64(len(rows)), err
}

// writeKnown writes what is known at every origin, a line each.
func (f field) writeKnown(name string) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	for _, s := range f.all {
		for _, o := range f.plan.Origins(s.series) {
			for i, v := range s.series.Values[:o] {
				if i > 0 {
					w.WriteByte(',')
				}
				w.Write(strconv.AppendFloat(w.AvailableBuffer(), v, 'g', -1, 64))
			}
			w.WriteByte('\n')
		}
	}
	return w.Flush()
}

func parseAnswer(row []string, horizon int) (took float64, f ensemble.Forecast, err error) {
	const paths = 4 // point, 0.025, 0.95, 0.975
	if len(row) != 1+paths*horizon {
		return 0, f, fmt.Errorf("%d numbers of R: want %d", len(row), 1+paths*horizon)
	}
	numbers := make([]float64, len(row))
	for i, text := range row {
		if numbers[i], err = strconv.ParseFloat(text, 64); err != nil && text == "NA" {
			numbers[i], err = math.NaN(), nil
		}
		if err != nil {
			return 0, f, err
		}
	}
	path := func(i int) []float64 { return numbers[1+i*horizon : 1+(i+1)*horizon] }
	return numbers[0], ensemble.Forecast{Point: path(0), Levels: []float64{0.025, 0.95, 0.975}, Quantiles: [][]float64{path(1), path(2), path(3)}}, nil
}
