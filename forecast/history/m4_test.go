package history

import (
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// competition writes series of 720 values on demand.
type competition struct {
	series, at int
	rest       []byte
}

func (c *competition) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		if c.at == c.series {
			return 0, io.EOF
		}
		c.rest = fmt.Appendf(c.rest[:0], "\"S%d\"", c.at)
		for i := range 720 {
			c.rest = append(c.rest, ',')
			c.rest = strconv.AppendInt(c.rest, int64(1000+(c.at*7919+i*104729)%997), 10)
		}
		c.rest = append(c.rest, '\n')
		c.at++
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// A broken line without an id is told by its number and does not end the file.
func TestALineOfM4WithoutAnID(t *testing.T) {
	var got []string
	for h, err := range Each(strings.NewReader("a,1\n,x\nb,2\n"), "x", Options{Format: M4}) {
		got = append(got, fmt.Sprint(h.ID, " ", err == nil))
	}
	if strings.Join(got, ", ") != "a true, 2 false, b true" {
		t.Errorf("got %s", strings.Join(got, ", "))
	}
}

// However many series there are, one is held at a time: what lives after the
// last tenth is what lived after the first.
func TestM4IsReadWithFlatMemory(t *testing.T) {
	const n = 3000
	live := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var early uint64
	read := 0
	for h, err := range Each(&competition{series: n}, "many", Options{}) {
		if err != nil || h.Series.Len() != 720 {
			t.Fatal(h.ID, h.Series.Len(), err)
		}
		if read++; read == n/10 {
			early = live()
		}
	}
	if late := live(); read != n || late > early+1<<20 {
		t.Errorf("%d series; %d bytes live after the first tenth, %d at the end", read, early, late)
	}
}

func BenchmarkM4(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range Each(&competition{series: 100}, "many", Options{}) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(100*b.N), "µs/series")
}
