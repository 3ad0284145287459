package gateway

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// A DBWait measures how long work waits in a queue that the database has of its
// own, where a [DB] before it would have no meaning: of a writer that commits
// together all that wait for it, nobody has a share that a permit could stand for.
// Its metric is that of a DB.
//
//	begun := updates.Queued()
//	defer begun() // of one that gives up
//	err := store.Update(ctx, func(tx store.Tx) error { begun(); … })
//
// It is safe for concurrent use.
type DBWait struct {
	work string
	wait histogram
}

// NewDBWait measures the waits of some work, such as update.
func NewDBWait(work string) *DBWait { return &DBWait{work: work} }

// Queued is called when work comes, and begun when the database begins with it.
// Of several calls of begun the first counts; they must not be at one time.
func (w *DBWait) Queued() (begun func()) {
	came, told := time.Now(), false
	return func() {
		if !told {
			told = true
			w.wait.observe(time.Since(came))
		}
	}
}

// Describe implements prometheus.Collector. Like that of a DB it describes nothing.
func (w *DBWait) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (w *DBWait) Collect(ch chan<- prometheus.Metric) {
	ch <- w.wait.metric(dbWaitDesc, 0, w.work)
}
