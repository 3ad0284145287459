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
	Variants    []string      // all that are to be driven, in order, for the record
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
	dir, err := sut.Temporary()
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

func (d *Drill) header(v scenarios.Variant, target, driver string) result.Header {
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
