package engine

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/engine/driver"
)

// connecting is a fake that needs 4 ms of what it calls late for connecting: it is ready before that, and sends after it.
type connecting struct{ fake }

const connectTime = 4 * time.Millisecond

func (c connecting) Open() (driver.Loop, error) {
	return &connectingLoop{fakeLoop{answer: c.fake}}, nil
}

type connectingLoop struct{ fakeLoop }

func (l *connectingLoop) Wait(until time.Time) []driver.Outcome {
	outs := l.fakeLoop.Wait(until)
	for i := range outs {
		outs[i].Ready = outs[i].Sent.Add(-connectTime)
	}
	return outs
}

// due, ready, sent and done cut an attempt into lateness, queued and service; together they are its latency.
func TestAnAttemptIsCutWhereItWasReadyAndSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log memory
		service := connecting{always(answer{late: 7 * time.Millisecond, after: 100 * time.Millisecond, status: 200})}
		end, err := Engine{Log: &log, Driver: service}.Run(t.Context(), planned(t, even(10, time.Second)))
		if err != nil {
			t.Fatal(err)
		}
		run := log.run(end)
		sum := run.All()
		for _, part := range []struct {
			name              string
			least, most, want time.Duration
		}{
			{"lateness, due to ready", run.Lateness.Min(), run.Lateness.Max(), 3 * time.Millisecond},
			{"queued, ready to sent", run.Queued.Min(), run.Queued.Max(), connectTime},
			{"service, sent to done", sum.Service.Min(), sum.Service.Max(), 100 * time.Millisecond},
			{"latency, due to done", sum.Latency.Min(), sum.Latency.Max(), 107 * time.Millisecond},
		} {
			if part.least != part.want || part.most != part.want {
				t.Errorf("%s: from %v to %v, want %v", part.name, part.least, part.most, part.want)
			}
		}
	})
}
