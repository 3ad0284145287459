// Package queue is where Updates wait until a writer of a store takes them.
//
//	q := queue.New()
//	go func() { // a writer
//		for jobs := q.Take(64); jobs != nil; jobs = q.Take(64) {
//			… // run each Do, commit, and then:
//			for _, j := range jobs {
//				j.Answer(nil)
//			}
//		}
//	}()
//	err := q.Wait(ctx, do) // what the writer answered
//
// Many writers may take from one queue. Who waits leaves when its context ends or the queue is closed, as long as no
// writer has taken it: after that it is told what became of it.
package queue

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/peakday/peakday/sut/store"
)

// length is how many may wait before the next waits for a place in the queue.
const length = 1024

// A Queue is where Updates wait. It is safe for concurrent use.
type Queue struct {
	jobs    chan *Job
	closing chan struct{}
	once    sync.Once
}

// New is an empty queue.
func New() *Queue {
	return &Queue{jobs: make(chan *Job, length), closing: make(chan struct{})}
}

// A Job is one Update on its way through a writer, which must answer it once.
type Job struct {
	Do   func(store.Tx) error
	gone atomic.Bool // taken, or left
	done chan error
}

// claim is true for the first who asks: the writer that takes the job, or the caller that leaves.
func (j *Job) claim() bool { return j.gone.CompareAndSwap(false, true) }

// Answer tells the caller what became of its Update.
func (j *Job) Answer(err error) { j.done <- err }

// Wait queues do and returns what a writer answers, [store.ErrClosed] once the queue is closed, or the error of ctx.
func (q *Queue) Wait(ctx context.Context, do func(store.Tx) error) error {
	select {
	case <-q.closing:
		return store.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	default:
	}
	j := &Job{Do: do, done: make(chan error, 1)}
	select {
	case q.jobs <- j:
	case <-q.closing:
		return store.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-j.done:
		return err
	case <-q.closing:
		if j.claim() {
			return store.ErrClosed
		}
	case <-ctx.Done():
		if j.claim() {
			return ctx.Err()
		}
	}
	return <-j.done
}

// Take waits for a job and returns it with those behind it, at most most. It returns nil when the queue is closed.
func (q *Queue) Take(most int) []*Job {
	var jobs []*Job
	for {
		select {
		case <-q.closing:
			return nil
		case j := <-q.jobs:
			jobs = q.behind(append(jobs, j), most)
		}
		if len(jobs) > 0 { // else all of them had left
			return jobs
		}
	}
}

// behind adds those that wait, and drops those that left.
func (q *Queue) behind(jobs []*Job, most int) []*Job {
	if !jobs[0].claim() {
		jobs = jobs[:0]
	}
	for len(jobs) < most {
		select {
		case j := <-q.jobs:
			if j.claim() {
				jobs = append(jobs, j)
			}
		default:
			return jobs
		}
	}
	return jobs
}

// Len is how many wait.
func (q *Queue) Len() int { return len(q.jobs) }

// Closed is closed by Close.
func (q *Queue) Closed() <-chan struct{} { return q.closing }

// Close sends away who waits; a second call does nothing.
func (q *Queue) Close() { q.once.Do(func() { close(q.closing) }) }
