package hist

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// MarshalJSON writes {"buckets": [[number, count], …], "sum": s, "min": s, "max": s}, with times in seconds, exact to the
// nanosecond, and without what is empty or zero. Bucket n begins at n ns for n < 256 and at
// (128 + n mod 128) × 2^(n/128 - 1) ns from there.
func (h Histogram) MarshalJSON() ([]byte, error) {
	buf := []byte{'{'}
	for i, n := range h.each {
		if len(buf) == 1 {
			buf = append(buf, `"buckets":[[`...)
		} else {
			buf = append(buf, ",["...)
		}
		buf = strconv.AppendInt(buf, int64(i), 10)
		buf = append(buf, ',')
		buf = strconv.AppendUint(buf, n, 10)
		buf = append(buf, ']')
	}
	if h.n > 0 {
		buf = append(buf, ']')
	}
	buf = appendSeconds(buf, "sum", h.sum)
	buf = appendSeconds(buf, "min", uint64(h.min))
	buf = appendSeconds(buf, "max", uint64(h.max))
	return append(buf, '}'), nil
}

// appendSeconds writes a field in seconds, as a decimal that no rounding has touched; nothing for zero.
func appendSeconds(buf []byte, name string, ns uint64) []byte {
	if ns == 0 {
		return buf
	}
	if len(buf) > 1 {
		buf = append(buf, ',')
	}
	buf = append(append(append(buf, '"'), name...), `":`...)
	buf = strconv.AppendUint(buf, ns/1e9, 10)
	fraction := ns % 1e9
	if fraction == 0 {
		return buf
	}
	buf = append(buf, '.')
	for digit := uint64(1e8); fraction > 0; digit /= 10 {
		buf = append(buf, byte('0'+fraction/digit))
		fraction %= digit
	}
	return buf
}

// stored is the form in files.
type stored struct {
	Buckets [][2]uint64 `json:"buckets"`
	Sum     json.Number `json:"sum"`
	Min     json.Number `json:"min"`
	Max     json.Number `json:"max"`
}

// UnmarshalJSON reads what MarshalJSON wrote, to the nanosecond. The histogram is packed.
func (h *Histogram) UnmarshalJSON(data []byte) error {
	var s stored
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("histogram: %w", err)
	}
	var room [1024]byte
	p := packer{buf: room[:0]}
	var n uint64
	for i, b := range s.Buckets {
		switch {
		case b[0] > uint64(lastBucket):
			return fmt.Errorf("histogram: bucket %d, want at most %d", b[0], lastBucket)
		case i > 0 && b[0] <= s.Buckets[i-1][0]:
			return fmt.Errorf("histogram: bucket %d after bucket %d, want them to rise", b[0], s.Buckets[i-1][0])
		case b[1] == 0 || n+b[1] < n:
			return fmt.Errorf("histogram: count %d in bucket %d, want 1 or more and less than 2^64 in all", b[1], b[0])
		}
		p.add(int(b[0]), b[1])
		n += b[1]
	}
	*h = Histogram{n: n, packed: packed(p.buf)}
	for _, field := range []struct {
		name string
		text json.Number
		set  func(ns uint64)
	}{
		{"sum", s.Sum, func(ns uint64) { h.sum = ns }},
		{"min", s.Min, func(ns uint64) { h.min = time.Duration(min(ns, uint64(MaxDuration))) }},
		{"max", s.Max, func(ns uint64) { h.max = time.Duration(min(ns, uint64(MaxDuration))) }},
	} {
		ns, err := nanoseconds(string(field.text))
		if err != nil {
			return fmt.Errorf("histogram: %s: %w", field.name, err)
		}
		field.set(ns)
	}
	if h.min > h.max {
		return fmt.Errorf("histogram: min %v is above max %v", h.min, h.max)
	}
	return nil
}

// nanoseconds reads seconds: digits as they stand, other ways to write a number by way of a float.
func nanoseconds(seconds string) (uint64, error) {
	if seconds == "" {
		return 0, nil
	}
	whole, fraction, _ := strings.Cut(seconds, ".")
	if len(fraction) <= 9 {
		if ns, err := strconv.ParseUint(whole+fraction+"000000000"[len(fraction):], 10, 64); err == nil {
			return ns, nil
		}
	}
	f, err := strconv.ParseFloat(seconds, 64)
	if err != nil || !(f >= 0 && f < math.MaxUint64/1e9) {
		return 0, fmt.Errorf("%q, want seconds from 0 to 584 years", seconds)
	}
	return uint64(math.Round(f * 1e9)), nil
}
