package agency_test

import (
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/population"
)

// BenchmarkPayoutBatch takes a batch from plan to close, a thousandth of it returned, and gives each step's share. By default it is
// of 36,000 people and some 11,700 items; PEAKDAY_PAYOUT_PEOPLE=3100000 makes it the million of the figures.
func BenchmarkPayoutBatch(b *testing.B) {
	size := 36_000
	if s := os.Getenv("PEAKDAY_PAYOUT_PEOPLE"); s != "" {
		var err error
		if size, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	people, err := population.New(1, size)
	if err != nil {
		b.Fatal(err)
	}
	var items int64
	for b.Loop() {
		b.StopTimer()
		p := &paymaster{Agency: newAgency(b)}
		p.People = people
		b.StartTimer()
		start, cpu := time.Now(), processor(b)
		lap := func(step string) {
			b.ReportMetric(time.Since(start).Seconds(), step+"-s")
			start = time.Now()
		}
		batch := p.plan(b, "pension", 202301)
		lap("plan")
		p.lock(b, batch.Batch)
		lap("lock")
		batch, file := p.send(b, batch.Batch)
		lap("send")
		b.StopTimer()
		receipts := bank(file, func(n int, _ string) bool { return n%1000 == 0 })
		start = time.Now()
		b.StartTimer()
		p.receive(b, batch.Batch, receipts)
		lap("receive")
		p.close(b, batch.Batch)
		lap("close")
		items += batch.Items
		b.ReportMetric((processor(b) - cpu).Seconds(), "cpu-s")
	}
	b.ReportMetric(float64(items)/b.Elapsed().Seconds(), "items/s")
	b.ReportMetric(float64(items)/float64(b.N), "items")
}

// processor is the time that this process has had of the processors: other work on the machine does not change it much.
func processor(b *testing.B) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
