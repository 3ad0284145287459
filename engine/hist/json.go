package hist

import (
	"bytes"
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

// UnmarshalJSON reads what MarshalJSON wrote, to the nanosecond, or the same with other spacing. The histogram is packed.
func (h *Histogram) UnmarshalJSON(data []byte) error {
	var pairs [256][2]uint64 // enough for most
	buckets, rest, ok := cutBuckets(data, pairs[:0])
	if !ok {
		buckets, rest = nil, data
	}
	var s stored
	if err := json.Unmarshal(rest, &s); err != nil {
		return fmt.Errorf("histogram: %w", err)
	}
	n, packed, err := pack(append(buckets, s.Buckets...))
	if err != nil {
		return fmt.Errorf("histogram: %w", err)
	}
	var times [3]uint64
	for i, text := range []json.Number{s.Sum, s.Min, s.Max} {
		if times[i], err = nanoseconds(string(text)); err != nil {
			return fmt.Errorf("histogram: %w", err)
		}
	}
	least, most := min(times[1], uint64(MaxDuration)), min(times[2], uint64(MaxDuration))
	if least > most {
		return fmt.Errorf("histogram: min %s is above max %s", s.Min, s.Max)
	}
	*h = Histogram{n: n, sum: times[0], min: time.Duration(least), max: time.Duration(most), packed: packed}
	return nil
}

// cutBuckets takes the buckets off the front of what MarshalJSON wrote, and returns the rest as an object; ok is false for
// anything written otherwise. A long run has tens of millions of them: package json took 3/4 of the time of reading it here.
func cutBuckets(data []byte, buckets [][2]uint64) (_ [][2]uint64, rest []byte, ok bool) {
	rest, ok = bytes.CutPrefix(data, []byte(`{"buckets":[`))
	for more := true; ok && more; {
		var b [2]uint64
		if rest, ok = bytes.CutPrefix(rest, []byte("[")); !ok {
			break
		}
		if b[0], rest, ok = cutNumber(rest, ','); !ok {
			break
		}
		if b[1], rest, ok = cutNumber(rest, ']'); !ok {
			break
		}
		buckets = append(buckets, b)
		rest, more = bytes.CutPrefix(rest, []byte(","))
	}
	return buckets, append([]byte(`{"buckets":[`), rest...), ok
}

// cutNumber takes a whole number below 10^19 and the byte after it off the front.
func cutNumber(data []byte, after byte) (n uint64, rest []byte, ok bool) {
	for i, c := range data {
		if c < '0' || c > '9' || i == 19 {
			return n, data[i+1:], c == after && i > 0
		}
		n = 10*n + uint64(c-'0')
	}
	return 0, nil, false
}

// pack checks and packs the buckets of a file.
func pack(buckets [][2]uint64) (n uint64, _ packed, err error) {
	var room [1024]byte
	p := packer{buf: room[:0]}
	for i, b := range buckets {
		switch {
		case b[0] > uint64(lastBucket):
			return 0, "", fmt.Errorf("bucket %d, want at most %d", b[0], lastBucket)
		case i > 0 && b[0] <= buckets[i-1][0]:
			return 0, "", fmt.Errorf("bucket %d after bucket %d, want them to rise", b[0], buckets[i-1][0])
		case b[1] == 0 || n+b[1] < n:
			return 0, "", fmt.Errorf("count %d in bucket %d, want 1 or more and less than 2^64 in all", b[1], b[0])
		}
		p.add(int(b[0]), b[1])
		n += b[1]
	}
	return n, packed(p.buf), nil
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
