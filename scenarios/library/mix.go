package library

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/peakday/peakday/scenarios"
)

// Mixes are the names of the mixes: kinds of day, as mixes.yaml explains them.
func Mixes() []string { return []string{"N", "R", "D", "P", "E"} }

// Mix is the shares of a mix in per cent, in alphabetical order of the operations.
func Mix(name string) ([]scenarios.Weight, error) {
	if !slices.Contains(Mixes(), name) {
		return nil, unknown("mix", name, Mixes())
	}
	data, err := files.ReadFile(mixesFile)
	if err != nil {
		return nil, fmt.Errorf("reading the mixes: %w", err)
	}
	var table map[string]map[string]float64
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&table); err != nil {
		return nil, fmt.Errorf("reading the mixes: %w", err)
	}
	mix := make([]scenarios.Weight, 0, len(table))
	for _, op := range slices.Sorted(maps.Keys(table)) {
		mix = append(mix, scenarios.Weight{Op: op, Share: table[op][name]})
	}
	return mix, nil
}

// Resolve fills in the shares of the mix that a scenario names, and leaves any other scenario as it is. Operations that
// the service lacks are left out with scenarios.Renormalise.
func Resolve(s scenarios.Scenario) (scenarios.Scenario, error) {
	if s.MixName == "" || len(s.Mix) > 0 {
		return s, nil
	}
	mix, err := Mix(s.MixName)
	if err != nil {
		return s, fmt.Errorf("scenario %s: %w", s.Name, err)
	}
	s.Mix = mix
	return s, nil
}
