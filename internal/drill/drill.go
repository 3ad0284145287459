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
	"time"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/pace"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/journey"
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

	Target         string         // base URL of a service that runs already; empty means the bundled one, started for each run
	Driver         string         // its name; empty means the best that can do it
	Connections    driver.Options // how to connect; Target is filled in
	Loops          int            // 0 means as many as the plan needs
	Warm           int            // connections opened before the first arrival
	Precision      time.Duration  // of sends; 0 means as exact as can be
	MaxLateness    time.Duration  // 0 means the engine's
	UntilConverged float64        // as engine.Engine has it
	Version        string         // of peakday, for the record
	Service        Service        // how the bundled service is run
	Databases      string         // folder that keeps each variant's database as <variant>.db; empty means they are removed
	Variants       []string       // all that are to be driven, in order, for the record
	Progress       func(engine.Progress)
	Metrics        *engine.Metrics // may be nil
	Abandon        <-chan struct{} // once closed, a run no longer waits for answers; may be nil

	document []byte   // the scenario as it is kept in results
	secrets  []string // what must not be kept in them
}

// New plans a scenario whose forecast is laid and whose mix is resolved. With a target the scenario's own requests are
// sent to it, or the bundled service's operations where it has none. open gives the files that the scenario names; see
// Beside.
func New(ctx context.Context, s scenarios.Scenario, target string, open Opener) (*Drill, error) {
	d := &Drill{Scenario: s, Target: target}
	requests, err := d.requests(open)
	if err != nil {
		return nil, err
	}
	if d.document, err = scenarios.Marshal(d.Scenario); err != nil {
		return nil, err
	}
	var instants []time.Duration
	if s.Arrivals == scenarios.Replay {
		if instants, err = readInstants(s.Instants, open); err != nil {
			return nil, err
		}
	}
	if d.Plan, err = engine.NewPlan(ctx, d.Scenario, requests, instants...); err != nil {
		return nil, err
	}
	if p, ok := requests.(*journey.Program); ok {
		return d, p.Check(d.Plan.Planned)
	}
	return d, nil
}

// An Opener opens a file that a scenario names.
type Opener func(name string) (io.ReadCloser, error)

// Beside opens files that are named relative to the scenario's own.
func Beside(scenario string) Opener {
	return func(name string) (io.ReadCloser, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(scenario), name)
		}
		return os.Open(name)
	}
}

func readInstants(name string, open Opener) ([]time.Duration, error) {
	f, err := open(name)
	if err != nil {
		return nil, fmt.Errorf("reading instants: %w", err)
	}
	defer f.Close()
	return pace.ReadInstants(name, f)
}

func (d *Drill) requests(open Opener) (scenarios.Requests, error) {
	if len(d.Scenario.Requests) > 0 {
		p, err := journey.Compile(d.Scenario, d.Scenario.Seed, os.LookupEnv, open)
		if err != nil {
			return nil, err
		}
		d.secrets = p.Secrets()
		return p, nil
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

// A Record is where a run is kept as it goes.
type Record struct {
	Run     io.Writer // as result.Read reads it
	Results io.Writer // every attempt, as result.ReadEntries reads it; may be nil
}

// Run drives one variant from a fresh start and keeps it in the record. A run that was interrupted is kept like any other;
// an error means that there is nothing to judge.
func (d *Drill) Run(ctx context.Context, v scenarios.Variant, to Record) error {
	dir, err := sut.Temporary()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s := &stage{drill: d, dir: dir}
	if err := s.place(ctx, v); err != nil {
		return err
	}
	err = s.run(ctx, v, to)
	_, stopped := s.strike()
	return errors.Join(err, stopped, s.leave())
}

func (d *Drill) header(v scenarios.Variant, target string) result.Header {
	from, to := profile.Judged(d.Scenario)
	sum := sha256.Sum256(d.document)
	return result.Header{
		Format:        result.Format,
		Scenario:      d.Scenario.Name,
		Variant:       v.Name,
		Variants:      d.Variants,
		Document:      string(d.document),
		ScenarioHash:  hex.EncodeToString(sum[:]),
		ArrivalHash:   d.Plan.Hash,
		Seed:          d.Scenario.Seed,
		Target:        target,
		Model:         d.Plan.Model(),
		Operations:    d.Plan.Operations(),
		Precision:     d.Precision.Seconds(),
		Planned:       d.Plan.Planned,
		LengthSeconds: d.Plan.Length().Seconds(),
		JudgeFrom:     from.Seconds(),
		JudgeTo:       to.Seconds(),
		Machine:       Machine(d.Version),
		Notes:         d.Notes,
	}
}
