package cli

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/internal/sweep"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/library"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/admission"
)

// sweepFlags are those of guard sweep.
type sweepFlags struct {
	sweep.Sweep
	laws     []string
	against  []string
	seeds    []int
	most     int
	scenario string
	out      string
}

func sweepCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:   "sweep",
		Short: "Measure what the guard is worth: goodput and latency at multiples of the capacity.",
		Long: `Measure what the guard is worth: goodput and latency at multiples of the capacity, which is measured first, without a
guard, behind the best fixed limit and behind each law. It loads the bundled service, or with --target one of your own.
Every storm is open loop; one whose generator was late is repeated once.

A cell is one storm, of a variant, a multiple and a seed. A row is the cells that differ by their seed only: the median
over the seeds, with the least and the most where they differ.
  of possible   goodput as a share of what the service can do, or of what was asked for where that is less
  of oracle     goodput as a share of that behind the oracle: "fixed", the best of some fixed limits, tried one by one
  onset         the worst stretch of the storm, as a rule its first: answers there as a share of those expected
  / unloaded    the p99 of admitted requests as a multiple of that at half the capacity
  settled       how long until the share of refusals was right, and stayed so for 5 s
  recovery      how long after the storm until 97 % of the answers were good and p99 was near the unloaded one
  cores         processor time of generator, guard and service, in seconds a second
A "-" is a figure that no seed had. For a service of your own: seed the guard, limiter.seed, with capacity × latency, as the
report has it.`,
		Example: `  peakday guard sweep --multiples 1.05,30 --seeds 100 --for 10s
  peakday guard sweep --target http://127.0.0.1:8080 --scenario my.yaml --multiples 1.05,5,30`,
		Args: exactly(),
	}
	f := sweepFlags{Sweep: sweep.Sweep{Service: sweep.Reference()}}
	format := formatFlag(c, "text", "json", "markdown")
	f.add(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := f.complete(c); err != nil {
			return err
		}
		f.Say = func(line string) { fmt.Fprintf(s.stderr, "peakday: %s\n", line) }
		f.Version = version()
		report, err := f.Run(c.Context())
		if err != nil && len(report.Cells) == 0 { // without an error it says why there are none
			return err
		}
		var unkept, unwritten error // neither may lose the other: a report takes minutes to measure
		if f.out != "" {
			unkept = writeFile(f.out, func(w io.Writer) error { return printJSON(w, report) })
		}
		switch format.value {
		case "json":
			unwritten = printJSON(s.stdout, report)
		case "markdown":
			unwritten = report.WriteMarkdown(s.stdout)
		default:
			unwritten = report.WriteText(s.stdout)
		}
		return errors.Join(err, unkept, unwritten)
	}
	return c
}

func (f *sweepFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.Target, "target", "", "base URL of a service that runs already (default: the bundled one, fresh for each storm)")
	flags.StringArrayVar(&f.Allow, "allow-target", nil, "a host that is not this machine and may be loaded all the same (may be repeated)")
	flags.StringVar(&f.scenario, "scenario", "", "send this scenario's requests (default: GET of the target, or the bundled service's mix of a reform's first day)")
	flags.Float64SliceVar(&f.Multiples, "multiples", []float64{0.95, 1.05, 5, 30, 300}, "storms, in multiples of the capacity")
	flags.IntSliceVar(&f.seeds, "seeds", []int{100, 101, 102}, "one storm each")
	flags.DurationVar(&f.For, "for", 20*time.Second, "length of a storm")
	flags.StringSliceVar(&f.laws, "laws", append([]string{"none", "fixed"}, admission.Laws()[0]), "what stands before the service: none; fixed, the best fixed limit there is; or a law: "+strings.Join(admission.Laws(), ", "))
	flags.IntVar(&f.most, "most", 0, "limiter.most of the laws that learn: where a database is behind the service, one less than its pool (default: the law's own)")
	flags.StringArrayVar(&f.against, "against", nil, "NAME=COMMAND: another proxy beside them, which is given --upstream URL and answers as peakday guard -o json does (may be repeated)")
	flags.DurationVar(&f.Within, "within", 3*time.Second, "an answer is good up to so long after it was due; the guard is told so")
	flags.DurationVar(&f.Timeout, "timeout", 0, "clients give up after so long (default: as --within)")
	flags.DurationVar(&f.MaxLateness, "max-lateness", 5*time.Millisecond, "p99 of the generator's own lateness beyond which a storm is void")
	flags.StringVar(&f.out, "out", "", "write the report as JSON to this file, too")
	flags.StringVar(&f.Service.Store, "store", f.Service.Store, "what keeps the bundled service's database: sqlite or postgres, which is found or started")
	flags.IntVar(&f.Service.Workers, "workers", f.Service.Workers, "workers of the bundled service")
	flags.DurationVar(&f.Service.Hold, "hold", f.Service.Hold, "mean time a request holds one")
	flags.Float64Var(&f.Service.Spread, "hold-spread", f.Service.Spread, "how that is scattered, as peakday sut has it")
	flags.IntVar(&f.Service.Queue, "queue", f.Service.Queue, "requests that wait for one")
	flags.IntVar(&f.Service.People, "people", f.Service.People, "people of the bundled service")
	flags.Float64SliceVar(&f.Changes, "changes", nil, "storms of twice the length in whose middle the bundled service's hold becomes so many times as long")
	flags.Float64Var(&f.ChangeAt, "changes-at", 30, "multiple of the capacity of those storms")
}

