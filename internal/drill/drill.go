package drill

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/engine/driver/nethttp"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/profile"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/traffic"
)

// A Drill is a scenario ready to be driven: its plan is made and fits this machine.
type Drill struct {
	Scenario scenarios.Scenario
	Plan     *engine.Plan
	Notes    []string // what was assumed

	Target      string        // base URL of a service that runs already; empty means the bundled one, started for each run
	MaxLateness time.Duration // 0 means the engine's
	Version     string        // of peakday, for the record
	Databases   string        // folder that keeps each variant's database as <variant>.db; empty means they are removed
	Progress    func(engine.Progress)
	Metrics     *engine.Metrics // may be nil

	document []byte   // the scenario as it is kept in results
	secrets  []string // what must not be kept in them
}

// New plans a scenario whose forecast is laid and whose mix is resolved. With a target the scenario's own requests are
// sent to it, or the bundled service's operations where it has none.
func New(s scenarios.Scenario, target string) (*Drill, error) {
	d := &Drill{Scenario: s, Target: target}
	requests, err := d.requests()
	if err != nil {
		return nil, err
	}
	if d.document, err = scenarios.Marshal(d.Scenario); err != nil {
		return nil, err
	}
	d.Plan, err = engine.NewPlan(d.Scenario, requests)
	return d, err
}

func (d *Drill) requests() (scenarios.Requests, error) {
	if len(d.Scenario.Requests) > 0 {
		l, err := NewLiteral(d.Scenario.Requests, os.LookupEnv)
		if err == nil {
			d.secrets = l.Secrets
		}
		return l, err
	}
	var err error
	if d.Scenario, d.Notes, err = serveable(d.Scenario); err != nil {
		return nil, err
	}
	people, err := population.New(d.Scenario.Seed, d.people())
	if err != nil {
		return nil, err
	}
	book, err := rules.Open()
	if err != nil {
		return nil, err
	}
	return traffic.New(people, book, traffic.NewKeys(d.Scenario.Seed), time.Now())
}

func (d *Drill) people() int {
	if d.Scenario.Service.People > 0 {
		return int(d.Scenario.Service.People)
	}
	return sut.DefaultPeople
}

// Fit says why the plan cannot be driven from this machine; nil when it can.
func (d *Drill) Fit() error {
	limits, err := engine.ReadLimits()
	if err != nil {
		return err
	}
	return limits.Fit(d.Plan.Needs())
}

// Run drives one variant from a fresh start and keeps it in w as it goes. A run that was interrupted is returned like
// any other; an error means that there is nothing to judge.
func (d *Drill) Run(ctx context.Context, v scenarios.Variant, w io.Writer) (*result.Run, error) {
	dir, err := scratch()
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s := &stage{drill: d, dir: dir, database: filepath.Join(dir, "service.db")}
	if d.Databases != "" {
		s.database = filepath.Join(d.Databases, v.Name+".db")
		if _, err := os.Stat(s.database); err == nil {
			return nil, fmt.Errorf("%s is there already; every run starts from a fresh database, give another folder", s.database)
		}
	}
	run, err := s.run(ctx, v, w)
	_, stopped := s.strike()
	return run, errors.Join(err, stopped)
}

// A stage is the processes of one run.
type stage struct {
	drill    *Drill
	dir      string
	database string   // of the bundled service
	children []*child // the service first
}

func (s *stage) run(ctx context.Context, v scenarios.Variant, w io.Writer) (*result.Run, error) {
	target, err := s.set(v)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	var watch sync.WaitGroup
	defer watch.Wait()
	defer cancel(nil)
	for _, c := range s.children {
		watch.Go(func() {
			select {
			case <-c.exited:
				cancel(engine.Abort{Reason: fmt.Sprintf("the %s ended during the run (%v)", c.name, c.state)})
			case <-ctx.Done():
			}
		})
	}
	d := s.drill
	http := nethttp.Driver{Target: target, Idle: d.Scenario.MaxInFlight}
	header := d.header(v, target, http.Name())
	tee := &tee{log: result.NewLog(w)}
	if err := tee.log.Header(header); err != nil {
		return nil, err
	}
	end, err := engine.Engine{
		Driver:      http,
		MaxLateness: d.MaxLateness,
		Log:         tee,
		Progress:    d.Progress,
		Metrics:     d.Metrics,
		Secrets:     d.secrets,
	}.Run(ctx, d.Plan)
	if err != nil {
		return nil, err
	}
	cancel(nil)
	used, err := s.strike()
	if err != nil {
		end.Warnings = append(end.Warnings, err.Error())
	}
	end.Processes = append(end.Processes, used...)
	if d.Target == "" {
		if err := s.prove(end); err != nil {
			return nil, err
		}
	}
	if err := tee.log.End(*end); err != nil {
		return nil, err
	}
	return result.NewRun(header, tee.ticks, end), nil
}

