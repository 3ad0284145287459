package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/peakday/peakday/internal/bench/stats"
)

// write prints the record as sut/BENCHMARKS.md. It formats and judges, and measures nothing.
func write(w io.Writer, r *Record, reasons map[string]string) error {
	var failed error
	printf := func(format string, args ...any) {
		if failed == nil {
			_, failed = fmt.Fprintf(w, format, args...)
		}
	}
	m := r.Machine
	printf("<!-- Written by make bench-sut. Reasons come from internal/bench/service/reasons.txt; nothing here is written by hand. -->\n\n")
	printf("# How fast the reference service is\n\n")
	printf("Measured %s at %s in %s min by `%s`: %d repeats, all rows in turn within each.\n",
		m.Date.UTC().Format("2006-01-02 15:04 UTC"), cmp.Or(m.Commit, "an unknown commit"), stats.Round(r.Took.Minutes(), 1), r.Command, r.Repeats)
	printf("%s, %d cores, Linux %s, %s, GOMAXPROCS %s. Service, client and database share these cores. Before the bench began others used %s of them,\n",
		m.CPU, len(m.Cores), m.Kernel, m.Go, m.MaxProcs, stats.Round(r.Others, 2))
	printf("and %s %% of the CPU time was stolen by the host meanwhile. What the figures mean: `go doc ./internal/bench/service`.\n\n", stats.Number(100*m.Steal))
	printf("The mix is the normal workday of `scenarios/library/mixes.yaml`: reconciliations of 100 lines, declarations of 20, incremental statistics. Of the %v\n", warmup+measured)
	printf("of a run the last %v are measured. fsync is on everywhere: an answer comes after its commit is on disk. Batch operations are declarations.submit and\nreconciliations.create. A request without a good answer counts with a latency of %v.\n", measured, patience)
	for _, what := range r.Unmet {
		printf("\nNot measured: %s\n", stats.Cell(what))
	}
	printf("\n| what | must be | median | min .. max | repeats | verdict | by | why |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, row := range rows {
		s := stats.SpreadOf(r.Figures[row.Key])
		must, said := stats.Must(row.Limit, row.Least, row.Unit), stats.Verdict(s.Median, row.Limit, row.Least)
		why := stats.Reason(said, reasons[row.Key])
		if row.Free {
			must, said, why = "-", "-", reasons[row.Key] // what must be known to read it
			if math.IsNaN(s.Median) {
				said = "not measured"
			}
		}
		printf("| %s | %s | %s | %s | %d | %s | %s | %s |\n", row.What, must, stats.With(s.Median, row.Unit), s.Between(row.Unit),
			len(r.Figures[row.Key]), said, row.command(), why)
	}
	return failed
}

// command is what a row was measured by.
func (r Row) command() string {
	switch r.From {
	case flatOut, openLoop, pushes:
		return "`peakday run internal/bench/service/" + r.From + " --target URL`"
	}
	return "`" + r.From + "`"
}

// publish prints the table and writes it to sut/BENCHMARKS.md.
func publish(r *Record, root string, stdout io.Writer) error {
	reasons, err := stats.ReadReasons(filepath.Join("service", "reasons.txt"))
	if err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(root, "sut", "BENCHMARKS.md"))
	if err != nil {
		return err
	}
	return errors.Join(write(io.MultiWriter(file, stdout), r, reasons), file.Close())
}
