package library

import (
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/peakday/peakday/scenarios"
)

//go:embed *.yaml history/*.csv.gz
var files embed.FS

const mixesFile = "mixes.yaml"

// List names the scenarios, in alphabetical order.
func List() []string {
	return names(".", ".yaml")
}

// Histories names the histories, in alphabetical order.
func Histories() []string {
	return names("history", ".csv.gz")
}

func names(dir, suffix string) []string {
	entries, err := files.ReadDir(dir)
	if err != nil {
		panic(err) // the folder is embedded
	}
	var list []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), suffix); ok && e.Name() != mixesFile {
			list = append(list, name)
		}
	}
	return list
}

// Source is a scenario as it was written, comments included. A name that is not in the library is an error that lists
// those that are, and is fs.ErrNotExist.
func Source(name string) ([]byte, error) {
	data, err := files.ReadFile(name + ".yaml")
	if err != nil || name+".yaml" == mixesFile {
		return nil, unknown("scenario", name, List())
	}
	return data, nil
}

// Open parses a scenario of the library. A mix that it names is left to Resolve.
func Open(name string) (scenarios.Scenario, error) {
	data, err := Source(name)
	if err != nil {
		return scenarios.Scenario{}, err
	}
	return scenarios.Parse(name+".yaml", data)
}

// History is a history of the library as CSV. The caller reads it to the end, where its checksum is verified. A name that
// is not in the library is fs.ErrNotExist.
func History(name string) (io.Reader, error) {
	packed, err := files.Open("history/" + name + ".csv.gz")
	if err != nil {
		return nil, unknown("history", name, Histories())
	}
	r, err := gzip.NewReader(packed)
	if err != nil {
		return nil, fmt.Errorf("unpacking history %s: %w", name, err)
	}
	return r, nil
}

func unknown(what, name string, known []string) error {
	return fmt.Errorf("found no %s %q in the library, want one of %s: %w", what, name, strings.Join(known, ", "), fs.ErrNotExist)
}