// set starts what the variant needs and returns where to send.
func (s *stage) set(v scenarios.Variant) (target string, err error) {
	d := s.drill
	if target = d.Target; target == "" {
		service, err := startChild("sut",
			"--profile", d.Scenario.Service.Profile,
			"--workers", fmt.Sprint(d.Scenario.Service.Workers),
			"--people", fmt.Sprint(d.people()),
			"--seed", fmt.Sprint(d.Scenario.Seed),
			"--db", s.database)
		if err != nil {
			return "", err
		}
		s.children = append(s.children, service)
		target = service.URL
	}
	if !v.Guard {
		return target, nil
	}
	args, err := guardArgs(d.Scenario, v, filepath.Join(s.dir, "guard.yaml"))
	if err != nil {
		return "", err
	}
	guard, err := startChild("guard", append(args, "--upstream", target)...)
	if err != nil {
		return "", err
	}
	s.children = append(s.children, guard)
	return guard.URL, nil
}

// guardArgs writes down what a guard may know, in file, and gives the flags that say so: the requests with their classes
// and the deadline. How large the service is, what it is said to do and what is expected of it stay out.
func guardArgs(s scenarios.Scenario, v scenarios.Variant, file string) ([]string, error) {
	known := scenarios.Scenario{
		Name: "guard", Seed: 1, Shape: scenarios.Shape{Base: 1, Phases: []scenarios.Phase{{Kind: scenarios.Hold, Length: time.Second}}},
		Arrivals: scenarios.Even, Mix: s.Mix, Requests: s.Requests, Actors: []scenarios.Actor{{Name: "everyone", Share: 1, Patience: s.GoodWithin}},
		Timeout: s.GoodWithin, GoodWithin: s.GoodWithin, Drain: s.GoodWithin, MaxInFlight: 1, Variants: []scenarios.Variant{{Name: "guard"}},
	}
	document, err := scenarios.Marshal(known)
	if err != nil {
		return nil, fmt.Errorf("telling the guard its routes: %w", err)
	}
	if err := os.WriteFile(file, document, 0o600); err != nil {
		return nil, fmt.Errorf("telling the guard its routes: %w", err)
	}
	args := []string{"--scenario", file}
	if v.Law != "" {
		args = append(args, "--law", v.Law, "--limit", fmt.Sprint(v.Limit))
	}
	return args, nil
}

// strike stops the processes, the outermost first, and says what they used. A second call does nothing.
func (s *stage) strike() (used []result.Process, err error) {
	for i := len(s.children) - 1; i >= 0; i-- {
		process, stopped := s.children[i].stop()
		used = append(used, process)
		err = errors.Join(err, stopped)
	}
	s.children = nil
	return used, err
}

// prove checks the ledger that the run left behind. The bundled service is a part of the instrument: if its money does
// not add up, what was measured on it means nothing.
func (s *stage) prove(end *result.End) error {
	report, err := sut.Check(context.Background(), s.database)
	if err != nil {
		return fmt.Errorf("checking the ledger after the run: %w", err)
	}
	for _, f := range report.Findings {
		if f.OK {
			end.Proofs = append(end.Proofs, f.String())
		} else {
			end.Invalid = append(end.Invalid, "ledger: "+f.String())
		}
	}
	return nil
}

func (d *Drill) header(v scenarios.Variant, target, driver string) result.Header {
	from, to := profile.Judged(d.Scenario)
	sum := sha256.Sum256(d.document)
	return result.Header{
		Format:        result.Format,
		Scenario:      d.Scenario.Name,
		Variant:       v.Name,
		Document:      string(d.document),
		ScenarioHash:  hex.EncodeToString(sum[:]),
		ArrivalHash:   d.Plan.Hash,
		Seed:          d.Scenario.Seed,
		Started:       time.Now().UTC(),
		Target:        target,
		Driver:        driver,
		Planned:       d.Plan.Planned,
		LengthSeconds: d.Plan.Length().Seconds(),
		JudgeFrom:     from.Seconds(),
		JudgeTo:       to.Seconds(),
		Machine:       machine(d.Version),
		Notes:         d.Notes,
	}
}

// A tee keeps the seconds of a run in memory and in its log.
type tee struct {
	log   *result.Log
	ticks []result.Tick
}

// Tick keeps one second.
func (t *tee) Tick(tick result.Tick) error {
	t.ticks = append(t.ticks, tick)
	return t.log.Tick(tick)
}
