package admission

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// bucket is the continuous-state leaky bucket of the same annex of I.371, the
// other way in which it writes the algorithm: content that leaks a nanosecond
// a nanosecond, and must not be above the limit when a unit comes.
type bucket struct{ content, last int64 }

func (b *bucket) conforms(now, unit, limit int64) bool {
	content := b.content - (now - b.last)
	if content > limit {
		return false
	}
	b.content, b.last = max(content, 0)+unit, now
	return true
}

func TestQuotaIsTheLeakyBucket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := Quota{Amount: rapid.Int64Range(1, 100).Draw(t, "amount"), Per: time.Duration(rapid.Int64Range(100, 1e12).Draw(t, "per")), Burst: rapid.Int64Range(1, 50).Draw(t, "burst")}
		if err := q.Validate(); err != nil {
			t.Fatal(err)
		}
		unit := int64(q.Per) / q.Amount
		var b bucket
		var state int64
		now := rapid.Int64Range(0, 1e18).Draw(t, "origin")
		b.last = now
		for range rapid.IntRange(1, 200).Draw(t, "requests") {
			now += rapid.Int64Range(0, 3*unit).Draw(t, "pause")
			var s Spent
			state, s = q.Take(state, now, 1)
			if want := b.conforms(now, unit, unit*(q.Burst-1)); s.OK != want {
				t.Fatalf("granted %v, want %v", s.OK, want)
			}
			if s.Remaining < 0 || s.Remaining > q.Burst || s.Full < 0 || s.OK != (s.RetryAfter == 0) {
				t.Fatalf("%+v", s)
			}
			// What is said of the future is true.
			if _, at := q.Take(state, now, s.Remaining); !at.OK {
				t.Fatalf("%d remain, but cannot be taken: %+v", s.Remaining, at)
			}
			if _, more := q.Take(state, now, s.Remaining+1); s.Remaining < q.Burst && more.OK {
				t.Fatalf("more than the %d that remain can be taken", s.Remaining)
			}
			if !s.OK {
				if _, early := q.Take(state, now+int64(s.RetryAfter)-1, 1); early.OK {
					t.Fatalf("granted before RetryAfter, %v", s.RetryAfter)
				}
				if _, then := q.Take(state, now+int64(s.RetryAfter), 1); !then.OK {
					t.Fatalf("not granted after RetryAfter, %v", s.RetryAfter)
				}
			}
			if _, full := q.Take(state, now+int64(s.Full), q.Burst); !full.OK {
				t.Fatalf("not full after %v", s.Full)
			}
		}
	})
}

func TestQuotaOverWindows(t *testing.T) {
	q := Quota{Amount: 30, Per: time.Minute, Burst: 5}
	var state int64
	granted := 0
	for at := time.Duration(0); at < time.Hour; at += 100 * time.Millisecond {
		var s Spent
		if state, s = q.Take(state, int64(at), 1); s.OK {
			granted++
		}
	}
	if want := 30*60 + 5 - 1; granted < want || granted > want+1 {
		t.Errorf("granted %d in an hour, want %d: 30 a minute and a burst", granted, want)
	}
}

func TestQuotaAndTheClock(t *testing.T) {
	q := Quota{Amount: 10, Per: 10 * time.Second}
	now := int64(time.Hour)
	state, _ := q.Take(0, now, 10)
	if _, s := q.Take(state, now-int64(time.Hour), 1); s.OK || s.RetryAfter > time.Second {
		t.Errorf("after the clock went back an hour: %+v, want at most a second to wait", s)
	}
	if _, s := q.Take(state, now+int64(time.Hour), 10); !s.OK {
		t.Errorf("after it went on by an hour: %+v", s)
	}
	if _, s := q.Take(0, now, 99); !s.OK || s.Remaining != 0 {
		t.Errorf("a cost above the burst, of a full quota: %+v", s)
	}
}

func TestQuotaValidate(t *testing.T) {
	for _, tt := range []struct {
		q    Quota
		want string // in the message; "" is none
	}{
		{Quota{Amount: 30, Per: time.Minute}, ""},
		{Quota{Per: time.Minute}, "at least 1"},
		{Quota{Amount: 1}, "above zero"},
		{Quota{Amount: 2, Per: 1}, "one a nanosecond"},
		{Quota{Amount: 1, Per: time.Hour, Burst: -1}, "burst of -1"},
		{Quota{Amount: 1, Per: time.Hour, Burst: 1 << 40}, "ten years"},
	} {
		err := tt.q.Validate()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v, want %q", tt.q, err, tt.want)
		}
	}
}

func ExampleQuota() {
	quota := Quota{Amount: 60, Per: time.Minute, Burst: 2}
	var state int64 // of one subject
	for _, ms := range []int64{0, 100, 200, 1000} {
		var s Spent
		state, s = quota.Take(state, ms*1e6, 1)
		fmt.Printf("%4d ms: %v, %d left, come back after %v\n", ms, s.OK, s.Remaining, s.RetryAfter)
	}
	// Output:
	//    0 ms: true, 1 left, come back after 0s
	//  100 ms: true, 0 left, come back after 0s
	//  200 ms: false, 0 left, come back after 800ms
	// 1000 ms: true, 0 left, come back after 0s
}

func BenchmarkQuota(b *testing.B) {
	q := Quota{Amount: 30, Per: time.Minute}
	var state, now int64
	b.ReportAllocs()
	for b.Loop() {
		now += 1000
		state, _ = q.Take(state, now, 1)
	}
}
