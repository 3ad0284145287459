package stats

import (
	"bufio"
	"bytes"
	"strconv"
	"strings"
)

// A GoFigure is what one pass of a benchmark printed.
type GoFigure struct {
	Package, Bench string
	Metrics        map[string]float64
}

// GoFigures reads what go test -bench prints:
//
//	BenchmarkStep-2   	  363829	      3150 ns/op	     120 B/op	       1 allocs/op
func GoFigures(pkg string, stdout []byte) []GoFigure {
	var all []GoFigure
	lines := bufio.NewScanner(bytes.NewReader(stdout))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(fields[0], "Benchmark")
		if i := strings.LastIndexByte(name, '-'); i >= 0 { // GOMAXPROCS, where it is not 1
			name = name[:i]
		}
		f := GoFigure{Package: pkg, Bench: name, Metrics: map[string]float64{}}
		for i := 2; i+1 < len(fields); i += 2 {
			if v, err := strconv.ParseFloat(fields[i], 64); err == nil {
				f.Metrics[fields[i+1]] = v
			}
		}
		all = append(all, f)
	}
	return all
}