// complete looks at the flags and fills in what follows from them.
func (f *sweepFlags) complete(c *cobra.Command) error {
	for name, list := range map[string][]float64{"multiples": f.Multiples, "changes": f.Changes, "changes-at": {f.ChangeAt}} {
		for _, v := range list {
			if !(v > 0 && v <= 10_000) {
				return usage(c, "--%s %v: want numbers above 0, such as 1.05,5,30", name, v)
			}
		}
	}
	switch {
	case len(f.Multiples)+len(f.Changes) == 0:
		return usage(c, "--multiples: want at least one, such as 30")
	case f.most < 0:
		return usage(c, "--most %d: want 1 or more, or none", f.most)
	case f.For < time.Second:
		return usage(c, "--for %v: want at least 1s", f.For)
	case f.Within <= 0 || f.Timeout < 0 || f.MaxLateness <= 0:
		return usage(c, "--within %v, --timeout %v, --max-lateness %v: want times above 0", f.Within, f.Timeout, f.MaxLateness)
	case f.Target != "" && len(f.Changes) > 0:
		return usage(c, "--changes: only the bundled service can be changed on the way; want no --target")
	case f.Service.Store != sut.SQLite && f.Service.Store != sut.Postgres:
		return usage(c, "--store %q: want %s or %s", f.Service.Store, sut.SQLite, sut.Postgres)
	}
	for _, seed := range f.seeds {
		if seed < 0 {
			return usage(c, "--seeds %d: want 0 or more", seed)
		}
		f.Seeds = append(f.Seeds, uint64(seed))
	}
	if len(f.Seeds) == 0 {
		return usage(c, "--seeds: want at least one, such as 100")
	}
	if err := f.variants(c); err != nil {
		return err
	}
	return f.requests(c)
}

func (f *sweepFlags) variants(c *cobra.Command) error {
	for i, law := range f.laws {
		switch {
		case slices.Contains(f.laws[:i], law):
		case law == "none":
			f.Variants = append(f.Variants, sweep.None())
		case slices.Contains(admission.Laws(), law):
			f.Variants = append(f.Variants, sweep.Variant{Name: law, Law: law, Most: f.most})
		default:
			return usage(c, "--laws %q: want none, %s", law, strings.Join(admission.Laws(), ", "))
		}
	}
	for _, a := range f.against {
		name, command, _ := strings.Cut(a, "=")
		words := strings.Fields(command)
		if name == "" || len(words) == 0 {
			return usage(c, "--against %q: want NAME=COMMAND", a)
		}
		if slices.ContainsFunc(f.Variants, func(v sweep.Variant) bool { return v.Name == name }) {
			return usage(c, "--against %q: %s stands there already; want another name", a, name)
		}
		if path, err := filepath.Abs(words[0]); err == nil && strings.ContainsRune(words[0], filepath.Separator) {
			words[0] = path
		}
		f.Variants = append(f.Variants, sweep.Variant{Name: name, Command: words})
	}
	if len(f.Variants) == 0 {
		return usage(c, "--laws: want at least one, such as %s", admission.Laws()[0])
	}
	return nil
}

// requests are what is sent.
func (f *sweepFlags) requests(c *cobra.Command) (err error) {
	if f.Target != "" {
		u, err := url.Parse(f.Target)
		if err != nil || u.Host == "" {
			return usage(c, "--target %q: want a base URL such as http://127.0.0.1:8080", f.Target)
		}
		if f.scenario == "" {
			path := u.RequestURI()
			u.Path, u.RawQuery = "", ""
			f.Target = u.String()
			f.Scenario = scenarios.Scenario{
				Mix: []scenarios.Weight{{Op: "get", Share: 1}}, Requests: []scenarios.Literal{{Op: "get", Path: path}},
			}
		}
		if err := engine.CheckTarget(c.Context(), driver.Options{Target: f.Target}, f.Allow); err != nil || f.scenario == "" {
			return err
		}
	}
	if f.scenario != "" {
		f.Scenario, err = openScenario(f.scenario)
		if err == nil && len(f.Scenario.Requests) > 0 && f.Target == "" {
			return usage(c, "%s has requests of its own, which the bundled service does not know: give --target URL", f.scenario)
		}
		return err
	}
	f.Scenario, err = library.Resolve(scenarios.Scenario{MixName: "R"})
	return err
}
