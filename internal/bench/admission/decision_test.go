package main

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/alibaba/sentinel-golang/api"
	"github.com/alibaba/sentinel-golang/core/base"
	"github.com/alibaba/sentinel-golang/core/config"
	"github.com/alibaba/sentinel-golang/core/system"
	"github.com/alibaba/sentinel-golang/logging"
	"github.com/failsafe-go/failsafe-go/adaptivelimiter"
	"github.com/go-kratos/aegis/ratelimit"
	"github.com/go-kratos/aegis/ratelimit/bbr"
	"golang.org/x/time/rate"

	"github.com/peakday/peakday/sut/admission"
)

// What it costs to let a request in and to hear of its end, with nothing else about it: no HTTP, no classes, no metrics.
// Whatever reads the clock does so itself, but peakday's guard, which is given it: two readings are counted for it.
func BenchmarkAdmitAndDone(b *testing.B) {
	b.Run("peakday", func(b *testing.B) {
		g := guard(b, 64)
		e := admission.Entry{Class: admission.P2}
		b.ReportAllocs()
		for b.Loop() {
			e.Deadline = time.Time{}
			if d := g.Admit(time.Now(), &e); d.Reason != admission.Admitted {
				b.Fatal(d.Reason)
			}
			g.Done(time.Now(), &e, admission.Succeeded)
		}
	})
	b.Run("failsafe-go", func(b *testing.B) {
		l := adaptivelimiter.NewWithDefaults[any]()
		b.ReportAllocs()
		for b.Loop() {
			p, ok := l.TryAcquirePermit()
			if !ok {
				b.Fatal("refused")
			}
			p.Record()
		}
	})
	b.Run("aegis", func(b *testing.B) {
		l := bbr.NewLimiter(bbr.WithCPUThreshold(2000)) // never, or a busy machine refuses
		b.ReportAllocs()
		for b.Loop() {
			done, err := l.Allow()
			if err != nil {
				b.Fatal(err)
			}
			done(ratelimit.DoneInfo{})
		}
	})
	b.Run("sentinel", func(b *testing.B) {
		sentinel(b, 1000)
		b.ReportAllocs()
		for b.Loop() {
			e, refused := api.Entry("http", api.WithTrafficType(base.Inbound))
			if refused != nil {
				b.Fatal(refused)
			}
			e.Exit()
		}
	})
	b.Run("x-time-rate", func(b *testing.B) {
		l := rate.NewLimiter(rate.Inf, 1)
		l.SetLimit(1e12)
		b.ReportAllocs()
		for b.Loop() {
			if !l.Allow() {
				b.Fatal("refused")
			}
		}
	})
}

// What it costs to turn a request away once the limit is reached. Of peakday's there are two: below the threshold, which is
// how a storm is refused, and at the full limit, which is asked by what passed it.
func BenchmarkRefuse(b *testing.B) {
	b.Run("peakday threshold", func(b *testing.B) {
		var published atomic.Pointer[admission.Snapshot]
		published.Store(&admission.Snapshot{Threshold: admission.LevelOf(admission.P1, false, 0, 0)})
		level := admission.LevelOf(admission.P3, false, 7, 99)
		b.ReportAllocs()
		for b.Loop() {
			if !published.Load().Refuses(level) {
				b.Fatal("admitted")
			}
		}
	})
	b.Run("peakday limit", func(b *testing.B) {
		g := guard(b, 1)
		var in, e admission.Entry
		start := time.Now().Add(-time.Minute)
		g.Admit(start, &in)
		g.Done(start.Add(4*time.Second), &in, admission.Succeeded) // slower than the deadline: nothing waits
		in.Deadline = time.Time{}
		if d := g.Admit(time.Now(), &in); d.Reason != admission.Admitted {
			b.Fatal(d.Reason)
		}
		b.ReportAllocs()
		for b.Loop() {
			e.Deadline = time.Time{}
			if d := g.Admit(time.Now(), &e); !d.Refused() {
				b.Fatal(d.Reason)
			}
		}
	})
	b.Run("failsafe-go", func(b *testing.B) {
		l := adaptivelimiter.NewWithDefaults[any]()
		for ok := true; ok; _, ok = l.TryAcquirePermit() {
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := l.TryAcquirePermit(); ok {
				b.Fatal("admitted")
			}
		}
	})
	b.Run("aegis", func(b *testing.B) {
		l := bbr.NewLimiter(bbr.WithCPUThreshold(0)) // always, or an idle machine admits
		for err := error(nil); err == nil; _, err = l.Allow() {
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := l.Allow(); err == nil {
				b.Fatal("admitted")
			}
		}
	})
	b.Run("sentinel", func(b *testing.B) {
		sentinel(b, 1)
		for range 2 {
			api.Entry("http", api.WithTrafficType(base.Inbound))
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, refused := api.Entry("http", api.WithTrafficType(base.Inbound)); refused == nil {
				b.Fatal("admitted")
			}
		}
	})
	b.Run("x-time-rate", func(b *testing.B) {
		l := rate.NewLimiter(1e-9, 1)
		l.Allow()
		b.ReportAllocs()
		for b.Loop() {
			if l.Allow() {
				b.Fatal("admitted")
			}
		}
	})
}

func guard(b *testing.B, limit int) *admission.Guard {
	b.Helper()
	law, err := admission.NewLaw("fixed", admission.LawConfig{FixedLimit: limit})
	if err != nil {
		b.Fatal(err)
	}
	return admission.NewGuard(law, 3*time.Second)
}

// sentinel allows so many at a time.
func sentinel(b *testing.B, most float64) {
	b.Helper()
	c := config.NewDefaultConfig()
	c.Sentinel.Log.Logger = quiet{logging.NewConsoleLogger()}
	c.Sentinel.Log.Metric.FlushIntervalSec = 0 // no files
	if err := api.InitWithConfig(c); err != nil {
		b.Fatal(err)
	}
	if _, err := system.LoadRules([]*system.Rule{{MetricType: system.Concurrency, TriggerCount: most, Strategy: system.NoAdaptive}}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { system.ClearRules() })
}

// quiet is a logger that says nothing.
type quiet struct{ logging.Logger }

func (quiet) Info(string, ...any)         {}
func (quiet) Warn(string, ...any)         {}
func (quiet) Error(error, string, ...any) {}
func (quiet) Debug(string, ...any)        {}
